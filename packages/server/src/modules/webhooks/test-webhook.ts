import { findEventType } from '@trunkline/contract/event-types/catalog';
import { testWebhook as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { eventBody } from '../events/event-body.ts';
import { presentRequest, presentResponse } from './present-delivery.ts';

/**
 * Sends the example of an event type to one webhook, once, while the caller waits (WH-4). A switched-off
 * webhook can be tested too. The attempt stays in the history.
 */
export const testWebhook: Verb<typeof operation> = async (ctx, { id, eventType }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const eventId = app.newId();
  const event = await inOrganization(ctx, async (tx) => {
    const [webhook] = await tx.query<{ name: string }>(
      'SELECT name FROM webhooks WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL',
      [id],
    );
    if (!webhook) throw notFound('webhook');
    const [own] = await tx.query<{ example: unknown }>(
      'SELECT example FROM event_types WHERE organization_id = current_organization() AND name = $1',
      [eventType],
    );
    const data = own?.example ?? findEventType(eventType)?.example ?? { message: 'A test event.' };
    const body = eventBody(eventId, eventType, app.clock(), data);
    await tx.query(
      'INSERT INTO events (id, organization_id, type, body, test) VALUES ($1, $2, $3, $4, true)',
      [eventId, tx.organizationId, eventType, body],
    );
    await recordAudit(ctx, tx, {
      action: 'webhook.tested',
      target: { type: 'webhook', id, name: webhook.name },
      changes: { eventType: { before: null, after: eventType } },
    });
    return { id: eventId, key: null, type: eventType, body };
  });
  await app.engine.endpoints.load([id]);
  const endpoint = app.engine.endpoints.peek(id);
  if (!endpoint || endpoint.deleted) throw notFound('webhook');
  const { deliveryId, outcome } = await app.engine.sendTest(endpoint, event);
  return {
    deliveryId,
    success: outcome.success,
    responseStatus: outcome.responseStatus === 0 ? null : outcome.responseStatus,
    durationMs: outcome.durationMs,
    error:
      outcome.errorCode === null ? null : { code: outcome.errorCode, message: outcome.errorMessage ?? '' },
    request: presentRequest(app, {
      event,
      deliveryId,
      number: null,
      startedAt: outcome.startedAt,
      signatures: outcome.signatures,
      url: outcome.url,
    }),
    response: presentResponse({
      responseStatus: outcome.responseStatus,
      responseHeaders: outcome.responseHeaders === null ? null : JSON.stringify(outcome.responseHeaders),
      responseBody: outcome.responseBody,
      responseTruncated: outcome.responseTruncated,
    }),
  };
};
