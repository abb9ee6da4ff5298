import type { EgressAllow } from './allow-list.ts';
import { portOf } from './check-url.ts';
import { createConnector } from './connector.ts';
import { DeadlineWheel } from './deadline-wheel.ts';
import { EgressError } from './errors.ts';
import { Exchange } from './exchange.ts';
import type { ExchangeDone } from './exchange.ts';
import { blocked, literalAddress, mayReach, systemLookup } from './guard.ts';
import type { Lookup } from './guard.ts';
import { OriginPool } from './origin-pool.ts';
import type { PoolOptions } from './origin-pool.ts';
import { wireRequest } from './request-text.ts';
import type { RequestParts } from './request-text.ts';
import type { SendResult } from './send-result.ts';
import { targetOf } from './target.ts';
import type { Target } from './target.ts';

export interface SenderOptions {
  allow: EgressAllow;
  lookup?: Lookup;
  /** Connections to one origin, and so requests in flight to it; more wait. Default 16. */
  connectionsPerOrigin?: number;
  /** Name, TCP and TLS together. Default 10,000. */
  connectTimeoutMs?: number;
  /** The whole exchange, waiting for a connection included. Default 15,000. */
  totalTimeoutMs?: number;
  /** Bytes of a response body that are kept. Default 65,536. */
  responseLimitBytes?: number;
  /** An unused connection is closed after this. Default 4,000: below what servers usually keep. */
  keepAliveMs?: number;
  /** Origins with open connections; beyond it the one unused for longest is closed. Default 1,000. */
  maxOrigins?: number;
  /** Certificate authorities to trust instead of the system's, in PEM. */
  ca?: string;
  /** Steady ms for durations and deadlines, not the wall clock, which may jump. Default `performance.now`. */
  clock?: () => number;
}

interface SendOptions {
  method: string;
  /**
   * As an object or as a flat list name, value, name, value (cheaper). `host` and what frames the message are the
   * sender's own.
   */
  headers: RequestParts['headers'];
  body: string | Buffer | null;
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Where to: a URL, or its two pieces from {@link targetOf}, which saves parsing it every time. */
export type SendRequest = SendOptions & ({ url: string } | Target);

const tickMs = 50;
/** 25.6 s in one turn of the wheel. */
const wheelTicks = 512;

/**
 * Sends HTTP/1.1 requests to addresses that users gave: guarded by {@link createConnector}, with keep-alive
 * connections per origin, one deadline over each exchange, a bounded response and no redirects.
 */
export class Sender {
  readonly #allow: EgressAllow;
  readonly #pool: PoolOptions;
  readonly #totalTimeoutMs: number;
  readonly #responseLimit: number;
  readonly #maxOrigins: number;
  readonly #clock: () => number;
  readonly #wheel: DeadlineWheel;
  readonly #origins = new Map<string, OriginPool>();
  /** The unused among them, unused for longest first. */
  readonly #unused = new Set<OriginPool>();
  #timer: NodeJS.Timeout | null = null;
  #closedUnusedAt = 0;
  #closing = false;
  #drained: (() => void) | null = null;

  constructor(options: SenderOptions) {
    this.#allow = options.allow;
    this.#clock = options.clock ?? (() => performance.now());
    this.#totalTimeoutMs = options.totalTimeoutMs ?? 15_000;
    this.#responseLimit = options.responseLimitBytes ?? 65_536;
    this.#maxOrigins = options.maxOrigins ?? 1_000;
    this.#wheel = new DeadlineWheel(this.#clock(), tickMs, wheelTicks);
    this.#pool = {
      connections: options.connectionsPerOrigin ?? 16,
      keepAliveMs: options.keepAliveMs ?? 4_000,
      connect: createConnector({
        allow: options.allow,
        lookup: options.lookup ?? systemLookup,
        timeoutMs: options.connectTimeoutMs ?? 10_000,
        ca: options.ca,
      }),
    };
  }

  /** Exchanges under way, waiting ones included. */
  get inFlight(): number {
    return this.#wheel.size;
  }

  /** Origins with connections, in use or kept for the next request. */
  get origins(): number {
    return this.#origins.size;
  }

  /**
   * Sends one request and reads the answer, whatever its status.
   *
   * @throws EgressError (as a rejection) when there is no complete answer
   */
  send(request: SendRequest): Promise<SendResult> {
    return new Promise((resolve, reject) => {
      this.dispatch(request, (error, result) => {
        if (error === null) resolve(result!);
        else reject(error);
      });
    });
  }

