import { checkWebhookUrl as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import type { Endpoint } from '../../delivery/types.ts';
import { checkUrlResolved } from '../../lib/egress/check-url.ts';
import { systemLookup } from '../../lib/egress/guard.ts';
import { brandKeyOf, createSigningSecret, signingKeyOf } from '../../lib/webhook-signature.ts';
import { eventBody } from '../events/event-body.ts';
import { defaultRetryConfig } from '@trunkline/contract/retry';
import type { Verb } from '../../verb.ts';

/** Any answer below this proves that somebody listens, also a refusal of a ping nobody asked for. */
const reachedBelow = 500;

/**
 * Checks a URL before it is saved (WH-2): format, HTTPS and address, then a real signed `webhook.ping`, whose
 * failure does not forbid saving. The ping is signed with a secret made for it alone.
 */
export const checkWebhookUrl: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const check = await checkUrlResolved(input.url, app.egressAllow, systemLookup);
  if (!check.ok) {
    const saveable = check.code === 'webhook_url_unreachable';
    return { ok: saveable, code: check.code, message: check.detail, ping: null };
  }
  if (!input.ping) return { ok: true, code: null, message: 'The address may be used.', ping: null };
  const secret = createSigningSecret(app.randomBytes);
  const id = app.newId();
  const endpoint: Endpoint = {
    id,
    organizationId: ctx.organizationId ?? '',
    version: 0,
    enabled: true,
    deleted: false,
    locked: false,
    url: check.url.href,
    origin: check.url.origin,
    path: `${check.url.pathname}${check.url.search}`,
    signingKeys: [signingKeyOf(secret)],
    brandKeys: [brandKeyOf(secret)],
    keysUntil: [Infinity],
    policy: defaultRetryConfig,
    enableDlq: false,
    dlqRetentionDays: 0,
  };
  const body = eventBody(id, 'webhook.ping', app.clock(), { message: 'Is this endpoint reachable?' });
  const outcome = await app.engine.ping(endpoint, { id, key: null, type: 'webhook.ping', body }, app.newId());
  const ping = {
    responseStatus: outcome.responseStatus === 0 ? null : outcome.responseStatus,
    durationMs: outcome.durationMs,
    error: outcome.errorMessage,
  };
  if (outcome.errorCode === 'blocked') {
    return { ok: false, code: 'webhook_url_unsafe', message: outcome.errorMessage ?? '', ping };
  }
  const reached = outcome.responseStatus > 0 && outcome.responseStatus < reachedBelow;
  return {
    ok: true,
    code: reached ? null : 'webhook_url_unreachable',
    message: reached
      ? `The endpoint answered ${outcome.responseStatus} in ${Math.round(outcome.durationMs)} ms.`
      : `Webhook endpoint unreachable: ${outcome.errorMessage ?? 'no answer'} You may save it anyway.`,
    ping,
  };
};
