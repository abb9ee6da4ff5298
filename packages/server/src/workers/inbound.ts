import type { App } from '../ctx.ts';
import { Reader } from '../inbound/reader.ts';
import { claimMessages } from '../modules/inbound/claim-messages.ts';
import { processMessage } from '../modules/inbound/process-message.ts';
import { Looks } from './looks.ts';

/** Webhooks at once on this node. */
const atOnce = 8;

/** Turns webhooks that came in into events: every second, and at once when one was stored on any node. */
export class Inbound extends Looks {
  readonly #reader: Reader;

  constructor(app: App, reader = new Reader()) {
    super(app, { everyMs: 1_000, betweenMs: 25, failure: 'inbound webhooks could not be processed' });
    this.#reader = reader;
  }

  override start(): void {
    this.app.live.onChange(({ topic }) => {
      if (topic === 'inbound') this.wake();
    });
    super.start();
  }

  protected override look(): Promise<void> {
    return this.workOn(
      atOnce,
      () => claimMessages(this.app, atOnce),
      (held) => processMessage(this.app, this.#reader, held),
      ({ id }) => [{ messageId: id }, 'an inbound webhook could not be processed'],
    );
  }
}
