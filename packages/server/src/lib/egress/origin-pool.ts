import { Connection } from './connection.ts';
import type { Connect } from './connector.ts';
import type { Exchange, ExchangeOwner } from './exchange.ts';

export interface PoolOptions {
  connections: number;
  keepAliveMs: number;
  connect: Connect;
}

/**
 * The connections to one origin and the exchanges that wait for one. The most recently used connection is taken first
 * without a search, and the next exchange is handed over while the last one completes, which saves a turn of the
 * event loop.
 */
export class OriginPool {
  readonly origin: string;
  /** Of its exchanges. */
  readonly owner: ExchangeOwner;
  /** Since when nothing is under way, by the sender's clock. */
  idleSince = 0;
  readonly #options: PoolOptions;
  readonly #url: URL;
  readonly #free: Connection[] = [];
  /** Connections open or opening. */
  #size = 0;
  #first: Exchange | null = null;
  #last: Exchange | null = null;
  #pumping = false;
  #closed = false;
  /** Exchanges that are neither over nor taken out, waiting ones included. */
  #live = 0;

  constructor(origin: string, options: PoolOptions, ownerOf: (pool: OriginPool) => ExchangeOwner) {
    this.owner = ownerOf(this);
    this.origin = origin;
    this.#url = new URL(origin);
    this.#options = options;
  }

  get idle(): boolean {
    return this.#live === 0;
  }

  run(exchange: Exchange): void {
    this.#live += 1;
    if (this.#last === null) this.#first = exchange;
    else this.#last.queued = exchange;
    this.#last = exchange;
    this.#pump();
  }

  /** Takes an exchange that is over back, and starts the next. A connection of unknown state is dropped. */
  over(exchange: Exchange, reusable: boolean): void {
    this.#live -= 1;
    const { connection } = exchange;
    if (connection === null) return;
    exchange.connection = null;
    if (reusable && !this.#closed) {
      connection.freeSince = this.owner.now();
      this.#free.push(connection);
      this.#pump();
      return;
    }
    this.#size -= 1;
    connection.destroy();
    // Later, so that of exchanges that end together none starts on another's place.
    queueMicrotask(() => this.#pump());
  }

  /** Closes the unused connections and starts nothing more. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#free) connection.destroy();
    this.#free.length = 0;
  }

  /** Closes connections that nobody used for long, those used longest ago first. */
  closeUnused(now: number): void {
    let stale = 0;
    while (stale < this.#free.length && this.#isStale(this.#free[stale]!, now)) stale += 1;
    if (stale === 0) return;
    for (const connection of this.#free.splice(0, stale)) connection.destroy();
    this.#size -= stale;
  }

  /** A second before the server's own limit, so that a request does not meet a connection that is just closing. */
  #isStale(connection: Connection, now: number): boolean {
    const kept = Math.min(this.#options.keepAliveMs, Math.max(0, connection.keepAliveMs - 1_000));
    return now - connection.freeSince >= kept;
  }

  /** A loop and not a recursion, since an exchange may be over before its start returns. */
  #pump(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    while (this.#first !== null) {
      if (this.#free.length === 0 && this.#size >= this.#options.connections) break;
      const exchange = this.#first;
      this.#first = exchange.queued;
      if (this.#first === null) this.#last = null;
      exchange.queued = null;
      if (exchange.settled) continue;
      const connection = this.#take() ?? this.#open();
      exchange.connection = connection;
      connection.run(exchange);
    }
    this.#pumping = false;
  }

  #take(): Connection | undefined {
    const connection = this.#free.pop();
    if (connection === undefined || !this.#isStale(connection, this.owner.now())) return connection;
    // The others are older still.
    connection.destroy();
    this.#size -= 1;
    this.closeUnused(this.owner.now());
    return undefined;
  }

  #open(): Connection {
    this.#size += 1;
    return new Connection({
      url: this.#url,
      connect: this.#options.connect,
      onGone: (connection) => this.#onGone(connection),
    });
  }

  #onGone(connection: Connection): void {
    const at = this.#free.indexOf(connection);
    if (at === -1) return;
    this.#free.splice(at, 1);
    this.#size -= 1;
  }
}
