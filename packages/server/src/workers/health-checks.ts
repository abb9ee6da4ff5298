import { takeDueChecks } from '../connections/check-schedule.ts';
import type { App } from '../ctx.ts';
import { finishCheckRuns } from '../modules/health/finish-check-runs.ts';
import { checkDueIntegration } from '../modules/integrations/check-due-integration.ts';

const everyMs = 2_000;
/** Checks at once on this node: most of their time they wait for the other side. */
const atOnce = 48;
/** So many are taken by one statement, when nothing else bounds it. */
const fewest = atOnce / 4;

/**
 * Checks integrations when their time has come (HEALTH-1); every node takes its share. A slow one holds one place of many
 * and nobody waits for it.
 */
export class HealthChecks {
  readonly #app: App;
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #taking: Promise<void> | null = null;
  #stopping = false;

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#take(), everyMs);
    this.#app.live.onChange(({ topic, ids }) => {
      // Somebody wants all of them checked, now.
      if (topic === 'health' && ids === undefined) void this.#take();
    });
  }

  /** What is under way finishes. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#taking;
    await Promise.all(this.#underWay);
  }

  /** Checks all that is due now, and waits for it. What fails is logged and tried again in a later round. */
  async run(): Promise<void> {
    await this.#take();
    await Promise.all(this.#underWay);
    await this.#finishRuns();
  }

  #take(): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return (this.#taking ??= this.#takeAll().finally(() => {
      this.#taking = null;
    }));
  }

  async #takeAll(): Promise<void> {
    try {
      while (!this.#stopping) {
        while (atOnce - this.#underWay.size < fewest) await Promise.race(this.#underWay);
        const free = atOnce - this.#underWay.size;
        const due = await takeDueChecks(this.#app, free);
        for (const one of due) {
          const check = checkDueIntegration(this.#app, one).finally(() => this.#underWay.delete(check));
          this.#underWay.add(check);
        }
        if (due.length < free) break;
      }
    } catch (error) {
      this.#app.log.warn({ err: error }, 'integrations could not be checked');
    }
    await this.#finishRuns();
  }

  async #finishRuns(): Promise<void> {
    try {
      await finishCheckRuns(this.#app);
    } catch (error) {
      this.#app.log.warn({ err: error }, 'checks of all integrations could not be ended');
    }
  }
}
