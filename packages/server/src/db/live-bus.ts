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

/**
 * What changed, from any node to every open browser of the organization (DASH-5). Changes travel by
 * PostgreSQL's NOTIFY on one connection of this node; they say what to read again, never what it is.
 */
export class LiveBus {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #changeHandlers: ((change: LiveChange) => void)[] = [];
  readonly #options: { url: string; clock: () => number; log: Logger };
  #client: pg.Client | null = null;
  #stopped = false;
  /** The connection takes one statement at a time. */
  #sending: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  /** Called when the connection was lost and is back: what was announced meanwhile is unknown. */
  #gapHandlers: (() => void)[] = [];

  constructor(options: { url: string; clock: () => number; log: Logger }) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#options.url, application_name: 'trunkline live' });
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', (notification) => this.#receive(notification.payload ?? ''));
    await client.connect();
    await client.query(`LISTEN ${liveChannel}`);
    this.#client = client;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  #lost(client: pg.Client): void {
    if (this.#stopped || (this.#client !== null && this.#client !== client)) return;
    this.#client = null;
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

  /** Tells every node, this one included. Lost when the database is away: screens refetch on reconnect. */
  publish(change: LiveChange): void {
    this.#sending = this.#sending.then(async () => {
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
