import { getEvent as operation } from '@trunkline/contract/ledger';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { presentEvent } from './present-event.ts';
import { findEvent, listDeliveryFacts, listWebhookFacts } from './queries.ts';
import { bestByPair, cancelledEntry, deliveryEntry, notSentEntry, pairKey } from './rules.ts';

/**
 * An event by its message id, and what became of it at every webhook: one line each, newest webhook first. A webhook
 * that was deleted is among them when it was there for the event and had subscribed to it; of a test, only the webhook that
 * was tested.
 *
 * @throws AppError `not_found`
 */
export const getEvent: Verb<typeof operation> = async (ctx, { eventId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const event = await findEvent(tx, eventId);
    if (!event) throw notFound('event');
    const webhooks = await listWebhookFacts(tx, event.id);
    const pairs = webhooks.map(({ id }) => ({ webhookId: id, eventId: event.id }));
    const best = bestByPair(await listDeliveryFacts(tx, pairs));
    const entries = webhooks.flatMap((webhook) => {
      const delivery = best.get(pairKey({ webhookId: webhook.id, eventId: event.id }));
      if (delivery) return [deliveryEntry(delivery)];
      if (event.test) return [];
      return webhook.deletedAt === null ? [notSentEntry(webhook, event)] : cancelledEntry(webhook, event);
    });
    return { ...presentEvent(event), test: event.test, body: event.body, entries };
  });
};
