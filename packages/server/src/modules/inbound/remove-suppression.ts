import { removeSuppression as operation } from '@trunkline/contract/inbound';
import type { SuppressionReason } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';

/** Takes an address off the list; the next webhook that says so puts it back. @throws AppError `not_found` */
export const removeSuppression: Verb<typeof operation> = async (ctx, { address }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const [row] = await tx.query<{ reason: SuppressionReason }>(
      `DELETE FROM email_suppressions WHERE organization_id = current_organization() AND address = $1
       RETURNING reason`,
      [address],
    );
    if (!row) throw notFound('suppressed address');
    await recordAudit(ctx, tx, {
      action: 'suppression.removed',
      target: { type: 'suppression', id: address, name: address },
      changes: { reason: { before: row.reason, after: null } },
    });
    tx.announce('inbound');
    return { ok: true };
  });
};
