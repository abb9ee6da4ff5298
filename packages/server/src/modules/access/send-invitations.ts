import type { Role } from '@trunkline/contract/permissions';
import type { App } from '../../ctx.ts';
import type { InstanceMail } from '../../config/env.ts';
import { MailError, sendMail } from '../../lib/mail/send-mail.ts';
import { composeInvitation } from './invitation-message.ts';
import { hashInvitationToken, invitationUrl, tokenPlace } from './rules.ts';

/** How long a claim holds: longer than a message can take. */
const leaseMs = 2 * 60_000;
/** Waits before the next try; after the last one it is given up. */
const waitsMs = [60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000, 4 * 60 * 60_000];
/** The server knows the recipient and wants no message for them; a refused password is the operator's to mend. */
const isFinal = (text: string) => /^55\d/.test(text);

interface Claimed {
  id: string;
  organizationId: string;
  organization: string;
  inviter: string | null;
  email: string;
  role: Role;
  tokenBox: Buffer;
  attempts: number;
  expiresAt: Date;
}

/**
 * Sends invitations that are due. Every claim is counted before anything is sent, and a result is written only for the claim
 * it belongs to: a message may come twice after a crash, under one message id, but none is lost. Gives how many it took.
 */
export async function sendInvitations(app: App, limit: number): Promise<number> {
  const { mail } = app.config;
  if (mail === undefined) return 0;
  const claimed = await claim(app, limit);
  await Promise.all(claimed.map((invitation) => sendOne(app, mail, invitation)));
  return claimed.length;
}

async function claim(app: App, limit: number): Promise<Claimed[]> {
  const now = app.clock();
  const { rows } = await app.pool.query<Claimed>(
    `UPDATE invitations i SET mail_attempts = mail_attempts + 1, mail_due_at = $2
     FROM organizations o
     WHERE o.id = i.organization_id AND i.id IN (
       SELECT id FROM invitations
       WHERE mail_state = 'waiting' AND mail_due_at <= $1 AND accepted_at IS NULL AND expires_at > $1
       ORDER BY mail_due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING i.id, i.organization_id AS "organizationId", o.name AS organization,
       (SELECT name FROM users WHERE id = i.invited_by) AS inviter, i.email, i.role,
       i.token_box AS "tokenBox", i.mail_attempts AS attempts, i.expires_at AS "expiresAt"`,
    [new Date(now), new Date(now + leaseMs), limit],
  );
  return rows;
}

async function sendOne(app: App, mail: InstanceMail, invitation: Claimed): Promise<void> {
  const { id, organizationId, email, attempts } = invitation;
  const token = app.secretBox.open(invitation.tokenBox, tokenPlace(organizationId, id));
  const url = invitationUrl(app, token);
  const { subject, text, html } = composeInvitation({ ...invitation, brand: app.config.brand, url });
  let problem: { text: string; final: boolean } | null = null;
  try {
    const sent = await sendMail(
      mail.server,
      {
        from: mail.from,
        to: [{ address: email }],
        subject,
        text,
        html,
        // One for every link: a repetition of the same message is dropped, a new link is not.
        messageId: `<${hashInvitationToken(token).toString('hex', 0, 16)}@${mail.from.address.split('@').at(-1) ?? ''}>`,
        date: new Date(app.clock()),
        headers: { 'Auto-Submitted': 'auto-generated' },
      },
      { dialer: app.dialer },
    );
    const refused = sent.rejected[0];
    if (refused !== undefined) problem = { text: refused.reply, final: isFinal(refused.reply) };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    problem = { text: error.failure.message, final: isFinal(error.failure.text) };
  }
  const wait = waitsMs[attempts - 1];
  if (problem === null) await finish(app, invitation, 'sent', null);
  else if (problem.final || wait === undefined) await finish(app, invitation, 'failed', problem.text);
  else {
    await app.pool.query(
      `UPDATE invitations SET mail_due_at = $3, mail_problem = $4
       WHERE id = $1 AND mail_state = 'waiting' AND mail_attempts = $2`,
      [id, attempts, new Date(app.clock() + wait), problem.text],
    );
  }
  app.live.publish({ organizationId, topic: 'members' });
}

async function finish(
  app: App,
  { id, attempts }: Claimed,
  state: 'sent' | 'failed',
  problem: string | null,
): Promise<void> {
  await app.pool.query(
    `UPDATE invitations SET mail_state = $3, mail_problem = $4, mail_sent_at = $5, mail_due_at = NULL, token_box = NULL
     WHERE id = $1 AND mail_state = 'waiting' AND mail_attempts = $2`,
    [id, attempts, state, problem, state === 'sent' ? new Date(app.clock()) : null],
  );
}
