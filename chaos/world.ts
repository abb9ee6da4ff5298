import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { discardDataFolder, startEmbeddedPostgres } from '../packages/server/src/db/embedded.ts';
import { programOf } from '../packages/server/src/testing/child.ts';
import type { EmbeddedPostgres } from '../packages/server/src/db/embedded.ts';
import { chooseAccount } from '../packages/server/src/db/embedded/account.ts';
import { liveChannel } from '../packages/server/src/db/live-channel.ts';
import { Endpoint } from './endpoint.ts';
import { FakedClock } from './faked-clock.ts';
import { until, wait } from './fault.ts';
import { NodeProcess } from './node-process.ts';
import { SmallDisk } from './small-disk.ts';
import { TcpProxy } from './tcp-proxy.ts';
import { Traffic } from './traffic.ts';

const run = promisify(execFile);
const main = new URL('../packages/server/src/main.ts', import.meta.url);
export const leaseSeconds = 3;
const diskMegabytes = 256;
const apiTurns = 60;

/** Where order is kept, for each endpoint. */
const orderings = ['none', 'park', 'skip'] as const;

/** What this machine can do beyond the ordinary. */
export interface Abilities {
  smallDisk: boolean;
  /** Path of libfaketime. */
  fakedClock: string | undefined;
}

/**
 * Everything that a run torments: PostgreSQL behind a proxy, two `serve` and two `work` processes of the product,
 * endpoints, and the traffic that is counted.
 */
export class World {
  readonly #folder = mkdtempSync(join(tmpdir(), 'trunkline-chaos-'));
  readonly #dataDir = join(this.#folder, 'data');
  readonly #abilities: Abilities;
  /** Of the database's clock: its account has to pass through. */
  readonly #clockFolder = mkdtempSync(join(tmpdir(), 'trunkline-chaos-clock-'));
  databaseClock: FakedClock | null = null;
  postgres!: EmbeddedPostgres;
  proxy!: TcpProxy;
  disk: SmallDisk | null = null;
  nodes: NodeProcess[] = [];
  clocks: FakedClock[] = [];
  endpoints: Endpoint[] = [];
  traffic!: Traffic;
  apiKey = '';
  organizationId = '';
  /** SQLSTATE → how often PostgreSQL reported it. */
  readonly sqlStates = new Map<string, number>();
  readonly #busy = new Map<string, Promise<unknown>>();
  #databaseRestarting: Promise<void> = Promise.resolve();
  #sampling: NodeJS.Timeout | undefined;

  constructor(abilities: Abilities) {
    this.#abilities = abilities;
  }

