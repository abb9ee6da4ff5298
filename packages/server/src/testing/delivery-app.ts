import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RetryPolicy } from '@trunkline/contract/retry';
import type pg from 'pg';
import { expect } from 'vitest';
import { createPool } from '../db/pool.ts';
import type { App, Ctx } from '../ctx.ts';
import { Sender } from '../lib/egress/client.ts';
import type { SenderOptions } from '../lib/egress/client.ts';
import { announceDeadLetter } from '../modules/events/announce-dead-letter.ts';
import { createWebhook } from '../modules/webhooks/create-webhook.ts';
import { disableGoneWebhook } from '../modules/webhooks/disable-gone-webhook.ts';
import { eventually } from './eventually.ts';
import { createTestApp } from './test-app.ts';
import type { TestApp, TestOrganization } from './test-app.ts';
import { Engine } from '../delivery/engine.ts';
import type { Result } from '../delivery/record.ts';

/** The only address that tests deliver to. */
export const receiverAddress = '127.0.0.9';

export interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export type Respond = (request: Received, response: ServerResponse) => void;

/** An endpoint on loopback that keeps what it got. */
export interface Receiver {
  readonly port: number;
  /** In the order of arrival. */
  readonly requests: Received[];
  /** How it answers; 200 until it is set. */
  respond: Respond;
  url(path?: string): string;
  /** Requests of one path, or of all. */
  at(path: string): Received[];
  /** The requests, as soon as there are this many. */
  received(count: number, path?: string): Promise<Received[]>;
  close(): Promise<void>;
}

export async function startTestReceiver(port = 0): Promise<Receiver> {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received = {
        path: request.url ?? '',
        headers: flat(request.headers),
        body: Buffer.concat(chunks).toString('utf8'),
      };
      requests.push(received);
      receiver.respond(received, response);
    });
  });
  server.listen(port, receiverAddress);
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  const receiver: Receiver = {
    port: bound,
    requests,
    respond: (_request, response) => response.end(),
    url: (path = '/hook') => `http://${receiverAddress}:${bound}${path}`,
    at: (path) => requests.filter((request) => request.path === path),
    received: (count, path) =>
      eventually(() => {
        const got = path === undefined ? requests : receiver.at(path);
        expect(got.length).toBeGreaterThanOrEqual(count);
        return got;
      }),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return receiver;
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** Answers with a status, headers and a body. */
export const answer =
  (status: number, headers: Record<string, string> = {}, body = ''): Respond =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };

/** Keeps requests open until `release`, then answers them and all later ones with 200. */
export function holding(): { respond: Respond; release(): void; readonly held: number } {
  let waiting: ServerResponse[] | null = [];
  return {
    respond: (_request, response) => {
      if (waiting) waiting.push(response);
      else response.end();
    },
    release() {
      for (const response of waiting ?? []) response.end();
      waiting = null;
    },
    get held() {
      return waiting?.length ?? 0;
    },
  };
}

/** One node: an engine with a pool of its own. */
export interface Node {
  engine: Engine;
  pool: pg.Pool;
  /** The app whose verbs work with this engine. */
  app: App;
  deadLettered: Result[];
  stop(): Promise<void>;
}

export interface NodeOptions {
  leaseSeconds?: number;
  attemptTimeoutSeconds?: number;
  /** Wraps or replaces the pool, for faults. */
  pool?: (pool: pg.Pool) => pg.Pool;
  sender?: Sender;
  started?: boolean;
  /** Without the announcements of dead letters, which are events themselves. */
  quiet?: boolean;
}

export interface DeliveryTest extends Omit<TestApp, 'close'> {
  receiver: Receiver;
  /** A further node on the same database; the last one started is behind the verbs of {@link TestApp}. */
  startNode(options?: NodeOptions): Promise<Node>;
  sender(options?: Partial<SenderOptions>): Sender;
  webhook(organization: TestOrganization, options?: WebhookOptions): Promise<TestWebhook>;
  /** Retries that wait fall due at once, on every node. */
  makeDue(): Promise<void>;
  statuses(webhookId: string): Promise<Record<string, number>>;
  /** Waits until nothing of the organization is left in the queue. */
  drained(organization: TestOrganization): Promise<void>;
  close(): Promise<void>;
}

