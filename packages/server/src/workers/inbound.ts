import type { App } from '../ctx.ts';
import { Reader } from '../inbound/reader.ts';
import { claimMessages } from '../modules/inbound/claim-messages.ts';
import type { HeldMessage } from '../modules/inbound/claim-messages.ts';
import { processMessage } from '../modules/inbound/process-message.ts';

/** Webhooks at once on this node. */
const atOnce = 8;
const everyMs = 1_000;
const betweenLooksMs = 25;

/**
 * Turns webhooks that came in into events, beside any number of other nodes. It looks every second, and at once when one was
 * stored on any node.
 */
export class Inbound {
  readonly #app: App;
  readonly #reader: Reader;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #stopping = false;
  #wanted = false;

  constructor(app: App, reader = new Reader()) {
    this.#app = app;
    this.#reader = reader;
  }

  start(): void {
    this.#app.live.onChange(({ topic }) => {
      if (topic !== 'inbound') return;
      this.#wanted = true;
      if (this.#running === null) this.#schedule(betweenLooksMs);
    });
    this.#schedule(0);
  }

  /** What is under way finishes; the rest is left to another node or to the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Works on everything that is due, until nothing is. */
  async run(): Promise<void> {
    for (;;) {
      const held = await claimMessages(this.#app, atOnce);
      await Promise.all(held.map((one) => this.#work(one)));
      if (held.length < atOnce || this.#stopping) return;
    }
  }

  #schedule(delayMs: number): void {
    if (this.#stopping) return;
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
    } catch (error) {
      this.#app.log.warn({ err: error }, 'inbound webhooks could not be processed');
    }
  }

  async #work(held: HeldMessage): Promise<void> {
    try {
      await processMessage(this.#app, this.#reader, held);
    } catch (error) {
      // Its lease ends, and then it is taken again.
      this.#app.log.warn({ err: error, messageId: held.id }, 'an inbound webhook could not be processed');
    }
  }
}