  /** As `send`, without a promise: `done` is called once, perhaps before this returns, with an error or a result. */
  dispatch(request: SendRequest, done: ExchangeDone): void {
    let exchange: Exchange;
    let pool: OriginPool;
    try {
      if (this.#closing) throw new EgressError('aborted', 'The sender is closed.');
      if (request.signal?.aborted === true) throw new EgressError('aborted', 'The request was stopped.');
      const target = 'url' in request ? targetOf(request.url) : request;
      const { method, headers, body } = request;
      const host = target.origin.slice(target.origin.indexOf('//') + 2);
      const wire = wireRequest({ path: target.path, method, headers, body }, host);
      pool = this.#poolOf(target.origin);
      const now = this.#clock();
      exchange = new Exchange(pool.owner, wire, this.#responseLimit, now, done);
      this.#wheel.add(exchange, now + (request.timeoutMs ?? this.#totalTimeoutMs));
    } catch (error) {
      done(error as EgressError, null);
      return;
    }
    this.#timer ??= this.#startTimer();
    if (request.signal !== undefined) listen(exchange, request.signal);
    pool.run(exchange);
  }

  /** Refuses new requests, waits for those under way for at most `timeoutMs`, then destroys. */
  async close(timeoutMs: number): Promise<void> {
    this.#closing = true;
    if (this.#wheel.size > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((done) => {
        this.#drained = done;
        timer = setTimeout(done, timeoutMs);
      });
      clearTimeout(timer);
    }
    this.destroy();
  }

  /** Ends everything at once: requests under way are rejected as `aborted`. */
  destroy(): void {
    this.#closing = true;
    for (const pool of this.#origins.values()) pool.close();
    for (const exchange of this.#wheel.entries()) {
      if (exchange instanceof Exchange) exchange.fail('aborted', 'The sender was closed.');
    }
    this.#origins.clear();
    this.#unused.clear();
    this.#stopTimer();
  }

  #over(pool: OriginPool, exchange: Exchange, reusable: boolean): void {
    this.#wheel.remove(exchange);
    pool.over(exchange, reusable);
    if (pool.idle) {
      pool.idleSince = this.#clock();
      this.#unused.add(pool);
    }
    if (this.#drained !== null && this.#wheel.size === 0) this.#drained();
  }

  #poolOf(origin: string): OriginPool {
    const known = this.#origins.get(origin);
    if (known !== undefined) {
      this.#unused.delete(known);
      return known;
    }
    this.#refuseLiteral(origin);
    if (this.#origins.size >= this.#maxOrigins) {
      const [oldest] = this.#unused;
      if (oldest !== undefined) this.#forget(oldest);
    }
    const pool = new OriginPool(origin, this.#pool, (pool) => ({
      now: this.#clock,
      over: (exchange, reusable) => this.#over(pool, exchange, reusable),
    }));
    this.#origins.set(origin, pool);
    return pool;
  }

  /** Before anything is set up; the connector checks it again. */
  #refuseLiteral(origin: string): void {
    const url = new URL(targetOf(origin).origin);
    const literal = literalAddress(url.hostname);
    if (literal === null) return;
    if (!mayReach(literal, portOf(url), url.protocol === 'https:', this.#allow)) throw blocked();
  }

  #forget(pool: OriginPool): void {
    this.#unused.delete(pool);
    this.#origins.delete(pool.origin);
    pool.close();
  }

  #startTimer(): NodeJS.Timeout {
    const sweep = (): void => this.#sweep();
    // An immediate runs after pending socket events: an answer that waits while this process was busy still counts.
    return setInterval(() => setImmediate(sweep), tickMs).unref();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #sweep(): void {
    const now = this.#clock();
    this.#wheel.advance(now);
    for (const pool of this.#unused) {
      if (now - pool.idleSince < this.#pool.keepAliveMs) break;
      this.#forget(pool);
    }
    if (now - this.#closedUnusedAt >= 1_000) {
      this.#closedUnusedAt = now;
      for (const pool of this.#origins.values()) pool.closeUnused(now);
    }
    if (this.#origins.size === 0 && this.#wheel.size === 0) this.#stopTimer();
  }
}

/** See {@link Sender}. */
export function createSender(options: SenderOptions): Sender {
  return new Sender(options);
}

function listen(exchange: Exchange, signal: AbortSignal): void {
  const stop = (): void => exchange.fail('aborted', 'The request was stopped.');
  signal.addEventListener('abort', stop, { once: true });
  exchange.unlisten = () => signal.removeEventListener('abort', stop);
}
