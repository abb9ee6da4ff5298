import type { App } from '../ctx.ts';
import { finishVerifications } from '../modules/verification/finish-verifications.ts';
import { startScheduledVerifications } from '../modules/verification/start-scheduled-verifications.ts';

const everyMs = 5_000;
/** Organizations a round, so that thousands do not begin at midnight at once. */
const atOnce = 20;

/** Begins the verifications of the month and writes the reports of those that have ended (HEALTH-6). */
export class Verifications {
  readonly #app: App;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (!this.#busy) this.#running = this.run();
    }, everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One round. What fails is logged and tried again in the next. */
  async run(): Promise<void> {
    this.#busy = true;
    try {
      await startScheduledVerifications(this.#app, atOnce);
      await finishVerifications(this.#app, atOnce);
    } catch (error) {
      this.#app.log.warn({ err: error }, 'verifications could not be done');
    } finally {
      this.#busy = false;
    }
  }
}
