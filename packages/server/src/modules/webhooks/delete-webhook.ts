import { deleteWebhook as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Tx } from '../../ctx.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { dropHold } from './hold.ts';
import { auditView, forgetFailures, lockWebhook, readWebhook } from './queries.ts';

/** Deliveries cancelled by one statement. */
const cancelledAtOnce = 5_000;

/** Deletes a webhook and its secrets. Waiting deliveries are cancelled; the history keeps its name. */
export const deleteWebhook: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    await lockWebhook(tx, id);
    const before = await readWebhook(tx, id);
    await tx.query(
      `UPDATE webhooks SET deleted_at = $2, enabled = false, secret_box = NULL, previous_secret_box = NULL,
         version = version + 1
       WHERE organization_id = current_organization() AND id = $1`,
      [id, new Date(app.clock())],
    );
    await tx.query(
      'DELETE FROM webhook_older_secrets WHERE organization_id = current_organization() AND webhook_id = $1',
      [id],
    );
    await dropHold(tx, id);
    // Nothing probes it any more.
    await forgetFailures(tx, id);
    const cancelled = await cancelDeliveries(tx, id);
    // A retry that was cancelled here must not keep its dead letter from being cleared or from expiring.
    await tx.query(
      `UPDATE dead_letters SET retrying = false
       WHERE organization_id = current_organization() AND webhook_id = $1 AND retrying`,
      [id],
    );
    await recordAudit(ctx, tx, {
      action: 'webhook.deleted',
      target: { type: 'webhook', id, name: before.name },
      changes: {
        ...Object.fromEntries(
          Object.entries(auditView(before)).map(([field, value]) => [field, { before: value, after: null }]),
        ),
        waitingDeliveries: { before: cancelled, after: 0 },
      },
    });
    tx.afterCommit(() => app.engine.endpoints.forget(id));
    tx.announce('webhooks', [id]);
    return { ok: true };
  });
};

/**
 * Takes what waits for a webhook out of the queue, a bounded part at a time, and gives how many there were. What the
 * engine has under its lock just now is left to it: it sends nothing to a deleted webhook either.
 */
async function cancelDeliveries(tx: Tx, webhookId: string): Promise<number> {
  let cancelled = 0;
  // Each part begins behind the one before, whose rows would have to be stepped over until the transaction ends.
  let before: string | null = null;
  for (;;) {
    const rows: { count: number; last: string | null }[] = await tx.query(
      `WITH gone AS (
         DELETE FROM delivery_queue WHERE id IN (
           SELECT id FROM delivery_queue WHERE organization_id = current_organization() AND webhook_id = $1
             AND ($2::uuid IS NULL OR id < $2)
           ORDER BY id DESC LIMIT ${cancelledAtOnce} FOR UPDATE SKIP LOCKED)
         RETURNING id)
       SELECT count(*) AS count, min(id::text) AS last FROM gone`,
      [webhookId, before],
    );
    const { count = 0, last = null } = rows[0] ?? {};
    cancelled += count;
    if (count < cancelledAtOnce || last === null) return cancelled;
    before = last;
  }
}
