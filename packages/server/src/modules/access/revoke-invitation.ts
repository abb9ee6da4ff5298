import { revokeInvitation as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';

/** Withdraws an invitation: its link stops working at once. */
export const revokeInvitation: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const [row] = await tx.query<{ email: string; role: string }>(
      `DELETE FROM invitations
       WHERE organization_id = current_organization() AND id = $1 AND accepted_at IS NULL RETURNING email, role`,
      [id],
    );
    if (!row) throw notFound('invitation');
    await recordAudit(ctx, tx, {
      action: 'member.invitation_revoked',
      target: { type: 'invitation', id, name: row.email },
      changes: { role: { before: row.role, after: null } },
    });
    tx.announce('members');
    return { ok: true };
  });
};
