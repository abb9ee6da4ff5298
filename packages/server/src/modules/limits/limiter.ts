import { quotas } from '@trunkline/contract/limits';
import type { ApiLimits, Quota } from '@trunkline/contract/limits';
import type pg from 'pg';
import type { Logger } from 'pino';

/** Whose request it is, and what it may do. */
export interface LimitedKey {
  id: string;
  organizationId: string;
  limits: ApiLimits;
}

/** One of the three limits as it stands after a request. */
export interface QuotaState {
  quota: Quota;
  limit: number;
  /** Requests that are still possible in this window, as far as this node knows. */
  remaining: number;
  /** When the window ends, in ms since the epoch by the database's clock. */
  endsAt: number;
}

export interface Admission {
  admitted: boolean;
  /** The limit that is nearest, or the full one that lasts longest. */
  state: QuotaState;
  /** Until that window ends, in whole seconds, at least 1. */
  resetSeconds: number;
  limits: ApiLimits;
}

export interface LimiterOptions {
  pool: Pick<pg.Pool, 'query'>;
  log: Logger;
  /** Monotonic ms. */
  monotonic: () => number;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const largestBlock = 8_192;
/** A block that was used up faster than this was too small, one that lasted longer than `slowMs` too large. */
const fastMs = 200;
const slowMs = 1_000;
/** While a limit is full the database is asked no more often than this; permits may have come back. */
const askAgainMs = 200;
/** Permits that nobody used for so long go back. */
const idleMs = 1_000;
const sweepMs = 500;
/** What is known of a key without requests is forgotten after this. */
const forgetMs = 2 * hourMs;

interface Lease {
  granted: number;
  at: Date;
  minute_left: number;
  hour_left: number;
  organization_left: number;
}

interface Waiter {
  resolve: (admission: Admission) => void;
  reject: (error: unknown) => void;
}

/**
 * Admits requests with API keys within their limits, together with all other nodes (KEY-3). Windows are the full minutes
 * and hours of the database's clock. A node takes permits in blocks, ahead of need, so that nearly every request is
 * decided in memory; the database has counted a permit before it is used, so all nodes together admit no more than the
 * limit. A permit of a window is void when it may be over by the database's clock.
 */
export class Limiter {
  readonly #options: LimiterOptions;
  readonly #blocks = new Map<string, Block>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LimiterOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.sweep(), sweepMs);
    this.#timer.unref();
  }

  /** Gives back what is in hand. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#blocks.values()].map((block) => block.giveBack()));
  }

  /**
   * Takes a permit; at once where this node has one in hand. Rejects with the database's error when it has none and the
   * database cannot be asked.
   */
  take(key: LimitedKey): Admission | Promise<Admission> {
    let block = this.#blocks.get(key.id);
    if (block === undefined || !block.fits(key)) {
      if (block !== undefined) void block.giveBack();
      block = new Block(key, this.#options);
      this.#blocks.set(key.id, block);
    }
    return block.take();
  }

  /** Gives back permits that lie idle, and forgets keys without requests. */
  async sweep(): Promise<void> {
    const now = this.#options.monotonic();
    const idle = [...this.#blocks].filter(([, block]) => now - block.lastUse > idleMs);
    for (const [id, block] of idle) if (now - block.lastUse > forgetMs) this.#blocks.delete(id);
    await Promise.all(idle.map(([, block]) => block.giveBack()));
  }
}

/** The permits of one key at this node. */
class Block {
  lastUse: number;
  readonly #key: LimitedKey;
  readonly #options: LimiterOptions;
  /** In hand, of the block that was granted last. */
  #permits = 0;
  #granted = 0;
  #wanted = 4;
  /** The database's time of the last lease, and the earliest and latest monotonic moment that it can be. */
  #leasedAt = 0;
  #sentAt = -Infinity;
  #arrivedAt = -Infinity;
  /** Left in the database after the last lease, in the order of `quotas`. */
  #left: number[] = [0, 0, 0];
  #fullSince = -Infinity;
  #asking: Promise<void> | null = null;
  #waiting: Waiter[] = [];

  constructor(key: LimitedKey, options: LimiterOptions) {
    this.#key = key;
    this.#options = options;
    this.lastUse = options.monotonic();
  }

  /** Whether it was made for the same limits. */
  fits({ limits }: LimitedKey): boolean {
    const own = this.#key.limits;
    return (
      own === limits ||
      (own.keyPerMinute === limits.keyPerMinute &&
        own.keyPerHour === limits.keyPerHour &&
        own.organizationPerHour === limits.organizationPerHour)
    );
  }

  take(): Admission | Promise<Admission> {
    const now = this.#options.monotonic();
    this.lastUse = now;
    if (this.#permits > 0 && this.#waiting.length === 0) {
      if (now < this.#voidFrom()) return this.#use(now);
      void this.giveBack();
    }
    if (this.#waiting.length === 0 && now - this.#fullSince < askAgainMs) return this.#refuse(now);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#ask();
    });
  }

  /** Gives back what is in hand. Permits whose minute is over still count in their hour, so they go back, too. */
  async giveBack(): Promise<void> {
    const count = this.#permits;
    this.#permits = 0;
    if (count === 0) return;
    const { id, organizationId } = this.#key;
    try {
      await this.#options.pool.query('SELECT return_permits($1, $2, $3, $4)', [
        organizationId,
        id,
        count,
        new Date(this.#leasedAt),
      ]);
    } catch (error) {
      // They count as used until their windows end: too few requests are admitted, never too many.
      this.#options.log.warn({ err: error, count }, 'unused permits could not be given back');
    }
  }

  #use(now: number): Admission {
    this.#permits -= 1;
    // The next block is fetched while this one lasts.
    if (this.#permits <= this.#granted >> 1 && this.#granted > 1) this.#ask();
    return this.#admission(true, now);
  }

  #refuse(now: number): Admission {
    return this.#admission(false, now);
  }

