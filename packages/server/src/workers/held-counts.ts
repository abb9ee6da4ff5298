import type { App } from '../ctx.ts';
import { countHeld } from '../modules/webhooks/count-held.ts';
import { onOneNode } from './on-one-node.ts';
import { Rounds } from './rounds.ts';

/** Counts what is held for webhooks that are off, on one node at a time. */
export class HeldCounts extends Rounds {
  constructor(app: App) {
    super(app, { everyMs: 30_000, atStart: true, failure: 'held events could not be counted' });
  }

  protected override round(): Promise<void> {
    return onOneNode(this.app.pool, 'heldCounts', () => countHeld(this.app, () => this.stopping));
  }
}
