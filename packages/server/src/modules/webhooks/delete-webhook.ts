import { deleteWebhook as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { auditView, lockWebhook, readWebhook } from './queries.ts';

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
    const cancelled = await tx.query(
      'DELETE FROM delivery_queue WHERE organization_id = current_organization() AND webhook_id = $1 RETURNING id',
      [id],
    );
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
        waitingDeliveries: { before: cancelled.length, after: 0 },
      },
    });
    tx.afterCommit(() => app.engine.endpoints.forget(id));
    tx.announce('webhooks', [id]);
    return { ok: true };
  });
};
