import { recoverWebhook as operation } from '@trunkline/contract/deliveries';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { firstIdSince, queueReplays, replayLimit, requireActiveWebhook } from './replay-queries.ts';

/** Events since a time that match the webhook's subscription, without those it received or will receive. */
const missing = `
  SELECT NULL::uuid AS delivery_id, $1::uuid AS webhook_id, e.id AS event_id FROM events e
  WHERE e.organization_id = current_organization() AND e.id >= $2 AND NOT e.test
    AND ('*' = ANY ($3::text[]) OR e.type = ANY ($3::text[]) OR EXISTS (
      SELECT FROM unnest($3::text[]) AS p (pattern)
      WHERE p.pattern LIKE '%.*' AND starts_with(e.type, left(p.pattern, -1))))
    AND NOT EXISTS (SELECT FROM attempts s WHERE s.webhook_id = $1 AND s.delivery_id >= $2
      AND s.event_id = e.id AND s.state = 'success')
    AND NOT EXISTS (SELECT FROM delivery_queue q WHERE q.webhook_id = $1 AND q.event_id = e.id)
    AND NOT EXISTS (SELECT FROM dead_letters d WHERE d.webhook_id = $1 AND d.event_id = e.id)
  ORDER BY e.id LIMIT ${replayLimit}`;

/**
 * Delivers what a webhook has missed since a time, for example while it was switched off or before it
 * existed (WH-5). What waits or lies in the dead letters is not sent twice.
 */
export const recoverWebhook: Verb<typeof operation> = async (ctx, { id, since, dryRun }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const webhook = await requireActiveWebhook(tx, id);
    const values = [id, firstIdSince(Date.parse(since)), webhook.events];
    if (dryRun) {
      const [row] = await tx.query<{ count: number }>(`SELECT count(*) AS count FROM (${missing}) m`, values);
      return { count: row?.count ?? 0 };
    }
    const queued = await queueReplays(tx, 'recover', missing, values);
    await recordAudit(ctx, tx, {
      action: 'webhook.recovered',
      target: { type: 'webhook', id, name: webhook.name },
      changes: { since: { before: null, after: since }, deliveries: { before: null, after: queued.length } },
    });
    tx.afterCommit(() => ctx.app.engine.wake());
    tx.announce('deliveries', [id]);
    return { count: queued.length };
  });
};
