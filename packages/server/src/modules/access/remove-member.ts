import { removeMember as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { lockMember, readMemberRow, withdrawInvitationsOf } from './queries.ts';

/** Removes a member, who loses access at once, and withdraws the invitations they made. */
export const removeMember: Verb<typeof operation> = async (ctx, { userId }) => {
  authorize(ctx, operation);
  const organizationId = await inOrganization(ctx, async (tx) => {
    const { role } = await lockMember(tx, userId, { keepsAdministrator: false });
    const { name, email } = await readMemberRow(tx, userId);
    const withdrawn = await withdrawInvitationsOf(tx, userId);
    await tx.query('DELETE FROM members WHERE organization_id = current_organization() AND user_id = $1', [
      userId,
    ]);
    await recordAudit(ctx, tx, {
      action: 'member.removed',
      target: { type: 'member', id: userId, name },
      changes: {
        email: { before: email, after: null },
        role: { before: role, after: null },
        ...(withdrawn > 0 ? { openInvitations: { before: withdrawn, after: 0 } } : {}),
      },
    });
    tx.announce('members');
    return tx.organizationId;
  });
  // Sessions belong to no organization. Access is over already: it is read from the membership each time.
  await ctx.app.pool.query(
    'UPDATE sessions SET active_organization_id = NULL WHERE user_id = $1 AND active_organization_id = $2',
    [userId, organizationId],
  );
  return { ok: true };
};
