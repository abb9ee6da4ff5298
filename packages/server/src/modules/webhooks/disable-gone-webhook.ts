import type { Ctx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { sendOwnEvent } from '../events/own-events.ts';
import { holdDeliveries } from './switch-deliveries.ts';

/** Switches off a webhook whose endpoint answered 410 Gone (RETRY-1); once, whatever comes in at the same time. */
export async function disableGoneWebhook(ctx: Ctx, id: string): Promise<void> {
  const disabled = await inOrganization(ctx, async (tx) => {
    const [webhook] = await tx.query<{ name: string; url: string }>(
      `UPDATE webhooks SET enabled = false, disabled_reason = 'gone', version = version + 1, updated_at = $2
       WHERE organization_id = current_organization() AND id = $1 AND enabled AND deleted_at IS NULL
       RETURNING name, url`,
      [id, new Date(ctx.app.clock())],
    );
    if (!webhook) return null;
    const heldDeliveries = await holdDeliveries(tx, id);
    await recordAudit(ctx, tx, {
      action: 'webhook.disabled',
      target: { type: 'webhook', id, name: webhook.name },
      changes: { enabled: { before: true, after: false }, reason: { before: null, after: 'gone' } },
    });
    tx.afterCommit(() => ctx.app.engine.endpoints.forget(id));
    tx.announce('webhooks', [id]);
    return { ...webhook, heldDeliveries };
  });
  if (disabled === null || ctx.organizationId === null) return;
  await sendOwnEvent(ctx.app, ctx.organizationId, 'webhook.disabled', {
    webhookId: id,
    ...disabled,
    reason: 'gone',
    disabledBy: null,
    disabledAt: new Date(ctx.app.clock()).toISOString(),
  });
}
