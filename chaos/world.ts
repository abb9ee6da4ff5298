import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { discardDataFolder, startEmbeddedPostgres } from '../packages/server/src/db/embedded.ts';
import type { EmbeddedPostgres } from '../packages/server/src/db/embedded.ts';
import { Endpoint } from './endpoint.ts';
import { NodeProcess } from './node-process.ts';
import { TcpProxy } from './tcp-proxy.ts';

const main = fileURLToPath(new URL('../packages/server/dist/main.js', import.meta.url));
export const leaseSeconds = 3;

/** Everything that a run torments: PostgreSQL behind a proxy, three processes of the product, endpoints. */
export class World {
  readonly #folder = mkdtempSync(join(tmpdir(), 'trunkline-chaos-'));
  readonly #dataDir = join(this.#folder, 'data');
  postgres!: EmbeddedPostgres;
  proxy!: TcpProxy;
  nodes: NodeProcess[] = [];
  endpoints: Endpoint[] = [];
  apiKey = '';
  organizationId = '';
  #databaseRestarting: Promise<void> = Promise.resolve();

  async start(endpointCount: number): Promise<void> {
    this.postgres = await this.#startPostgres();
    this.proxy = new TcpProxy(this.postgres.port);
    await this.proxy.listen();
    for (let i = 0; i < endpointCount; i += 1) {
      const endpoint = new Endpoint();
      await endpoint.listen();
      this.endpoints.push(endpoint);
    }
    const viaProxy = new URL(this.postgres.url);
    viaProxy.port = String(this.proxy.port);
    const env = {
      DATABASE_URL: viaProxy.href,
      TRUNKLINE_DATA_DIR: join(this.#folder, 'node'),
      TRUNKLINE_EGRESS_ALLOW: '127.0.0.1/32',
      TRUNKLINE_LEASE_SECONDS: String(leaseSeconds),
      TRUNKLINE_ATTEMPT_TIMEOUT_SECONDS: '2',
      TRUNKLINE_LOG_LEVEL: process.env['CHAOS_LOG'] ?? 'error',
      PORT: '0',
    };
    // Not synchronously: the proxy lives in this process.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [main, 'organizations', 'create', '--name', 'Chaos', '--admin-email', 'chaos@example.com', '--json'],
      { env: { ...process.env, ...env } },
    );
    const made = JSON.parse(stdout) as { apiKey: string; organizationId: string };
    this.apiKey = made.apiKey;
    this.organizationId = made.organizationId;
    this.nodes = [new NodeProcess('serve', env), new NodeProcess('serve', env), new NodeProcess('work', env)];
    const started = await Promise.all(this.nodes.map((node) => node.start()));
    if (started.includes(false)) throw new Error('a node did not start');
    await this.api('PUT', '/retry-config', {
      retryStrategy: 'fixed',
      maxRetries: 10,
      initialDelaySeconds: 1,
      maxDelaySeconds: 1,
      enableJitter: true,
      enableDlq: true,
    });
    for (const [index, endpoint] of this.endpoints.entries()) {
      await this.api('POST', '/webhooks', {
        name: `endpoint ${index}`,
        url: endpoint.url,
        events: ['chaos.*'],
      });
    }
  }

  #startPostgres(): Promise<EmbeddedPostgres> {
    return startEmbeddedPostgres({ dataDir: this.#dataDir, log: () => undefined });
  }

  /** Ends PostgreSQL and starts it again on the same port. One restart at a time. */
  restartPostgres(mode: 'fast' | 'immediate'): Promise<void> {
    this.#databaseRestarting = this.#databaseRestarting.then(async () => {
      await this.postgres.stop(mode);
      this.postgres = await this.#startPostgres();
      this.proxy.target = this.postgres.port;
    });
    return this.#databaseRestarting;
  }

  /** Through any node that answers. */
  async api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const node = this.nodes.find(({ address, running }) => address !== null && running);
    const response = await fetch(`${node?.address ?? ''}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  }

  /** Straight to PostgreSQL, past the proxy. */
  async query<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    await this.#databaseRestarting;
    const client = new pg.Client({ connectionString: this.postgres.url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Everything works again: endpoints, proxy, database, processes. */
  async heal(): Promise<void> {
    await this.#databaseRestarting;
    this.proxy.resume();
    for (const endpoint of this.endpoints) endpoint.heal();
    for (const node of this.nodes) {
      node.resume();
      if (!node.running && !(await node.start())) throw new Error('a node did not start again');
    }
  }

  async stop(): Promise<void> {
    this.proxy?.resume();
    await Promise.all(this.nodes.map((node) => node.end('SIGKILL')));
    await Promise.all(this.endpoints.map((endpoint) => endpoint.close()));
    await this.proxy?.close();
    await this.postgres?.stop('immediate');
    await discardDataFolder(this.#dataDir);
    await rm(this.#folder, { recursive: true, force: true });
  }
}
