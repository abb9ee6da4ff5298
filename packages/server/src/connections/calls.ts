import type { CallLimits } from '@trunkline/contract/integrations';
import type pg from 'pg';
import type { Logger } from 'pino';
import { CallPace } from './call-pace.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const flushEveryMs = 1_000;
/** How often it is told that the same limit is full. */
const tellEveryMs = 30_000;

/** `retryAfterMs` is when the window that is full ends, or when a call a second is free again. */
export type Admission =
  | { admitted: true }
  | { admitted: false; window: 'second' | 'hour' | 'day'; limit: number; retryAfterMs: number };
export type Refusal = Extract<Admission, { admitted: false }>;

/** Of a connection, what its calls are counted by. */
export interface Limited {
  organizationId: string;
  integrationId: string;
  limits: Pick<CallLimits, 'perHour' | 'perDay'>;
  provider: { limits: { perSecond?: number } };
}

export interface CallsOptions {
  pool: Pick<pg.Pool, 'query'>;
  /** Milliseconds since the epoch, for hours and days. */
  clock: () => number;
  /** Steady milliseconds, for seconds. */
  monotonic: () => number;
  log: Logger;
  /** Nodes at work, which share a provider's calls a second. */
  liveNodes: () => number;
  /** Told that a call was refused: of a limit that is full, the first one and then now and then one. */
  onFull: (limited: Limited, full: Refusal) => Promise<void>;
}

interface Waiter {
  resolve: (admission: Admission) => void;
  reject: (error: unknown) => void;
}

/** Those who wait to be counted for one integration, and its limits as the last of them knew them. */
interface Line {
  limits: Limited['limits'];
  waiting: Waiter[];
  asking: boolean;
}

/**
 * Admits and counts the calls of integrations (CONN-4). Where a limit is set the database counts a call before it is made,
 * so that all nodes together admit no more than the limit; those who ask while a statement is under way are counted
 * together by the next one. Without a limit calls are counted in memory and written once a second, so that a busy
 * integration has no row that everybody waits for; a kill -9 loses at most that second of a figure nobody is held to.
 * Never ask inside a transaction: it would hold a connection while it waits for another.
 */
