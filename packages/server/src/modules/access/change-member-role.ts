import { changeMemberRole as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { lockMember, presentMembers, readMemberRow, withdrawInvitationsOf } from './queries.ts';

/**
 * Changes what a member may do, from their next request on. A system administrator who no longer is one
 * cannot let people in by invitations made before, so these are withdrawn.
 */
export const changeMemberRole: Verb<typeof operation> = async (ctx, { userId, role }) => {
  authorize(ctx, operation);
  const { organizationId, row } = await inOrganization(ctx, async (tx) => {
    const before = await lockMember(tx, userId, { keepsAdministrator: role === 'system_admin' });
    if (before.role !== role) {
      await tx.query(
        'UPDATE members SET role = $2 WHERE organization_id = current_organization() AND user_id = $1',
        [userId, role],
      );
      const withdrawn = role === 'system_admin' ? 0 : await withdrawInvitationsOf(tx, userId);
      const { name } = await readMemberRow(tx, userId);
      await recordAudit(ctx, tx, {
        action: 'member.role_changed',
        target: { type: 'member', id: userId, name },
        changes: {
          role: { before: before.role, after: role },
          ...(withdrawn > 0 ? { openInvitations: { before: withdrawn, after: 0 } } : {}),
        },
      });
      tx.announce('members');
    }
    return { organizationId: tx.organizationId, row: await readMemberRow(tx, userId) };
  });
  const [member] = await presentMembers(ctx.app.pool, organizationId, [row]);
  if (!member) throw notFound('member');
  return member;
};
