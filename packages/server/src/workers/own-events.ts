import type { App } from '../ctx.ts';
import { resumeAfterRecovery } from '../modules/actions/last-resort.ts';
import { reactToOwnEvent } from '../modules/alerts/react-to-own-event.ts';
import { passOnOwnEvents } from '../modules/events/pass-on-own-events.ts';
import type { Reaction } from '../modules/events/pass-on-own-events.ts';
import { Rounds } from './rounds.ts';

const batch = 200;

/** What the product itself does about its own events, in this order. */
const reactions: readonly Reaction[] = [reactToOwnEvent, resumeAfterRecovery];

/** Passes the product's own events on; every node takes its share. */
export class OwnEvents extends Rounds {
  constructor(app: App) {
    super(app, { everyMs: 500, failure: 'own events could not be passed on' });
  }

  protected override async round(): Promise<void> {
    while (!this.stopping && (await passOnOwnEvents(this.app, batch, reactions)) === batch);
  }
}