export class Calls {
  readonly #options: CallsOptions;
  readonly #pace: CallPace;
  readonly #lines = new Map<string, Line>();
  /** Counted and not written yet, by integration and hour. */
  #uncounted = new Map<
    string,
    { integrationId: string; organizationId: string; hour: number; calls: number }
  >();
  /** The full limits that were told last, by integration. */
  readonly #told = new Map<string, Pick<Refusal, 'window' | 'limit'> & { at: number }>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#pace = new CallPace(options);
  }

  /** Writes what was counted. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.flush();
  }

  /** Counts a call at once, where nothing has to be asked or waited for. False: {@link Calls.take} it. */
  tryTake(limited: Limited): boolean {
    const { perHour, perDay } = limited.limits;
    if (perHour !== null || perDay !== null || !this.#pace.isFree(limited)) return false;
    this.#pace.reserve(limited, 0);
    this.#count(limited);
    return true;
  }

  /**
   * Admits and counts one call, after a wait of at most `withinMs` for its turn within the second.
   *
   * @throws the database's error when a limit is set and cannot be counted
   */
  async take(limited: Limited, withinMs: number): Promise<Admission> {
    const admission = await this.#take(limited, withinMs);
    if (!admission.admitted) await this.#tellFull(limited, admission);
    return admission;
  }

  async #take(limited: Limited, withinMs: number): Promise<Admission> {
    const turn = this.#pace.reserve(limited, withinMs);
    if (!turn.free) {
      const limit = limited.provider.limits.perSecond ?? 0;
      return { admitted: false, window: 'second', limit, retryAfterMs: turn.retryAfterMs };
    }
    const { perHour, perDay } = limited.limits;
    const admission = perHour === null && perDay === null ? this.#count(limited) : await this.#ask(limited);
    if (admission.admitted) await this.#pace.until(turn.at);
    return admission;
  }

  /** Takes back the count of a call that was admitted and not made. One that cannot be is lost: too few are made, never too many. */
  async giveBack(limited: Limited): Promise<void> {
    const { limits, integrationId } = limited;
    const hour = startOf(this.#options.clock(), hourMs);
    const counted = this.#uncounted.get(`${integrationId}:${hour}`);
    if (limits.perHour === null && limits.perDay === null) {
      if (counted !== undefined && counted.calls > 0) counted.calls -= 1;
      return;
    }
    await this.#options.pool
      .query(
        'UPDATE integration_usage SET calls = greatest(calls - 1, 0) WHERE integration_id = $1 AND hour = $2',
        [integrationId, new Date(hour)],
      )
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'a call could not be given back'));
  }

  /** Writes what was counted in memory; what cannot be written stays for the next time. Never throws. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  /** What cannot be told is told with a later refusal. */
  async #tellFull(limited: Limited, full: Refusal): Promise<void> {
    const { integrationId } = limited;
    const { window, limit } = full;
    const at = this.#options.clock();
    const told = this.#told.get(integrationId);
    if (told?.window === window && told.limit === limit && at - told.at < tellEveryMs) return;
    this.#told.set(integrationId, { window, limit, at });
    await this.#options.onFull(limited, full).catch((error: unknown) => {
      this.#told.delete(integrationId);
      this.#options.log.warn({ err: error, integrationId }, 'a full limit could not be noted');
    });
  }

  #count({ organizationId, integrationId }: Limited): Admission {
    const hour = startOf(this.#options.clock(), hourMs);
    const key = `${integrationId}:${hour}`;
    const known = this.#uncounted.get(key);
    if (known) known.calls += 1;
    else this.#uncounted.set(key, { integrationId, organizationId, hour, calls: 1 });
    this.#timer ??= setTimeout(() => void this.flush(), flushEveryMs).unref();
    return { admitted: true };
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = [...this.#uncounted.values()];
    this.#uncounted = new Map();
    if (rows.length === 0) return;
    try {
      await this.#options.pool.query(
        `INSERT INTO integration_usage AS u (integration_id, organization_id, hour, calls)
         SELECT i.id, i.organization_id, n.hour, n.calls
         FROM unnest($1::uuid[], $2::timestamptz[], $3::int8[]) AS n (id, hour, calls) JOIN integrations i ON i.id = n.id
         ORDER BY i.id, n.hour
         ON CONFLICT (integration_id, hour) DO UPDATE SET calls = u.calls + excluded.calls`,
        [
          rows.map(({ integrationId }) => integrationId),
          rows.map(({ hour }) => new Date(hour)),
          rows.map(({ calls }) => calls),
        ],
      );
    } catch (error) {
      this.#options.log.warn({ err: error, rows: rows.length }, 'calls could not be counted; trying again');
      for (const { calls, ...row } of rows) {
        const key = `${row.integrationId}:${row.hour}`;
        this.#uncounted.set(key, { ...row, calls: calls + (this.#uncounted.get(key)?.calls ?? 0) });
      }
      this.#timer ??= setTimeout(() => void this.flush(), flushEveryMs).unref();
    }
  }

  #ask(limited: Limited): Promise<Admission> {
    const { integrationId, limits } = limited;
    let line = this.#lines.get(integrationId);
    if (!line) this.#lines.set(integrationId, (line = { limits, waiting: [], asking: false }));
    const asked = line;
    asked.limits = limits;
    return new Promise((resolve, reject) => {
      asked.waiting.push({ resolve, reject });
      if (!asked.asking) void this.#admit(limited, asked);
    });
  }

  /** Counts those who wait together, until nobody does. */
  async #admit({ organizationId, integrationId }: Limited, line: Line): Promise<void> {
    line.asking = true;
    // A limit that was just set holds for the calls of this hour, too.
    if ([...this.#uncounted.values()].some((row) => row.integrationId === integrationId)) await this.flush();
    while (line.waiting.length > 0) {
      const asking = line.waiting.splice(0);
      const now = this.#options.clock();
      const { perHour, perDay } = line.limits;
      try {
        const { rows } = await this.#options.pool.query<{ granted: number; full: 'hour' | 'day' | null }>({
          name: 'admit_calls',
          text: 'SELECT * FROM admit_calls($1, $2, $3, $4, $5, $6, $7)',
          values: [
            organizationId,
            integrationId,
            new Date(startOf(now, hourMs)),
            new Date(startOf(now, dayMs)),
            asking.length,
            perHour,
            perDay,
          ],
        });
        const { granted, full } = rows[0]!;
        for (const { resolve } of asking.splice(0, granted)) resolve({ admitted: true });
        const window = full ?? 'hour';
        const span = window === 'day' ? dayMs : hourMs;
        const limit = (window === 'day' ? perDay : perHour) ?? 0;
        const retryAfterMs = startOf(now, span) + span - now;
        for (const { resolve } of asking) resolve({ admitted: false, window, limit, retryAfterMs });
      } catch (error) {
        for (const { reject } of asking) reject(error);
      }
    }
    this.#lines.delete(integrationId);
  }
}

const startOf = (time: number, span: number): number => time - (time % span);
