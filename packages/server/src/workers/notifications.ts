import type { App } from '../ctx.ts';
import { foldNotices } from '../modules/alerts/fold-notices.ts';
import { sendNotifications } from '../modules/alerts/send-notifications.ts';
import { Rounds } from './rounds.ts';

/** Messages at once on this node. */
const batch = 10;

/** Makes messages of what channels have to be told, and sends them (HEALTH-5); every node takes its share. */
export class Notifications extends Rounds {
  constructor(app: App) {
    super(app, { everyMs: 1_000, failure: 'notifications could not be sent' });
  }

  protected override async round(): Promise<void> {
    await foldNotices(this.app);
    while (!this.stopping && (await sendNotifications(this.app, batch)) === batch);
  }
}
