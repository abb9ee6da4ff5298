import { updateWebhook as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import type { Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { track } from '../insights/track.ts';
import { requireSafeUrl } from './check-address.ts';
import { tellDisabled } from './disable-by-rule.ts';
import { beginHold, countAnew, endHold, lockCatchUp } from './hold.ts';
import { auditView, forgetFailures, lockWebhook, readWebhook } from './queries.ts';
import { switchAction, switchOf, switchOfStatus } from './rules.ts';

/**
 * Changes settings, or switches the webhook (WH-3, WH-10). Paused or off, what waits is held by the webhook's row
 * alone; switched on or resumed, it flows again at the endpoint's own pace, and what came while it was off is caught up with
 * or left out ({@link endHold}). Who switches it on, resumes it or gives it another address gives the endpoint a new start: an
 * open circuit is closed and its failures are forgotten.
 */
export const updateWebhook: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const url = input.url === undefined ? undefined : await requireSafeUrl(ctx, input.url);
  return inOrganization(ctx, async (tx) => {
    if (input.status !== undefined) await lockCatchUp(tx, input.id);
    await lockWebhook(tx, input.id);
    const before = await readWebhook(tx, input.id);
    const from = switchOfStatus(before.status);
    const to = input.status === undefined ? from : switchOf(input.status);
    const flow = { ...before.flow, ...input.flow };
    const returns = from === 'disabled' && to !== 'disabled';
    const choice = input.held ?? 'catch_up';
    const held = returns
      ? await endHold(ctx, tx, {
          webhookId: input.id,
          to,
          choice,
          ordered: flow.ordering !== 'none',
          catchUpPerSecond: flow.catchUpPerSecond,
        })
      : null;
    // Where an order is kept, the job lets it go on when everything that was held stands in its line.
    const waits = held !== null && flow.ordering !== 'none' && choice === 'catch_up';
    if (!returns && input.status !== undefined) await takeOver(tx, input.id);
    await tx.query(
      `UPDATE webhooks SET name = $2, url = $3, description = $4, events = $5, retry = $6,
         enabled = $7 <> 'disabled', paused = $7 = 'paused',
         disabled_reason = CASE WHEN $7 = 'disabled' THEN coalesce(disabled_reason, 'person') END,
         version = version + 1, updated_at = $8, max_concurrency = $9, rate_per_second = $10,
         catch_up_per_second = $11, ordering = $12, subscribed_at = CASE WHEN events <> $5 THEN $8 ELSE subscribed_at END
       WHERE organization_id = current_organization() AND id = $1`,
      [
        input.id,
        input.name ?? before.name,
        url ?? before.url,
        input.description === undefined ? before.description : input.description,
        input.events ? [...new Set(input.events)] : before.events,
        JSON.stringify(input.retry === undefined ? before.retry : input.retry),
        waits ? 'paused' : to,
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
    if (from !== 'disabled' && to === 'disabled') await beginHold(tx, input.id, app.clock());
    else if (to === 'disabled' && input.events) await countAnew(tx, input.id);
    const after = await readWebhook(tx, input.id);
    await recordAudit(ctx, tx, {
      action: switchAction(from, to) ?? 'webhook.updated',
      target: { type: 'webhook', id: input.id, name: after.name },
      changes: {
        ...changesBetween(auditView(before), auditView(after)),
        ...(held !== null && held > 0 && { heldEvents: { before: held, after: choice } }),
      },
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

/** A person decides now whether it is paused; a catch-up that is under way does not resume it any more. */
async function takeOver(tx: Tx, webhookId: string): Promise<void> {
  await tx.query(
    `UPDATE bulk_jobs SET resumes = false WHERE organization_id = current_organization() AND webhook_id = $1
       AND kind = 'catch_up' AND state IN ('running', 'paused') AND resumes`,
    [webhookId],
  );
}
