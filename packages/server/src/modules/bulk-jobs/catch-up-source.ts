import { subscribes } from '../webhooks/held-events.ts';
import { queueHeld } from '../webhooks/hold.ts';
import { missedEvents } from './missed-events.ts';
import { lastIdOf } from './rules.ts';
import type { Source } from './source.ts';
import { unqueued } from './undelivered.ts';

/**
 * Events of a range that match the subscription $6 and of which the webhook never had a delivery: while it was on, every one
 * of them had one, so that these came while it was off. What was sent and failed, or was cleared, is not among them.
 */
export const held = `
  SELECT e.id AS "eventId" FROM events e
  WHERE e.organization_id = current_organization() AND e.id > $2 AND e.id <= $3 AND NOT e.test
    AND ${subscribes('e.type', '$6::text[]')}
    AND NOT EXISTS (SELECT FROM attempts s WHERE s.webhook_id = $1 AND s.trigger = 'event' AND s.state <> 'retrying'
      AND s.delivery_id BETWEEN $4 AND $5 AND s.event_id = e.id)
    AND NOT EXISTS (SELECT FROM attempts s WHERE s.webhook_id = $1 AND s.trigger NOT IN ('event', 'test')
      AND s.event_id > $2 AND s.event_id <= $3 AND s.event_id = e.id)
    AND ${unqueued('e.id')}`;

/** What was held for a webhook while it was off, as the first deliveries that these events would have had then. */
export const catchUpSource: Source = missedEvents({
  missing: held,
  start: ({ after }) => after ?? lastIdOf(-1),
  queue: (tx, { webhookId, linePlace }, eventIds) =>
    queueHeld(tx, webhookId ?? '', eventIds, linePlace ?? null),
});
