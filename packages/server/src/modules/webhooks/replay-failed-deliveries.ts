import { replayFailedDeliveries as operation } from '@trunkline/contract/deliveries';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { firstIdSince, queueReplays, replayLimit, requireActiveWebhook } from './replay-queries.ts';

const monthMs = 30 * 86_400_000;

/**
 * Sends again what ended without success and was not delivered since by another delivery of the same event.
 * Dead letters go back into the queue under their own ids, as a retry of them does.
 */
export const replayFailedDeliveries: Verb<typeof operation> = async (ctx, { webhookId, since }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const from = since === undefined ? app.clock() - monthMs : Date.parse(since);
  const firstId = firstIdSince(from);
  return inOrganization(ctx, async (tx) => {
    const webhook = await requireActiveWebhook(tx, webhookId);
    const dead = await tx.query(
      `WITH dead AS (
         UPDATE dead_letters SET retrying = true
         WHERE delivery_id IN (
           SELECT delivery_id FROM dead_letters d
           WHERE organization_id = current_organization() AND webhook_id = $1 AND NOT retrying AND delivery_id >= $2
             AND NOT EXISTS (SELECT FROM delivery_queue q WHERE q.webhook_id = $1 AND q.event_id = d.event_id)
             AND NOT EXISTS (SELECT FROM attempts s WHERE s.webhook_id = $1 AND s.delivery_id >= $2
               AND s.event_id = d.event_id AND s.state = 'success')
           ORDER BY delivery_id LIMIT ${replayLimit})
         RETURNING *)
       INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, replay_of, attempts,
         attempts_before, due_at)
       SELECT delivery_id, organization_id, webhook_id, event_id, trigger, replay_of, attempts, attempts, now()
       FROM dead ON CONFLICT (id) DO NOTHING RETURNING id`,
      [webhookId, firstId],
    );
    const failed = await queueReplays(
      tx,
      'replay',
      `SELECT DISTINCT ON (a.event_id) a.delivery_id, a.webhook_id, a.event_id FROM attempts a
       WHERE a.organization_id = current_organization() AND a.webhook_id = $1 AND a.delivery_id >= $2
         AND a.state IN ('failed', 'dlq') AND a.trigger <> 'test'
         AND EXISTS (SELECT FROM events e WHERE e.id = a.event_id)
         AND NOT EXISTS (SELECT FROM dead_letters d WHERE d.delivery_id = a.delivery_id)
         AND NOT EXISTS (SELECT FROM delivery_queue q WHERE q.webhook_id = $1 AND q.event_id = a.event_id)
         AND NOT EXISTS (SELECT FROM attempts s WHERE s.webhook_id = $1 AND s.delivery_id >= $2
           AND s.event_id = a.event_id AND s.state = 'success')
       ORDER BY a.event_id, a.delivery_id LIMIT ${replayLimit}`,
      [webhookId, firstId],
    );
    const count = dead.length + failed.length;
    await recordAudit(ctx, tx, {
      action: 'delivery.failed_replayed',
      target: { type: 'webhook', id: webhookId, name: webhook.name },
      changes: { deliveries: { before: null, after: count }, since: { before: null, after: since ?? null } },
    });
    tx.afterCommit(() => app.engine.wake());
    tx.announce('deliveries', [webhookId]);
    tx.announce('dead_letters');
    return { count };
  });
};
