import type { App } from '../ctx.ts';
import { Rounds } from './rounds.ts';

export interface LooksPlan {
  everyMs: number;
  /** The shortest pause between two looks, however much is said to wait. */
  betweenMs: number;
  /** What the log says when a look failed. */
  failure: string;
}

/**
 * Rounds that look for what is due, beside any number of other nodes: at the start, every so often, and soon after somebody
 * says that there is some.
 */
export abstract class Looks<Needed extends Pick<App, 'log' | 'tracer'> = App> extends Rounds<Needed> {
  readonly #plan: LooksPlan;
  #wanted = false;

  constructor(app: Needed, plan: LooksPlan) {
    super(app, { everyMs: plan.everyMs, atStart: true, failure: plan.failure });
    this.#plan = plan;
  }

  /** Works on everything that is due, until nothing is. */
  protected abstract look(): Promise<void>;

  /** Looks soon. */
  protected wake(): void {
    // A stream of calls must not push the look ahead of itself.
    if (this.#wanted) return;
    this.#wanted = true;
    this.nextIn(this.#plan.betweenMs);
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

  protected override round(): Promise<void> {
    this.#wanted = false;
    return this.look();
  }

  protected override pause(): number {
    return this.#wanted ? this.#plan.betweenMs : this.#plan.everyMs;
  }
}
