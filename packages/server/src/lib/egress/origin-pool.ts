import { Client } from 'undici';
import type { buildConnector } from 'undici';
import type { Exchange, ExchangeOwner } from './exchange.ts';
import type { Slot } from './slot.ts';

export interface PoolOptions {
  connections: number;
  keepAliveMs: number;
  connector: buildConnector.connector;
}

/** Response headers beyond this end the exchange. */
const maxHeaderSize = 16 * 1024;

const ignore = (): void => undefined;

/**
 * The connections to one origin and the exchanges that wait for one. It stands in for undici's Pool: the most recently
 * used connection is taken first without a search, and the next exchange is handed over while the last one
 * completes, which saves a turn of the event loop.
 */
export class OriginPool {
  readonly origin: string;
  /** Of its exchanges. */
  readonly owner: ExchangeOwner;
  /** Since when nothing is under way, by the sender's clock. */
  idleSince = 0;
  readonly #options: PoolOptions;
  readonly #free: Slot[] = [];
  #slots = 0;
  #first: Exchange | null = null;
  #last: Exchange | null = null;
  #pumping = false;
  #closed = false;
  /** Exchanges that are neither over nor taken out, waiting ones included. */
  #live = 0;

  constructor(origin: string, options: PoolOptions, ownerOf: (pool: OriginPool) => ExchangeOwner) {
    this.owner = ownerOf(this);
    this.origin = origin;
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
    const slot = exchange.slot;
    if (slot === null) return;
    exchange.slot = null;
    if (reusable && !this.#closed) {
      this.#free.push(slot);
      this.#pump();
      return;
    }
    this.#slots -= 1;
    slot.client.destroy(ignore);
    // Later, so that of exchanges that end together none starts on another's place.
    queueMicrotask(() => this.#pump());
  }

  /** Closes the unused connections and starts nothing more. */
  close(): void {
    this.#closed = true;
    for (const slot of this.#free) slot.client.destroy(ignore);
    this.#free.length = 0;
  }

  /** A loop and not a recursion, since an exchange may be over before its start returns. */
  #pump(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    while (this.#first !== null) {
      if (this.#free.length === 0 && this.#slots >= this.#options.connections) break;
      const exchange = this.#first;
      this.#first = exchange.queued;
      if (this.#first === null) this.#last = null;
      exchange.queued = null;
      if (exchange.settled) continue;
      const slot = this.#free.pop() ?? this.#open();
      exchange.slot = slot;
      slot.client.dispatch(exchange.request!, exchange);
    }
    this.#pumping = false;
  }

  #open(): Slot {
    const { connector, keepAliveMs } = this.#options;
    const client = new Client(this.origin, {
      pipelining: 1,
      maxHeaderSize,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      // The sender's own deadline covers the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options: buildConnector.Options, callback: buildConnector.Callback) => {
        connector(options, (...outcome) => {
          if (outcome[0] === null) {
            slot.remoteAddress = outcome[1].remoteAddress;
            callback(null, outcome[1]);
          } else {
            callback(outcome[0], null);
          }
        });
      },
    });
    const slot: Slot = { client, remoteAddress: undefined };
    this.#slots += 1;
    return slot;
  }
}