export interface WebhookOptions {
  name?: string;
  path?: string;
  url?: string;
  events?: string[];
  status?: 'active' | 'inactive' | 'paused';
  retry?: Partial<RetryPolicy>;
}

export interface TestWebhook {
  id: string;
  secret: string;
}

export const fastRetries: RetryPolicy = {
  retryStrategy: 'fixed',
  maxRetries: 2,
  initialDelaySeconds: 30,
  maxDelaySeconds: 60,
  enableJitter: false,
};

/** A test app whose engine delivers to a receiver of its own, wired as the program wires it. */
export async function createDeliveryTest(): Promise<DeliveryTest> {
  const test = await createTestApp();
  const receiver = await startTestReceiver();
  const nodes: Node[] = [];
  const senders: Sender[] = [];

  const sender = (options: Partial<SenderOptions> = {}): Sender => {
    const made = new Sender({ allow: test.app.egressAllow, connectionsPerOrigin: 128, ...options });
    senders.push(made);
    return made;
  };

  return {
    ...test,
    receiver,
    sender,

    async startNode(options = {}) {
      const { url, pooled } = test.database;
      const pool = createPool(url, { max: 8, applicationName: `node ${nodes.length}`, pooled });
      const config = {
        ...test.app.config,
        leaseSeconds: options.leaseSeconds ?? 30,
        attemptTimeoutSeconds: options.attemptTimeoutSeconds ?? 15,
      };
      const deadLettered: Result[] = [];
      const parts = { ...test.app, config, sender: options.sender ?? sender() };
      const engine: Engine = new Engine({
        app: parts,
        pool: options.pool?.(pool) ?? pool,
        publish: (organizationId, topic, ids) => test.app.live.publish({ organizationId, topic, ids }),
        onGone: (organizationId, id, url) => {
          disableGoneWebhook(systemCtx(app, organizationId), id, url).catch(() => undefined);
        },
        onDeadLettered: (result) => {
          deadLettered.push(result);
          if (!options.quiet) announceDeadLetter(app, result).catch(() => undefined);
        },
      });
      const app: App = { ...parts, engine };
      test.app.live.onChange(({ organizationId, topic, ids }) => {
        if (topic === 'webhooks') for (const id of ids ?? []) engine.endpoints.forget(id);
        if (topic === 'retry') engine.endpoints.forgetOrganization(organizationId);
      });
      let stopped: Promise<void> | undefined;
      const node: Node = {
        engine,
        pool,
        app,
        deadLettered,
        stop: () => (stopped ??= engine.stop().then(() => pool.end())),
      };
      nodes.push(node);
      test.app.engine = engine;
      if (options.started ?? true) await engine.start(false);
      return node;
    },

    async webhook(organization, options = {}) {
      const created = await createWebhook(test.as('system_admin', organization), {
        name: options.name ?? 'Hook',
        url: options.url ?? receiver.url(options.path),
        events: options.events ?? ['*'],
        status: options.status ?? 'active',
        ...(options.retry ? { retry: { ...fastRetries, ...options.retry } } : {}),
      });
      return { id: created.id, secret: created.secret };
    },

    async makeDue() {
      await test.database.pool.query(
        `UPDATE delivery_queue SET due_at = now() WHERE owner IS NULL AND due_at < 'infinity'`,
      );
      for (const { engine } of nodes) engine.wake();
    },

    async statuses(webhookId) {
      const { rows } = await test.database.pool.query<{ state: string; count: number }>(
        `SELECT state, count(*) FROM attempts WHERE webhook_id = $1 GROUP BY state`,
        [webhookId],
      );
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    },

    drained: (organization) =>
      eventually(async () => {
        const { rows } = await test.database.pool.query(
          'SELECT count(*) FROM delivery_queue WHERE organization_id = $1',
          [organization.id],
        );
        expect(rows).toEqual([{ count: 0 }]);
      }),

    async close() {
      await receiver.close();
      for (const node of nodes) await node.stop();
      for (const one of senders) await one.close(0);
      await test.close();
    },
  };
}

function systemCtx(app: App, organizationId: string): Ctx {
  return {
    app,
    actor: { type: 'system', name: 'Trunkline' },
    organizationId,
    request: { id: 'test', ip: null, userAgent: null, headers: new Headers() },
    cookies: [],
  };
}
