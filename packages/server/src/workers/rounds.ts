import type { App } from '../ctx.ts';
import { roundSpan } from './round-span.ts';

export interface RoundsPlan {
  /** From the beginning of one round to that of the next. */
  everyMs: number;
  /** The first round comes at the start, not after the first pause. */
  atStart?: boolean;
  /** What the log says when a round failed. */
  failure: string;
}

/** Work of a node that comes back every so often. A round that takes longer than the pause is followed by no second one. */
export abstract class Rounds<Needed extends Pick<App, 'log' | 'tracer'> = App> {
  protected readonly app: Needed;
  /** No further work is begun. */
  protected stopping = false;
  readonly #plan: RoundsPlan;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;

  constructor(app: Needed, plan: RoundsPlan) {
    this.app = app;
    this.#plan = plan;
  }

  start(): void {
    this.stopping = false;
    this.nextIn(this.#plan.atStart ? 0 : this.#plan.everyMs);
  }

  /** What is under way finishes. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** One round. What fails is logged and tried again in the next one. */
  async run(): Promise<void> {
    const span = roundSpan(this.app, this);
    try {
      await this.round();
      span?.end();
    } catch (error) {
      span?.fail(error);
      this.app.log.warn({ err: error }, this.#plan.failure);
    }
  }

  protected abstract round(): Promise<void>;

  /** Milliseconds to the next round, after one that took so long. */
  protected pause(tookMs: number): number {
    return Math.max(0, this.#plan.everyMs - tookMs);
  }

  /** The next round begins in so many milliseconds, unless one is under way, which arranges for its own next one. */
  protected nextIn(delayMs: number): void {
    if (this.stopping || this.#running) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), delayMs);
  }

  #begin(): void {
    const began = performance.now();
    this.#running = this.run().then(() => {
      this.#running = null;
      this.nextIn(this.pause(performance.now() - began));
    });
  }
}
