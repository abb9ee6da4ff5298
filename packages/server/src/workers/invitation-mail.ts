import type { App } from '../ctx.ts';
import { sendInvitations } from '../modules/access/send-invitations.ts';
import { Rounds } from './rounds.ts';

/** Messages at once on this node. */
const batch = 5;

/** Sends invitations by email (ACC-1); every node takes its share. */
export class InvitationMail extends Rounds {
  constructor(app: App) {
    super(app, { everyMs: 1_000, failure: 'invitations could not be sent' });
  }

  /** Without a mail server there is nothing to do. */
  override start(): void {
    if (this.app.config.mail !== undefined) super.start();
  }

  protected override async round(): Promise<void> {
    while (!this.stopping && (await sendInvitations(this.app, batch)) === batch);
  }
}
