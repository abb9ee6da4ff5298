import type { App } from '../ctx.ts';
import { foldNotices } from '../modules/alerts/fold-notices.ts';
import { sendNotifications } from '../modules/alerts/send-notifications.ts';

const everyMs = 1_000;
/** Messages at once on this node. */
const batch = 10;

/** Makes messages of what channels have to be told, and sends them (HEALTH-5); every node takes its share. */
export class Notifications {
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

  /** Messages that are under way are finished. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Does all that is due now. What fails is logged and tried again later. */
  async run(): Promise<void> {
    this.#busy = true;
    try {
      await foldNotices(this.#app);
      while (!this.#stopping && (await sendNotifications(this.#app, batch)) === batch);
    } catch (error) {
      this.#app.log.warn({ err: error }, 'notifications could not be sent');
    } finally {
      this.#busy = false;
    }
  }
}
