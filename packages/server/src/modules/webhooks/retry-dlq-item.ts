import { retryDlqItem as operation } from '@trunkline/contract/dead-letters';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readDeadLetter, requeueDeadLetters } from './dead-letter-queries.ts';
import { requireActiveWebhook } from './replay-queries.ts';

/** Retries one dead letter. It leaves the queue on success; a second request while it runs changes nothing. */
export const retryDlqItem: Verb<typeof operation> = async (ctx, { deliveryId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const item = await readDeadLetter(tx, deliveryId);
    if (!item) throw notFound('dead letter');
    await requireActiveWebhook(tx, item.webhookId);
    const requeued = await requeueDeadLetters(tx, [deliveryId], 'now');
    if (requeued > 0) {
      await recordAudit(ctx, tx, {
        action: 'dead_letter.retried',
        target: { type: 'delivery', id: deliveryId, name: `${item.eventType} → ${item.webhookName}` },
      });
      tx.afterCommit(() => ctx.app.engine.wake());
      tx.announce('dead_letters');
      tx.announce('deliveries', [item.webhookId]);
    }
    return { ...item, retrying: true };
  });
};
