import { subscribes } from '../webhooks/held-events.ts';
import { queueReplays } from '../webhooks/replay-queries.ts';
import { missedEvents } from './missed-events.ts';
import { lastIdOf } from './rules.ts';
import type { Source } from './source.ts';
import { undelivered } from './undelivered.ts';

/** Events of a range that match the subscription $6, without those that the webhook received or will receive. */
export const missing = `
  SELECT e.id AS "eventId" FROM events e
  WHERE e.organization_id = current_organization() AND e.id > $2 AND e.id <= $3 AND NOT e.test
    AND ${subscribes('e.type', '$6::text[]')}
    AND ${undelivered('e.id')}
    AND NOT EXISTS (SELECT FROM dead_letters d WHERE d.webhook_id = $1 AND d.trigger = 'event'
      AND d.delivery_id BETWEEN $4 AND $5 AND d.event_id = e.id)
    AND NOT EXISTS (SELECT FROM dead_letters d WHERE d.webhook_id = $1 AND d.trigger <> 'event'
      AND d.event_id > $2 AND d.event_id <= $3 AND d.event_id = e.id)`;

/** Events since a time that the webhook has neither received nor waiting nor among its dead letters. */
export const recoverSource: Source = missedEvents({
  missing,
  start: ({ since }) => lastIdOf((since ?? 0) - 1),
  async queue(tx, { webhookId }, eventIds) {
    const replays = eventIds.map((eventId) => ({ eventId, deliveryId: null }));
    return (await queueReplays(tx, webhookId ?? '', 'recover', replays, 'backlog')).length;
  },
});
