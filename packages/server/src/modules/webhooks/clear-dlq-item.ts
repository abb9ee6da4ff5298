import { clearDlqItem as operation } from '@trunkline/contract/dead-letters';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError, notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readDeadLetter } from './dead-letter-queries.ts';

/** Removes a dead letter without another attempt. Its history stays. */
export const clearDlqItem: Verb<typeof operation> = async (ctx, { deliveryId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const item = await readDeadLetter(tx, deliveryId);
    if (!item) throw notFound('dead letter');
    const cleared = await tx.query(
      `DELETE FROM dead_letters WHERE organization_id = current_organization() AND delivery_id = $1 AND NOT retrying
       RETURNING delivery_id`,
      [deliveryId],
    );
    if (cleared.length === 0)
      throw new AppError('conflict', 'It is being retried just now. Wait for the result.');
    await recordAudit(ctx, tx, {
      action: 'dead_letter.cleared',
      target: { type: 'delivery', id: deliveryId, name: `${item.eventType} → ${item.webhookName}` },
    });
    // A line that it had stopped goes on.
    tx.afterCommit(() => ctx.app.engine.wake());
    tx.announce('dead_letters');
    tx.announce('deliveries', [item.webhookId]);
    return { ok: true };
  });
};
