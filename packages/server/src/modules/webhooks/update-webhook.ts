import { updateWebhook as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { sendOwnEvent } from '../events/own-events.ts';
import { requireSafeUrl } from './check-address.ts';
import { auditView, lockWebhook, readWebhook } from './queries.ts';
import { isOn } from './rules.ts';
import { holdDeliveries, resumeDeliveries } from './switch-deliveries.ts';

/**
 * Changes settings, or switches the webhook (WH-3). Off: what waits is held; on again: it goes out at once.
 */
export const updateWebhook: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const url = input.url === undefined ? undefined : await requireSafeUrl(ctx, input.url);
  return inOrganization(ctx, async (tx) => {
    await lockWebhook(tx, input.id);
    const before = await readWebhook(tx, input.id);
    const wasOn = before.status !== 'disabled';
    const enabled = input.status === undefined ? wasOn : isOn(input.status);
    await tx.query(
      `UPDATE webhooks SET name = $2, url = $3, description = $4, events = $5, retry = $6, enabled = $7,
         disabled_reason = CASE WHEN $7 THEN NULL ELSE coalesce(disabled_reason, 'person') END,
         version = version + 1, updated_at = $8
       WHERE organization_id = current_organization() AND id = $1`,
      [
        input.id,
        input.name ?? before.name,
        url ?? before.url,
        input.description === undefined ? before.description : input.description,
        input.events ? [...new Set(input.events)] : before.events,
        JSON.stringify(input.retry === undefined ? before.retry : input.retry),
        enabled,
        new Date(app.clock()),
      ],
    );
    const heldDeliveries = wasOn && !enabled ? await holdDeliveries(tx, input.id) : 0;
    if (!wasOn && enabled) {
      await resumeDeliveries(tx, input.id);
      tx.afterCommit(() => app.engine.wake());
    }
    const after = await readWebhook(tx, input.id);
    const switched = wasOn !== enabled;
    await recordAudit(ctx, tx, {
      action: switched ? (enabled ? 'webhook.enabled' : 'webhook.disabled') : 'webhook.updated',
      target: { type: 'webhook', id: input.id, name: after.name },
      changes: changesBetween(auditView(before), auditView(after)),
    });
    tx.afterCommit(() => app.engine.endpoints.forget(input.id));
    tx.announce('webhooks', [input.id]);
    if (wasOn && !enabled) {
      const data = {
        webhookId: after.id,
        name: after.name,
        url: after.url,
        reason: 'person',
        disabledBy: ctx.actor.type === 'anonymous' ? null : ctx.actor.name,
        heldDeliveries,
        disabledAt: after.updatedAt,
      };
      tx.afterCommit(() => {
        sendOwnEvent(app, tx.organizationId, 'webhook.disabled', data).catch((error: unknown) =>
          app.log.warn({ err: error }, 'webhook.disabled could not be sent'),
        );
      });
    }
    return after;
  });
};
