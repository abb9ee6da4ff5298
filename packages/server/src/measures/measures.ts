import { faults } from '@trunkline/contract/faults';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { LiveBus } from '../db/live-bus.ts';
import { addToHistogram, mergeHistogram } from '../lib/latency-histogram.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Measure, MeasuredFailure } from './measure.ts';
import { recentKept } from './sums.ts';
import type { ErrorSums, HourSums } from './sums.ts';
import { dropSurplusErrors, writeErrors, writeHours } from './write.ts';

const hourMs = 3_600_000;
const flushEveryMs = 1_000;
/** Kinds of errors that wait to be written; beyond it only the counts are kept. */
const mostErrors = 5_000;
const mostIds = 100;

export interface MeasuresOptions {
  pool: pg.Pool;
  clock: () => number;
  log: Logger;
  live: Pick<LiveBus, 'publish'>;
}

/**
 * How many checks and calls there were, how many failed and why, and how long they took, by integration and hour. Summed
 * in memory and written about once a second, so that the busiest integration costs one row update a second; a kill -9
 * loses at most that.
 */
export class Measures {
  readonly #options: MeasuresOptions;
  #hours = new Map<string, HourSums>();
  #errors = new Map<string, ErrorSums>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: MeasuresOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), flushEveryMs);
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  /** Something is still to be written. */
  get pending(): boolean {
    return this.#hours.size > 0 || this.#errors.size > 0;
  }

  /** Counts one check or call that has just ended. Costs no statement. */
  add(measure: Measure): void {
    const now = this.#options.clock();
    const { organizationId, integrationId, kind, ok, durationMs, fault, failure } = measure;
    const hour = Math.floor(now / hourMs) * hourMs;
    const sums: HourSums = {
      organizationId,
      integrationId,
      kind,
      hour,
      count: 1,
      failures: ok ? 0 : 1,
      durationMs,
      latency: [],
      faults: [],
    };
    addToHistogram(sums.latency, durationMs);
    if (!ok) {
      const position = faults.indexOf(failure?.problem.fault ?? fault ?? 'unknown');
      sums.faults = [...Array.from({ length: position }, () => 0), 1];
    }
    this.#addHour(sums);
    if (!ok && failure !== undefined) this.#addError(measure, failure, now);
  }

  /** Writes what was counted, after what is being written; what cannot be stays for the next time. Never throws. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  #addHour(sums: HourSums): void {
    const key = `${sums.integrationId}:${sums.kind}:${sums.hour}`;
    const known = this.#hours.get(key);
    if (!known) {
      this.#hours.set(key, sums);
      return;
    }
    known.count += sums.count;
    known.failures += sums.failures;
    known.durationMs += sums.durationMs;
    mergeHistogram(known.latency, sums.latency);
    mergeHistogram(known.faults, sums.faults);
  }

  #addError(measure: Measure, failure: MeasuredFailure, now: number): void {
    const { fault, title, cause } = failure.problem;
    const step = failure.steps?.find(({ status }) => status === 'failed')?.key ?? null;
    const host = failure.host ?? null;
    const { organizationId, integrationId } = measure;
    this.#mergeError({
      organizationId,
      integrationId,
      fingerprint: fingerprintOf([fault, failure.code, title, cause, step, host]),
      count: 1,
      firstAt: now,
      recentAt: [now],
      last: failure,
    });
  }

  #mergeError(sums: ErrorSums): void {
    const key = `${sums.integrationId}:${sums.fingerprint}`;
    const known = this.#errors.get(key);
    if (!known) {
      if (this.#errors.size < mostErrors) this.#errors.set(key, sums);
      return;
    }
    const latest = Math.max(...known.recentAt);
    if (Math.max(...sums.recentAt) >= latest) known.last = sums.last;
    known.count += sums.count;
    known.firstAt = Math.min(known.firstAt, sums.firstAt);
    known.recentAt = [...known.recentAt, ...sums.recentAt].sort((a, b) => a - b).slice(-recentKept);
  }

  async #write(): Promise<void> {
    const { pool, log } = this.#options;
    const hours = [...this.#hours.values()];
    const errors = [...this.#errors.values()];
    this.#hours = new Map();
    this.#errors = new Map();
    if (hours.length > 0) {
      try {
        await writeHours(pool, hours);
      } catch (error) {
        log.warn({ err: error, rows: hours.length }, 'measures could not be written; trying again');
        for (const sums of hours) this.#addHour(sums);
      }
    }
    if (errors.length === 0) return;
    try {
      await writeErrors(pool, errors);
      await dropSurplusErrors(pool, [...new Set(errors.map(({ integrationId }) => integrationId))]);
    } catch (error) {
      log.warn({ err: error, rows: errors.length }, 'errors could not be written; trying again');
      for (const sums of errors) this.#mergeError(sums);
      return;
    }
    this.#announce(errors);
  }

  #announce(errors: readonly ErrorSums[]): void {
    const byOrganization = new Map<string, Set<string>>();
    for (const { organizationId, integrationId } of errors) {
      const ids = byOrganization.get(organizationId) ?? new Set();
      byOrganization.set(organizationId, ids.add(integrationId));
    }
    for (const [organizationId, ids] of byOrganization) {
      // A notification holds few ids; without any it speaks of all.
      const some = ids.size <= mostIds ? { ids: [...ids] } : {};
      this.#options.live.publish({ organizationId, topic: 'health', ...some });
    }
  }
}