  /** Monotonic moment from which the minute of the permits may be over: the lease is as old as its sending, or less. */
  #voidFrom(): number {
    return this.#sentAt + minuteMs - (this.#leasedAt % minuteMs);
  }

  #admission(admitted: boolean, now: number): Admission {
    const { limits } = this.#key;
    const numbers = [limits.keyPerMinute, limits.keyPerHour, limits.organizationPerHour];
    let nearest = 0;
    for (let index = 1; index < 3; index += 1) {
      // Of full limits the one that lasts longest says when to come back.
      if (this.#left[index]! < this.#left[nearest]! || (this.#left[index]! <= 0 && !admitted))
        nearest = index;
    }
    const span = nearest === 0 ? minuteMs : hourMs;
    const endsAt = this.#leasedAt - (this.#leasedAt % span) + span;
    return {
      admitted,
      state: {
        quota: quotas[nearest]!,
        limit: numbers[nearest]!,
        remaining: admitted ? this.#left[nearest]! + this.#permits : 0,
        endsAt,
      },
      resetSeconds: Math.max(1, Math.ceil((endsAt - this.#leasedAt - (now - this.#arrivedAt)) / 1000)),
      limits,
    };
  }

  #ask(): void {
    if (this.#asking !== null) return;
    this.#asking = this.#lease().finally(() => {
      this.#asking = null;
      if (this.#waiting.length > 0) this.#ask();
    });
  }

  async #lease(): Promise<void> {
    const { id, organizationId, limits } = this.#key;
    const now = this.#options.monotonic();
    const lasted = now - this.#arrivedAt;
    if (lasted < fastMs) this.#wanted = Math.min(this.#wanted * 2, largestBlock);
    else if (lasted > slowMs) this.#wanted = Math.max(this.#wanted >> 1, 1);
    try {
      const { rows } = await this.#options.pool.query<Lease>({
        name: 'lease_permits',
        text: 'SELECT * FROM lease_permits($1, $2, $3, $4, $5, $6)',
        values: [
          organizationId,
          id,
          Math.max(this.#wanted, this.#waiting.length),
          limits.keyPerMinute,
          limits.keyPerHour,
          limits.organizationPerHour,
        ],
      });
      this.#arrive(rows[0]!, now);
    } catch (error) {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    }
  }

  #arrive(lease: Lease, sentAt: number): void {
    const arrivedAt = this.#options.monotonic();
    const at = lease.at.getTime();
    if (Math.floor(at / minuteMs) !== Math.floor(this.#leasedAt / minuteMs)) void this.giveBack();
    this.#permits += lease.granted;
    this.#granted = lease.granted;
    this.#leasedAt = at;
    this.#sentAt = sentAt;
    this.#arrivedAt = arrivedAt;
    this.#left = [lease.minute_left, lease.hour_left, lease.organization_left];
    // An answer that came late speaks of a minute that may be over; who waits is asked for again.
    if (arrivedAt >= this.#voidFrom()) return void this.giveBack();
    const served = this.#waiting.splice(0, this.#permits);
    for (const { resolve } of served) {
      this.#permits -= 1;
      resolve(this.#admission(true, arrivedAt));
    }
    if (lease.granted > 0) return;
    this.#fullSince = arrivedAt;
    for (const { resolve } of this.#waiting.splice(0)) resolve(this.#refuse(arrivedAt));
  }
}
