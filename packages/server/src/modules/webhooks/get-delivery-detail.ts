import { getDeliveryDetail as operation } from '@trunkline/contract/deliveries';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { listAttemptRows, presentDelivery, presentError, readDelivery } from './delivery-queries.ts';
import { presentRequest, presentResponse, sentHeaders } from './present-delivery.ts';

/** One delivery: what was sent, what came back, each attempt. */
export const getDeliveryDetail: Verb<typeof operation> = async (ctx, { deliveryId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const row = await readDelivery(tx, deliveryId);
    const attempts = await listAttemptRows(tx, deliveryId);
    const [webhook] = await tx.query<{ name: string; url: string }>(
      'SELECT name, url FROM webhooks WHERE organization_id = current_organization() AND id = $1',
      [row.webhookId],
    );
    const [stored] = await tx.query<{ body: string }>(
      'SELECT body FROM events WHERE organization_id = current_organization() AND id = $1',
      [row.eventId],
    );
    const event = { id: row.eventId, key: row.eventKey, type: row.eventType, body: stored?.body ?? '' };
    const last = attempts.at(-1);
    const delivery = presentDelivery(row);
    return {
      ...delivery,
      webhookName: webhook?.name ?? '',
      request: presentRequest(ctx.app, {
        event,
        deliveryId,
        number: row.trigger === 'test' ? null : (last?.number ?? 1),
        startedAt: last?.startedAt.getTime() ?? Date.parse(delivery.createdAt),
        signatures: last?.signatures ?? '\n',
        url: last?.url ?? webhook?.url ?? '',
      }),
      response: last ? presentResponse(last) : null,
      attempts: attempts.map((attempt) => ({
        number: attempt.number,
        startedAt: attempt.startedAt.toISOString(),
        durationMs: attempt.durationMs,
        outcome: attempt.state === 'success' ? ('success' as const) : ('failed' as const),
        responseStatus: attempt.responseStatus,
        error: presentError(attempt.errorCode, attempt.errorMessage),
        request: {
          url: attempt.url,
          headers: sentHeaders(ctx.app, {
            event,
            deliveryId,
            number: row.trigger === 'test' ? null : attempt.number,
            startedAt: attempt.startedAt.getTime(),
            signatures: attempt.signatures,
          }),
        },
        response: presentResponse(attempt),
      })),
    };
  });
};
