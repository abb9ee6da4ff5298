import type { App } from '../ctx.ts';

export interface LooksPlan {
  everyMs: number;
  /** The shortest pause between two looks, however much is said to wait. */
  betweenMs: number;
  /** What the log says when a look failed. */
  failure: string;
}

/**
 * Work of a node that looks for what is due, beside any number of other nodes: every so often, and soon after somebody says
 * that there is some. One look ends before the next begins.
 */
export abstract class Looks<Needed extends Pick<App, 'log'> = App> {
  protected readonly app: Needed;
  /** No further work is begun. */
  protected stopping = false;
  readonly #plan: LooksPlan;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #wanted = false;

  constructor(app: Needed, plan: LooksPlan) {
    this.app = app;
    this.#plan = plan;
  }

  start(): void {
    this.stopping = false;
    this.#schedule(0);
  }

  /** What is under way finishes; the rest is left to another node or to the next start. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Works on everything that is due, until nothing is. */
  abstract run(): Promise<void>;

  /** Looks soon. */
  protected wake(): void {
    this.#wanted = true;
    if (this.#running === null) this.#schedule(this.#plan.betweenMs);
  }

  /** Works on as many at once as `claim` gives, until it gives fewer than `atOnce`. What fails is logged as `failure`. */
  protected async workOn<Held>(
    atOnce: number,
    claim: () => Promise<Held[]>,
    work: (held: Held) => Promise<void>,
    failure: (held: Held) => [facts: object, words: string],
  ): Promise<void> {
    const attempt = async (held: Held): Promise<void> => {
      try {
        await work(held);
      } catch (error) {
        // Its lease ends, and then it is taken again.
        const [facts, words] = failure(held);
        this.app.log.warn({ err: error, ...facts }, words);
      }
    };
    for (;;) {
      const held = await claim();
      await Promise.all(held.map(attempt));
      if (held.length < atOnce || this.stopping) return;
    }
  }

  /** One look. */
  protected look(): Promise<void> {
    return this.run();
  }

  #schedule(delayMs: number): void {
    if (this.stopping) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#wanted = false;
      this.#running = this.#attempt().then(() => {
        this.#running = null;
        this.#schedule(this.#wanted ? this.#plan.betweenMs : this.#plan.everyMs);
      });
    }, delayMs);
  }

  async #attempt(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.app.log.warn({ err: error }, this.#plan.failure);
    }
  }
}
