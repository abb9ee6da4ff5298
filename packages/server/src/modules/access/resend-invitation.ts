import { resendInvitation as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { prepareInvitation } from './prepare-invitation.ts';
import { readOpenInvitation } from './queries.ts';

/**
 * Invites again: a new link for seven days, by email where there is a mail server. The link before stops working.
 *
 * @throws AppError `not_found` when it is used, over or withdrawn
 */
export const resendInvitation: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const now = new Date(ctx.app.clock());
    const before = await readOpenInvitation(tx, id, now);
    const fresh = prepareInvitation(ctx, tx.organizationId, id);
    const changed = await tx.query(
      `UPDATE invitations SET token_hash = $2, token_box = $3, invited_by = $4, expires_at = $5, mail_state = $6,
         mail_due_at = $7, mail_attempts = 0, mail_sent_at = NULL, mail_problem = NULL
       WHERE organization_id = current_organization() AND id = $1 AND accepted_at IS NULL RETURNING id`,
      [
        id,
        fresh.tokenHash,
        fresh.tokenBox,
        fresh.invitedBy,
        fresh.expiresAt,
        fresh.mailState,
        fresh.mailDueAt,
      ],
    );
    // Somebody has used the link meanwhile.
    if (changed.length === 0) throw notFound('invitation');
    await recordAudit(ctx, tx, {
      action: 'member.invitation_resent',
      target: { type: 'invitation', id, name: before.email },
      changes: { expiresAt: { before: before.expiresAt, after: fresh.expiresAt.toISOString() } },
    });
    tx.announce('members');
    return { invitation: await readOpenInvitation(tx, id, now), url: fresh.url };
  });
};
