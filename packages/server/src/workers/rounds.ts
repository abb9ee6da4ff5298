import type { App } from '../ctx.ts';

export interface RoundsPlan {
  everyMs: number;
  /** The first round comes at the start, not after the first pause. */
  atStart?: boolean;
  /** What the log says when a round failed. */
  failure: string;
}

/** Work of a node that comes back every so often. A round that takes longer than the pause is followed by no second one. */
export abstract class Rounds<Needed extends Pick<App, 'log'> = App> {
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
    if (this.#plan.atStart) this.#begin();
    this.#timer = setInterval(() => this.#begin(), this.#plan.everyMs);
  }

  /** What is under way finishes. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One round. What fails is logged and tried again in the next one. */
  async run(): Promise<void> {
    try {
      await this.round();
    } catch (error) {
      this.app.log.warn({ err: error }, this.#plan.failure);
    }
  }

  protected abstract round(): Promise<void>;

  #begin(): void {
    this.#running ??= this.run().finally(() => {
      this.#running = null;
    });
  }
}
