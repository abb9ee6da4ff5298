import { closeStatusUpdate as operation } from '@trunkline/contract/status-updates';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { personOf } from '../integrations/person.ts';
import { readUpdate } from './status-update-queries.ts';

/** Takes a status update off the pages; a second time changes nothing. @throws AppError `not_found` */
export const closeStatusUpdate: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const before = await readUpdate(tx, id);
    if (before.closedAt !== null) return before;
    await tx.query(
      `UPDATE status_updates SET closed_at = $2, closed_by = $3
       WHERE organization_id = current_organization() AND id = $1`,
      [id, new Date(ctx.app.clock()), personOf(ctx).name],
    );
    await recordAudit(ctx, tx, {
      action: 'status_update.closed',
      target: { type: 'status_update', id, name: before.text.slice(0, 80) },
    });
    tx.announce('alerts');
    return readUpdate(tx, id);
  });
};
