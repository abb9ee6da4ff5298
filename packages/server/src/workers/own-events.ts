import type { App } from '../ctx.ts';
import { reactToOwnEvent } from '../modules/alerts/react-to-own-event.ts';
import { passOnOwnEvents } from '../modules/events/pass-on-own-events.ts';
import type { Reaction } from '../modules/events/pass-on-own-events.ts';

const everyMs = 500;
const batch = 200;

/** What the product itself does about its own events, in this order. */
const reactions: readonly Reaction[] = [reactToOwnEvent];

/** Passes the product's own events on; every node takes its share. */
export class OwnEvents {
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

  /** Passes on all that is due now. What fails is logged and tried again later. */
  async run(): Promise<void> {
    this.#busy = true;
    try {
      while (!this.#stopping && (await passOnOwnEvents(this.#app, batch, reactions)) === batch);
    } catch (error) {
      this.#app.log.warn({ err: error }, 'own events could not be passed on');
    } finally {
      this.#busy = false;
    }
  }
}
