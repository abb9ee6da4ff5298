import { updateWebhook as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { track } from '../insights/track.ts';
import { requireSafeUrl } from './check-address.ts';
import { tellDisabled } from './disable-by-rule.ts';
import { auditView, forgetFailures, lockWebhook, readWebhook } from './queries.ts';
import { switchAction, switchOf, switchOfStatus } from './rules.ts';

/**
 * Changes settings, or switches the webhook (WH-3, WH-10). Paused or off, what waits is held by the webhook's row
 * alone; switched on or resumed, it flows again at the endpoint's own pace. Who switches it on, resumes it or gives
 * it another address gives the endpoint a new start: an open circuit is closed and its failures are forgotten.
 */
export const updateWebhook: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const url = input.url === undefined ? undefined : await requireSafeUrl(ctx, input.url);
  return inOrganization(ctx, async (tx) => {
    await lockWebhook(tx, input.id);
    const before = await readWebhook(tx, input.id);
    const from = switchOfStatus(before.status);
    const to = input.status === undefined ? from : switchOf(input.status);
    const flow = { ...before.flow, ...input.flow };
    await tx.query(
      `UPDATE webhooks SET name = $2, url = $3, description = $4, events = $5, retry = $6,
         enabled = $7 <> 'disabled', paused = $7 = 'paused',
         disabled_reason = CASE WHEN $7 = 'disabled' THEN coalesce(disabled_reason, 'person') END,
         version = version + 1, updated_at = $8, max_concurrency = $9, rate_per_second = $10,
         catch_up_per_second = $11, ordering = $12
       WHERE organization_id = current_organization() AND id = $1`,
      [
        input.id,
        input.name ?? before.name,
        url ?? before.url,
        input.description === undefined ? before.description : input.description,
        input.events ? [...new Set(input.events)] : before.events,
        JSON.stringify(input.retry === undefined ? before.retry : input.retry),
        to,
        new Date(app.clock()),
        flow.maxConcurrency,
        flow.ratePerSecond,
        flow.catchUpPerSecond,
        flow.ordering,
      ],
    );
    const startsAgain = to === 'active' && from !== 'active';
    const takesEventsAgain = to === 'paused' && from === 'disabled';
    const moved = url !== undefined && url !== before.url;
    if (startsAgain || takesEventsAgain || moved) await forgetFailures(tx, input.id);
    const after = await readWebhook(tx, input.id);
    await recordAudit(ctx, tx, {
      action: switchAction(from, to) ?? 'webhook.updated',
      target: { type: 'webhook', id: input.id, name: after.name },
      changes: changesBetween(auditView(before), auditView(after)),
    });
    if (from !== to) await track(ctx, tx, 'webhook_toggled', { webhook_id: input.id, new_status: to });
    if (from !== 'disabled' && to === 'disabled') await tellDisabled(ctx, tx, after);
    tx.afterCommit(() => {
      app.engine.endpoints.forget(input.id);
      app.engine.wake();
    });
    tx.announce('webhooks', [input.id]);
    return after;
  });
};
