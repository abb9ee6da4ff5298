import { inviteMember as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { prepareInvitation } from './prepare-invitation.ts';
import { readOpenInvitation } from './queries.ts';

/**
 * Invites a person by a link that works once, for seven days (ACC-1). Only this answer has the link, and the message that
 * takes it to the person where there is a mail server. Another invitation of the same person takes the place of the one
 * before.
 */
export const inviteMember: Verb<typeof operation> = async (ctx, { email, role }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const id = app.newId();
  const now = new Date(app.clock());
  return inOrganization(ctx, async (tx) => {
    // Two invitations of one person at the same time wait for each other, so that one remains.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `invitation ${tx.organizationId} ${email}`,
    ]);
    const members = await tx.query(
      `SELECT FROM members m JOIN users u ON u.id = m.user_id
       WHERE m.organization_id = current_organization() AND u.email = $1`,
      [email],
    );
    if (members.length > 0) throw new AppError('conflict', 'This person is a member already.');
    const replaced = await tx.query<{ id: string }>(
      `DELETE FROM invitations
       WHERE organization_id = current_organization() AND email = $1 AND accepted_at IS NULL RETURNING id`,
      [email],
    );
    const fresh = prepareInvitation(ctx, tx.organizationId, id);
    await tx.query(
      `INSERT INTO invitations (id, organization_id, email, role, token_hash, token_box, invited_by, expires_at,
         created_at, mail_state, mail_due_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        id,
        tx.organizationId,
        email,
        role,
        fresh.tokenHash,
        fresh.tokenBox,
        fresh.invitedBy,
        fresh.expiresAt,
        now,
        fresh.mailState,
        fresh.mailDueAt,
      ],
    );
    await recordAudit(ctx, tx, {
      action: 'member.invited',
      target: { type: 'invitation', id, name: email },
      changes: {
        role: { before: null, after: role },
        expiresAt: { before: null, after: fresh.expiresAt.toISOString() },
        ...(replaced[0] ? { invitation: { before: replaced[0].id, after: id } } : {}),
      },
    });
    tx.announce('members');
    return { invitation: await readOpenInvitation(tx, id, now), url: fresh.url };
  });
};
