import { createWebhook as operation, defaultFlow } from '@trunkline/contract/webhooks';
import { trackedEventType } from '@trunkline/contract/tracking-plan';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { secretPlace } from '../../delivery/endpoints.ts';
import { createSigningSecret } from '../../lib/webhook-signature.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { track } from '../insights/track.ts';
import { requireSafeUrl } from './check-address.ts';
import { beginHold } from './hold.ts';
import { auditView, readWebhook } from './queries.ts';
import { previewOf, switchOf } from './rules.ts';

/** Creates a webhook with a signing secret of its own (WH-1). The secret is in this answer only. */
export const createWebhook: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const askedAt = app.clock();
  const url = await requireSafeUrl(ctx, input.url);
  const validationMs = app.clock() - askedAt;
  const id = app.newId();
  const secret = createSigningSecret(app.randomBytes);
  const state = switchOf(input.status);
  const flow = { ...defaultFlow, ...input.flow };
  return inOrganization(ctx, async (tx) => {
    const now = new Date(app.clock());
    await tx.query(
      `INSERT INTO webhooks (id, organization_id, name, url, description, events, enabled, disabled_reason, paused,
         secret_box, secret_preview, retry, created_at, updated_at, max_concurrency, rate_per_second,
         catch_up_per_second, ordering)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, $16, $17)`,
      [
        id,
        tx.organizationId,
        input.name,
        url,
        input.description ?? null,
        [...new Set(input.events)],
        state !== 'disabled',
        state === 'disabled' ? 'person' : null,
        state === 'paused',
        app.secretBox.seal(secret, secretPlace(tx.organizationId, id, 'secret_box')),
        previewOf(secret),
        input.retry ? JSON.stringify(input.retry) : null,
        now,
        flow.maxConcurrency,
        flow.ratePerSecond,
        flow.catchUpPerSecond,
        flow.ordering,
      ],
    );
    await tx.query('INSERT INTO webhook_health (webhook_id, organization_id) VALUES ($1, $2)', [
      id,
      tx.organizationId,
    ]);
    if (state === 'disabled') await beginHold(tx, id, app.clock());
    const webhook = await readWebhook(tx, id);
    await recordAudit(ctx, tx, {
      action: 'webhook.created',
      target: { type: 'webhook', id, name: webhook.name },
      changes: Object.fromEntries(
        Object.entries(auditView(webhook)).map(([field, after]) => [field, { before: null, after }]),
      ),
    });
    await track(ctx, tx, 'webhook_added', {
      url_domain: new URL(url).hostname,
      events_selected: [...new Set(input.events.map(trackedEventType))],
      validation_time: validationMs,
    });
    tx.announce('webhooks', [id]);
    return { ...webhook, secret };
  });
};