  async start(seed: number): Promise<void> {
    chmodSync(this.#clockFolder, 0o711);
    if (this.#abilities.fakedClock)
      this.databaseClock = new FakedClock(this.#abilities.fakedClock, join(this.#clockFolder, 'clock'));
    this.postgres = await this.#startPostgres();
    if (this.#abilities.smallDisk) await this.#moveToSmallDisk();
    this.proxy = new TcpProxy(this.postgres.port);
    await this.proxy.listen();
    const tls = await makeCertificate(this.#folder);
    for (let i = 0; i < orderings.length; i += 1) {
      const endpoint = new Endpoint(tls);
      await endpoint.listen();
      this.endpoints.push(endpoint);
    }
    const viaProxy = new URL(this.postgres.url);
    viaProxy.port = String(this.proxy.port);
    const env = {
      DATABASE_URL: viaProxy.href,
      TRUNKLINE_DATA_DIR: join(this.#folder, 'node'),
      TRUNKLINE_EGRESS_ALLOW: '127.0.0.1/32',
      TRUNKLINE_RATE_LIMITS: 'off',
      TRUNKLINE_LEASE_SECONDS: String(leaseSeconds),
      TRUNKLINE_ATTEMPT_TIMEOUT_SECONDS: '2',
      TRUNKLINE_LOG_LEVEL: process.env['CHAOS_LOG'] ?? 'error',
      PORT: '0',
    };
    // Not synchronously: the proxy lives in this process.
    const { stdout } = await run(
      process.execPath,
      [
        ...programOf(main),
        'organizations',
        'create',
        '--name',
        'Chaos',
        '--admin-email',
        'chaos@example.com',
        '--json',
      ],
      { env: { ...process.env, ...env } },
    );
    const made = JSON.parse(stdout) as { apiKey: string; organizationId: string };
    this.apiKey = made.apiKey;
    this.organizationId = made.organizationId;
    for (const [index, command] of (['serve', 'serve', 'work', 'work'] as const).entries()) {
      const clock = this.#abilities.fakedClock
        ? new FakedClock(this.#abilities.fakedClock, join(this.#folder, `clock-${index}`))
        : null;
      if (clock) this.clocks.push(clock);
      this.nodes.push(new NodeProcess(command, `Node${index}`, { ...env, ...clock?.env }));
    }
    const started = await Promise.all(this.nodes.map((node) => node.start()));
    if (started.includes(false)) throw new Error('a node did not start');
    this.traffic = new Traffic(this, seed);
    this.#sampling = setInterval(() => {
      for (const node of this.nodes) void node.readMetrics();
      // The supervisor of an installation would do the same.
      for (const node of this.nodes) if (node.crashed) void this.startAgain(node).catch(() => undefined);
    }, 1_000);
    await this.#configure();
  }

  /** Settings, and a webhook for each endpoint. */
  async #configure(): Promise<void> {
    await this.api('PUT', '/retry-config', {
      retryStrategy: 'fixed',
      maxRetries: 10,
      initialDelaySeconds: 1,
      maxDelaySeconds: 1,
      enableJitter: true,
      enableDlq: true,
    });
    for (const [index, endpoint] of this.endpoints.entries()) {
      const made = await this.api('POST', '/webhooks', {
        name: `endpoint ${index}`,
        url: endpoint.url,
        events: ['chaos.*'],
        flow: { ordering: orderings[index] },
      });
      endpoint.webhookId = String(made['id']);
    }
  }

  /** Endpoints that must see the events of one subject in their order. */
  get orderedEndpoints(): Endpoint[] {
    return this.endpoints.filter((_endpoint, index) => orderings[index] !== 'none');
  }

  #startPostgres(): Promise<EmbeddedPostgres> {
    return startEmbeddedPostgres({
      dataDir: this.#dataDir,
      log: (line) => {
        const state = /^postgres: ([0-9A-Z]{5}) (?:ERROR|FATAL|PANIC):/.exec(line)?.[1];
        if (state) this.sqlStates.set(state, (this.sqlStates.get(state) ?? 0) + 1);
      },
      ...(this.databaseClock ? { env: this.databaseClock.env } : {}),
      settings: { log_line_prefix: '%e ', log_min_messages: 'error' },
    });
  }

  async #moveToSmallDisk(): Promise<void> {
    const account = await chooseAccount(this.#dataDir);
    if (!account) throw new Error('a small disk needs root');
    this.disk = new SmallDisk();
    await this.disk.mount(account, diskMegabytes);
    const administration = new URL(this.postgres.url);
    administration.pathname = '/postgres';
    const client = new pg.Client({ connectionString: administration.href });
    await client.connect();
    try {
      await client.query(`CREATE TABLESPACE small LOCATION '${this.disk.folder}'`);
      await client.query('ALTER DATABASE trunkline SET TABLESPACE small');
    } finally {
      await client.end();
    }
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

  /** Does something that needs things for itself; who needs one of them meanwhile waits. */
  async alone<T>(things: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = things.map((thing) => this.#busy.get(thing) ?? Promise.resolve());
    const result = Promise.allSettled(before).then(work);
    for (const thing of things) this.#busy.set(thing, result);
    return result;
  }

  /**
   * Through any node that answers; tries for a while, since the node or the database may be away just now.
   *
   * @throws Error at once when the request itself is refused (4xx)
   */
  async api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    for (let turn = 0; ; turn += 1) {
      const servers = this.nodes.filter(({ address, running }) => address !== null && running);
      let refusal = '';
      try {
        const response = await fetch(`${servers[turn % servers.length]?.address ?? ''}/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(10_000),
        });
        const text = await response.text();
        if (response.ok) return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
        refusal = `${method} ${path}: ${response.status} ${text}`;
        if (response.status < 500 && response.status !== 429) turn = apiTurns;
      } catch (error) {
        refusal = `${method} ${path}: ${String(error)}`;
      }
      if (turn >= apiTurns) throw new Error(refusal);
      await wait(500);
    }
  }

  /** Work on one connection straight to PostgreSQL, past the proxy; waits for one to be free. */
  async connected<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    for (let turn = 0; ; turn += 1) {
      await this.#databaseRestarting;
      const client = new pg.Client({ connectionString: this.postgres.url, connectionTimeoutMillis: 5_000 });
      client.on('error', () => undefined);
      try {
        await client.connect();
      } catch (error) {
        if (turn === 60) throw error;
        await wait(500);
        continue;
      }
      try {
        return await work(client);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  query<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.connected(async (client) => (await client.query<Row>(sql, values)).rows);
  }

  /** Starts a node that ended, as the supervisor of an installation does: again and again. */
  async startAgain(node: NodeProcess): Promise<void> {
    for (let turn = 0; turn < 40; turn += 1) {
      if (node.alive || (await node.start())) return;
      await wait(500);
    }
    throw new Error(`${node.label} does not start again`);
  }

  /**
   * Gives an endpoint's webhook another URL, past the API, which would refuse one that cannot work, and tells the
   * nodes of it as the API does.
   */
  async pointWebhook(endpoint: Endpoint, url: string): Promise<void> {
    await this.query('UPDATE webhooks SET url = $2, version = version + 1 WHERE id = $1', [
      endpoint.webhookId,
      url,
    ]);
    const change = { organizationId: this.organizationId, topic: 'webhooks', ids: [endpoint.webhookId] };
    await this.query('SELECT pg_notify($1, $2)', [liveChannel, JSON.stringify(change)]);
  }

  get staleWrites(): number {
    return this.nodes.reduce((sum, node) => sum + node.staleWrites, 0);
  }

  /** Everything works again: endpoints, proxy, disk, database, clocks, processes. */
  async heal(): Promise<void> {
    await this.#databaseRestarting;
    this.proxy.resume();
    this.disk?.free();
    for (const clock of this.clocks) clock.jump(0);
    this.databaseClock?.jump(0);
    for (const endpoint of this.endpoints) endpoint.heal();
    for (const node of this.nodes) {
      node.resume();
      await this.startAgain(node);
    }
  }

  /**
   * Waits until nothing is left to do; gives up after `limitMs`, and what is left counts as still scheduled. A dead
   * letter stops its line at an endpoint that parks: an operator would retry it, and so does this.
   */
  async drain(limitMs: number): Promise<void> {
    const parked = this.endpoints[orderings.indexOf('park')]?.webhookId;
    let looks = 0;
    await until('the queue is empty', limitMs, async () => {
      const [row] = await this.query<{ queued: string; dead: string }>(
        `SELECT (SELECT count(*) FROM delivery_queue) AS queued,
           (SELECT count(*) FROM dead_letters WHERE webhook_id = $1 AND NOT retrying) AS dead`,
        [parked],
      );
      if (Number(row?.queued) === 0) return true;
      looks += 1;
      if (Number(row?.dead) > 0 && looks % 25 === 0)
        await this.api('POST', '/dead-letters/retry', { webhookId: parked }).catch(() => undefined);
      await wait(200);
      return false;
    }).catch(() => undefined);
    for (const node of this.nodes) await node.readMetrics();
  }

  async stop(): Promise<void> {
    clearInterval(this.#sampling);
    this.traffic?.stop();
    await this.#databaseRestarting.catch(() => undefined);
    this.proxy?.resume();
    await Promise.all(this.nodes.map((node) => node.end('SIGKILL')));
    await Promise.all(this.endpoints.map((endpoint) => endpoint.close()));
    await this.proxy?.close();
    await this.postgres?.stop('immediate');
    await this.disk?.unmount();
    await discardDataFolder(this.#dataDir);
    await rm(this.#folder, { recursive: true, force: true });
    await rm(this.#clockFolder, { recursive: true, force: true });
  }
}

/** A certificate that nobody vouches for; null where there is no openssl to make it. */
async function makeCertificate(folder: string): Promise<{ key: string; cert: string } | null> {
  const key = join(folder, 'key.pem');
  const cert = join(folder, 'cert.pem');
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  try {
    await run('openssl', ['req', '-x509', ...kind, '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', cert]);
  } catch {
    return null;
  }
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}
