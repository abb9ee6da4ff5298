import type { Webhook } from '@trunkline/contract/webhooks';
import type { Ctx, Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import { beginHold, lockCatchUp } from './hold.ts';
import { readWebhook } from './queries.ts';

/** What a rule knows of a webhook that is on: `w` is its row, `h` its health; `values` are $1, $2 … of it. */
export interface RuleCondition {
  sql: string;
  values: unknown[];
}

/**
 * Switches a webhook off by a rule of the product, when it still is as the rule found it; once, whatever comes in at
 * the same time. What waits stays in its backlog. Says whether it was switched off.
 */
export async function disableByRule(
  ctx: Ctx,
  id: string,
  reason: 'gone' | 'failing',
  condition: RuleCondition,
): Promise<boolean> {
  const { app } = ctx;
  const [last, at] = [condition.values.length + 1, condition.values.length + 2];
  return inOrganization(ctx, async (tx) => {
    await lockCatchUp(tx, id);
    const disabled = await tx.query(
      `UPDATE webhooks w SET enabled = false, paused = false, disabled_reason = '${reason}', version = version + 1,
         updated_at = $${at}
       FROM webhook_health h
       WHERE w.organization_id = current_organization() AND w.id = $${last} AND h.webhook_id = w.id
         AND w.enabled AND w.deleted_at IS NULL AND (${condition.sql})
       RETURNING w.id`,
      [...condition.values, id, new Date(app.clock())],
    );
    if (disabled.length === 0) return false;
    await beginHold(tx, id, app.clock());
    const webhook = await readWebhook(tx, id);
    await recordAudit(ctx, tx, {
      action: 'webhook.disabled',
      target: { type: 'webhook', id, name: webhook.name },
      changes: { enabled: { before: true, after: false }, reason: { before: null, after: reason } },
    });
    await tellDisabled(ctx, tx, webhook);
    tx.afterCommit(() =>
      app.logs.write({
        organizationId: tx.organizationId,
        webhookId: id,
        source: 'delivery',
        level: 'error',
        event: 'webhook.disabled',
        message:
          reason === 'gone'
            ? 'Switched off: the endpoint answered 410 Gone, so that it wants nothing more. What comes is held.'
            : 'Switched off: every delivery has failed for days. What waits and what comes is held, and goes out when it is switched on again.',
      }),
    );
    tx.afterCommit(() => app.engine.endpoints.forget(id));
    tx.announce('webhooks', [id]);
    return true;
  });
}

/** Tells the organization's other webhooks of one that is switched off. */
export async function tellDisabled(ctx: Ctx, tx: Tx, webhook: Webhook): Promise<void> {
  const { app, actor } = ctx;
  await recordOwnEvent(app, tx, 'webhook.disabled', {
    webhookId: webhook.id,
    name: webhook.name,
    url: webhook.url,
    reason: webhook.disabledReason,
    disabledBy: 'id' in actor ? actor.name : null,
    heldDeliveries: webhook.held,
    disabledAt: webhook.updatedAt,
  });
}
