import { replayDelivery as operation } from '@trunkline/contract/deliveries';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { presentDelivery, readDelivery } from './delivery-queries.ts';
import { queueReplays, requireActiveWebhook } from './replay-queries.ts';

/** Sends a delivery again: same payload and message id, a delivery of its own in the history (WH-5). */
export const replayDelivery: Verb<typeof operation> = async (ctx, { deliveryId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const original = await readDelivery(tx, deliveryId);
    const webhook = await requireActiveWebhook(tx, original.webhookId);
    const [replay] = await queueReplays(
      tx,
      original.webhookId,
      'replay',
      [{ eventId: original.eventId, deliveryId }],
      'now',
    );
    if (!replay) throw new AppError('conflict', 'The payload of this delivery is past its retention.');
    await recordAudit(ctx, tx, {
      action: 'delivery.replayed',
      target: { type: 'delivery', id: deliveryId, name: `${original.eventType} → ${webhook.name}` },
      changes: { replay: { before: null, after: replay } },
    });
    tx.afterCommit(() => ctx.app.engine.wake());
    tx.announce('deliveries', [original.webhookId]);
    return presentDelivery(await readDelivery(tx, replay));
  });
};
