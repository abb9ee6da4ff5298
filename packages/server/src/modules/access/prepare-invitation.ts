import type { Ctx } from '../../ctx.ts';
import {
  createInvitationToken,
  hashInvitationToken,
  invitationMs,
  invitationUrl,
  tokenPlace,
} from './rules.ts';

/** What a new link of an invitation is made of. */
export interface PreparedInvitation {
  url: string;
  tokenHash: Buffer;
  /** The token, sealed, for the message that takes it to the person; null when none does. */
  tokenBox: Buffer | null;
  mailState: 'none' | 'waiting';
  mailDueAt: Date | null;
  invitedBy: string | null;
  expiresAt: Date;
}

/** Makes a link for an invitation of the caller, and says whether it goes by email. */
export function prepareInvitation(ctx: Ctx, organizationId: string, id: string): PreparedInvitation {
  const { app, actor } = ctx;
  const now = app.clock();
  const token = createInvitationToken(app.randomBytes);
  const byMail = app.config.mail !== undefined;
  return {
    url: invitationUrl(app, token),
    tokenHash: hashInvitationToken(token),
    tokenBox: byMail ? app.secretBox.seal(token, tokenPlace(organizationId, id)) : null,
    mailState: byMail ? 'waiting' : 'none',
    mailDueAt: byMail ? new Date(now) : null,
    invitedBy: actor.type === 'user' ? actor.id : null,
    expiresAt: new Date(now + invitationMs),
  };
}
