import type { App } from '../ctx.ts';
import { advanceRun } from '../modules/automations/advance-run.ts';
import { claimRuns, removeOldRuns, wakeWaiting } from '../modules/automations/claim-runs.ts';
import type { HeldRun } from '../modules/automations/claim-runs.ts';
import { startDailyRuns } from '../modules/automations/start-daily-runs.ts';

/** Runs at once on this node; each is a few short transactions. */
const atOnce = 8;
const everyMs = 500;
const betweenLooksMs = 50;
const cleanEveryMs = 60_000;
/** Ends of actions to be looked up in one round; whatever is beyond looks after itself a little later. */
const mostEnded = 1_000;

/**
 * Works on the runs of automations, beside any number of other nodes. It looks twice a second, and at once when an action
 * has ended that a run may wait for.
 */
export class Automations {
  readonly #app: App;
  readonly #ended = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #stopped = true;
  #wanted = false;
  #cleanedAt = -Infinity;

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#stopped = false;
    this.#app.live.onChange(({ topic, ids }) => {
      if (topic !== 'actions') return;
      for (const id of ids ?? []) if (this.#ended.size < mostEnded) this.#ended.add(id);
      this.#wanted = true;
      if (this.#running === null) this.#schedule(betweenLooksMs);
    });
    this.#schedule(0);
  }

  /** What is under way finishes; the rest is left to another node or to the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Works on everything that is due, until nothing is. */
  async run(): Promise<void> {
    const ended = [...this.#ended];
    this.#ended.clear();
    if (ended.length > 0) await wakeWaiting(this.#app, ended);
    await startDailyRuns(this.#app);
    for (;;) {
      const held = await claimRuns(this.#app, atOnce);
      await Promise.all(held.map((one) => this.#work(one)));
      if (held.length < atOnce) return;
    }
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#wanted = false;
      this.#running = this.#look().then(() => {
        this.#running = null;
        this.#schedule(this.#wanted ? betweenLooksMs : everyMs);
      });
    }, delayMs);
  }

  async #look(): Promise<void> {
    try {
      await this.run();
      await this.#clean();
    } catch (error) {
      this.#app.log.warn({ err: error }, 'automations could not be worked on');
    }
  }

  async #work(held: HeldRun): Promise<void> {
    try {
      await advanceRun(this.#app, held);
    } catch (error) {
      // Its lease ends, and then it is taken again.
      this.#app.log.warn({ err: error, runId: held.id }, 'a run of an automation could not be worked on');
    }
  }

  async #clean(): Promise<void> {
    const now = performance.now();
    if (now - this.#cleanedAt < cleanEveryMs) return;
    this.#cleanedAt = now;
    await removeOldRuns(this.#app);
  }
}
