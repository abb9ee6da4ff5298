import { cancelActionBulk as operation } from '@trunkline/contract/action-bulks';
import { capabilities } from '@trunkline/contract/capabilities';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { cancelQueued } from './cancel-queued.ts';
import { readBulk } from './bulk-queries.ts';

/** Cancels what a bulk has not begun yet; what is being sent goes on. @throws AppError `not_found` */
export const cancelActionBulk: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { capability, total } = await readBulk(tx, id);
    await cancelQueued(ctx.app, tx, { bulkId: id });
    const name = `${total} × ${capabilities[capability].label}`;
    await recordAudit(ctx, tx, {
      action: 'action_bulk.cancelled',
      target: { type: 'action_bulk', id, name },
    });
    tx.announce('actions');
    return readBulk(tx, id);
  });
};
