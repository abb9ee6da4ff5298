import type pg from 'pg';
import type { Logger } from 'pino';
import { isDataFault, recordResults, storedAttempts } from './record.ts';
import type { Result } from './record.ts';

export interface RecorderOptions {
  pool: pg.Pool;
  log: Logger;
  /**
   * Called once for each result that was put to the database. `written`: it is in the history; else the lease with
   * this fence was lost. True: record it once more, under the lease that the delivery has by now.
   */
  onRecorded: (result: Result, written: boolean, fence: number) => boolean;
  /** Called after each batch. */
  onBatch: () => void;
}

const batchLimit = 500;
const retryMs = 500;
/**
 * Results gather this long unless there are many: one statement for all of them costs a fraction, and nobody waits
 * for it but the next of a line.
 */
const gatherMs = 10;
const gatherCount = 250;

/** Writes results in batches, one statement at a time: what finishes meanwhile is the next batch. */
export class Recorder {
  readonly #options: RecorderOptions;
  #results: Result[] = [];
  /** Results whose statement broke off: they may be written although nobody said so. */
  readonly #unsure = new WeakSet<Result>();
  #recording = false;
  /** Somebody waits for what is there: the next of a line, or the end of the process. */
  #urgent = false;
  #hurry: (() => void) | null = null;
  #ended = false;
  #idle: (() => void)[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Results that are not written yet. */
  get size(): number {
    return this.#results.length;
  }

  add(result: Result): void {
    this.#results.push(result);
    if (result.lease.line !== null || this.#results.length >= gatherCount) this.#hurryUp();
    if (this.#recording) return;
    this.#recording = true;
    void this.#run();
  }

  /** Writes what is there, within the bound; gives the number of results that could not be written. */
  async stop(limitMs: number): Promise<number> {
    this.#hurryUp();
    if (this.#recording) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        this.#idle.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    this.#ended = true;
    return this.#results.length;
  }

  #hurryUp(): void {
    this.#urgent = true;
    this.#hurry?.();
  }

  async #run(): Promise<void> {
    while (this.#results.length > 0 && !this.#ended) {
      await this.#gather();
      const batch = this.#results.splice(0, batchLimit);
      const fences = batch.map((result) => result.lease.fence);
      try {
        const written = await this.#write(batch);
        batch.forEach((result, index) => {
          if (this.#options.onRecorded(result, written.has(result.lease.id), fences[index]!))
            this.#results.push(result);
        });
      } catch (error) {
        this.#options.log.warn(
          { err: error, results: batch.length },
          'results could not be recorded; trying again',
        );
        for (const result of batch) this.#unsure.add(result);
        this.#results.unshift(...batch);
        await pause(retryMs);
      }
      this.#options.onBatch();
    }
    this.#recording = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #gather(): Promise<void> {
    if (!this.#urgent) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, gatherMs);
        this.#hurry = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#hurry = null;
    }
    // What ends in this turn of the event loop goes along.
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#urgent = this.#results.length > batchLimit + gatherCount;
  }

  /** Gives the ids of the deliveries whose result is written, by this statement or by one that broke off. */
  async #write(batch: Result[]): Promise<Set<string>> {
    const { pool } = this.#options;
    let written: Set<string>;
    try {
      written = await recordResults(pool, batch);
    } catch (error) {
      if (!isDataFault(error)) throw error;
      written = await this.#writeEach(batch);
    }
    const unsure = batch.filter((result) => this.#unsure.has(result) && !written.has(result.lease.id));
    if (unsure.length > 0) for (const id of await storedAttempts(pool, unsure)) written.add(id);
    return written;
  }

  /**
   * One result that the database refuses must not stop the others. Its delivery stays leased, is claimed again,
   * and counts as crashing its worker after some claims.
   */
  async #writeEach(batch: Result[]): Promise<Set<string>> {
    const { pool, log } = this.#options;
    const written = new Set<string>();
    for (const result of batch) {
      try {
        for (const id of await recordResults(pool, [result])) written.add(id);
      } catch (error) {
        if (!isDataFault(error)) throw error;
        log.error({ err: error, deliveryId: result.lease.id }, 'a result cannot be recorded');
      }
    }
    return written;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
