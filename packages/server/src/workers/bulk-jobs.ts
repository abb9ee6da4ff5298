import type { App } from '../ctx.ts';
import { runNextBatch, untilNextBatch } from '../modules/bulk-jobs/run-batch.ts';

const longestNapMs = 1_000;
/** A job that is due but in the hands of another node. */
const shortestNapMs = 25;
const afterFailureMs = 1_000;

/** Works on bulk jobs batch by batch, beside any number of other nodes; PostgreSQL holds how far each one is. */
export class BulkJobs {
  readonly #app: App;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #stopped = true;
  #wanted = false;

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#stopped = false;
    this.#app.live.onChange(({ topic }) => {
      if (topic === 'bulk_jobs') this.wake();
    });
    this.wake();
  }

  /** Looks for due jobs now instead of within a second. */
  wake(): void {
    this.#wanted = true;
    this.#schedule(0);
  }

  /** A batch that is under way finishes; every other one is left to another node or to the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(delayMs: number): void {
    if (this.#stopped || this.#running) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#running = this.#run().then((napMs) => {
        this.#running = null;
        this.#schedule(this.#wanted ? 0 : napMs);
      });
    }, delayMs);
  }

  /** Does what is due, and gives the milliseconds to the next look. */
  async #run(): Promise<number> {
    this.#wanted = false;
    try {
      while (!this.#stopped && (await runNextBatch(this.#app)));
      const ms = await untilNextBatch(this.#app);
      return ms === null ? longestNapMs : Math.min(longestNapMs, Math.max(shortestNapMs, ms));
    } catch (error) {
      this.#app.log.warn({ err: error }, 'bulk jobs could not be worked on');
      this.#wanted = false;
      return afterFailureMs;
    }
  }
}
