import type { App } from '../ctx.ts';
import { advanceRun } from '../modules/automations/advance-run.ts';
import { claimRuns, removeOldRuns, wakeWaiting } from '../modules/automations/claim-runs.ts';
import { startDailyRuns } from '../modules/automations/start-daily-runs.ts';
import { Looks } from './looks.ts';

/** Runs at once on this node; each is a few short transactions. */
const atOnce = 8;
const cleanEveryMs = 60_000;
/** Ends of actions to be looked up in one round; whatever is beyond looks after itself a little later. */
const mostEnded = 1_000;

/** Works on the runs of automations: twice a second, and at once when an action has ended that a run may wait for. */
export class Automations extends Looks {
  readonly #ended = new Set<string>();
  #cleanedAt = -Infinity;

  constructor(app: App) {
    super(app, { everyMs: 500, betweenMs: 50, failure: 'automations could not be worked on' });
  }

  override start(): void {
    this.app.live.onChange(({ topic, ids }) => {
      if (topic !== 'actions') return;
      for (const id of ids ?? []) if (this.#ended.size < mostEnded) this.#ended.add(id);
      this.wake();
    });
    super.start();
  }

  protected override async look(): Promise<void> {
    await this.#work();
    const now = performance.now();
    if (now - this.#cleanedAt < cleanEveryMs) return;
    this.#cleanedAt = now;
    await removeOldRuns(this.app);
  }

  async #work(): Promise<void> {
    const ended = [...this.#ended];
    this.#ended.clear();
    if (ended.length > 0) await wakeWaiting(this.app, ended);
    await startDailyRuns(this.app);
    await this.workOn(
      atOnce,
      () => claimRuns(this.app, atOnce),
      (held) => advanceRun(this.app, held),
      ({ id }) => [{ runId: id }, 'a run of an automation could not be worked on'],
    );
  }
}
