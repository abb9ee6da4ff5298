import type { App } from '../ctx.ts';
import { checkDueIntegrations } from '../modules/integrations/check-due-integrations.ts';

const everyMs = 2_000;
/** Checks at once on this node. */
const batch = 20;
/** Longer than any check may take. */
const leaseMs = 60_000;

/** Checks integrations when their time has come (HEALTH-1); every node takes its share. */
export class HealthChecks {
  readonly #app: App;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #stopping = false;

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (!this.#busy) this.#running = this.run();
    }, everyMs);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Checks all that is due now. What fails is logged and tried again in the next round. */
  async run(): Promise<void> {
    this.#busy = true;
    try {
      while (!this.#stopping && (await checkDueIntegrations(this.#app, batch, leaseMs)) === batch);
    } catch (error) {
      this.#app.log.warn({ err: error }, 'integrations could not be checked');
    } finally {
      this.#busy = false;
    }
  }
}
