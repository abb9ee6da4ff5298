import type { LiveMessage, LiveTopic } from '@trunkline/contract/live';
import { liveTopics } from '@trunkline/contract/live';
import pg from 'pg';
import type { Logger } from 'pino';
import { liveChannel } from './live-channel.ts';

export interface LiveChange {
  organizationId: string;
  topic: LiveTopic;
  ids?: string[] | undefined;
}

type Listener = (message: LiveMessage) => void;

const reconnectMs = 1_000;
/** Of one message: PostgreSQL carries 8,000 bytes. */
const mostIds = 100;
/** A listener that sends nothing never hears that the other end is gone: it asks this often, and waits so long. */
const times = { aliveEveryMs: 15_000, patienceMs: 10_000 };

export interface LiveBusOptions {
  url: string;
  clock: () => number;
  log: Logger;
  aliveEveryMs?: number;
  /** For a connection to be made and for every statement on it. */
  patienceMs?: number;
}

/**
 * What changed, from any node to every open browser of the organization (DASH-5). Changes travel by
 * PostgreSQL's NOTIFY on one connection of this node; they say what to read again, never what it is.
 */
export class LiveBus {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #changeHandlers: ((change: LiveChange) => void)[] = [];
  readonly #options: Required<LiveBusOptions>;
  #client: pg.Client | null = null;
  #stopped = false;
  /** The connection takes one statement at a time. */
  #sending: Promise<void> = Promise.resolve();
  /** The last of each kind that waits to be sent. */
  readonly #waiting = new Map<string, LiveChange>();
  #timer: NodeJS.Timeout | undefined;
  #aliveTimer: NodeJS.Timeout | undefined;
  #checking = false;
  /** Called when the connection was lost and is back: what was announced meanwhile is unknown. */
  #gapHandlers: (() => void)[] = [];

  constructor(options: LiveBusOptions) {
    this.#options = { ...times, ...options };
  }

  async start(): Promise<void> {
    const { url, patienceMs, aliveEveryMs } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      application_name: 'trunkline live',
      connectionTimeoutMillis: patienceMs,
      query_timeout: patienceMs,
    });
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', (notification) => this.#receive(notification.payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${liveChannel}`);
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
    clearInterval(this.#aliveTimer);
    this.#aliveTimer = setInterval(() => this.#checkAlive(client), aliveEveryMs);
  }

  #checkAlive(client: pg.Client): void {
    if (this.#checking) return;
    this.#checking = true;
    this.#sending = this.#sending.then(async () => {
      try {
        if (this.#client === client) await client.query('SELECT');
      } catch {
        client.end().catch(() => undefined);
        this.#lost(client);
      }
      this.#checking = false;
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#aliveTimer);
    await this.#client?.end().catch(() => undefined);
  }

  #lost(client: pg.Client): void {
    if (this.#stopped || (this.#client !== null && this.#client !== client)) return;
    this.#client = null;
    clearInterval(this.#aliveTimer);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.start().then(
        () => {
          for (const handler of this.#gapHandlers) handler();
        },
        () => this.#lost(client),
      );
    }, reconnectMs);
  }

  #receive(payload: string): void {
    let change: LiveChange;
    try {
      change = JSON.parse(payload) as LiveChange;
    } catch {
      return;
    }
    if (!liveTopics.includes(change.topic)) return;
    for (const handler of this.#changeHandlers) handler(change);
    const listeners = this.#listeners.get(change.organizationId);
    if (!listeners) return;
    const message: LiveMessage = {
      topic: change.topic,
      ...(change.ids ? { ids: change.ids } : {}),
      at: new Date(this.#options.clock()).toISOString(),
    };
    for (const listener of listeners) listener(message);
  }

  /**
   * Tells every node, this one included. Lost when the database is away: screens refetch on reconnect. What waits to be
   * sent takes along more of its kind, so that a busy organization costs one message at a time.
   */
  publish({ organizationId, topic, ids }: LiveChange): void {
    const key = `${organizationId}:${topic}`;
    const waiting = this.#waiting.get(key);
    if (waiting?.ids !== undefined && ids !== undefined && waiting.ids.length + ids.length <= mostIds) {
      waiting.ids = [...new Set([...waiting.ids, ...ids])];
      return;
    }
    const change: LiveChange = { organizationId, topic, ...(ids !== undefined && { ids }) };
    this.#waiting.set(key, change);
    this.#sending = this.#sending.then(async () => {
      if (this.#waiting.get(key) === change) this.#waiting.delete(key);
      try {
        await this.#client?.query('SELECT pg_notify($1, $2)', [liveChannel, JSON.stringify(change)]);
      } catch (error) {
        this.#options.log.debug({ err: error }, 'a live message was not sent');
      }
    });
  }

  /** For this process's caches. */
  onChange(handler: (change: LiveChange) => void): void {
    this.#changeHandlers.push(handler);
  }

  onGap(handler: () => void): void {
    this.#gapHandlers.push(handler);
  }

  /** Messages of one organization, until the returned function is called. */
  subscribe(organizationId: string, listener: Listener): () => void {
    let listeners = this.#listeners.get(organizationId);
    if (!listeners) this.#listeners.set(organizationId, (listeners = new Set()));
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(organizationId) === listeners) {
        this.#listeners.delete(organizationId);
      }
    };
  }
}
