import type { EventRange } from './rules.ts';

/** The values of {@link undelivered} and what stands before it, in their order: $1 to $5. */
export function rangeValues(webhookId: string, range: EventRange): string[] {
  return [webhookId, range.after, range.last, range.firstDelivery, range.lastDelivery];
}

/**
 * SQL: webhook $1 neither received the event nor has it in its queue. The event lies after $2 up to $3, the
 * deliveries that came with such events from $4 to $5; a replay or recovery has an id of its own time and is found
 * by its event. Every look is into one range of an index, so that it costs what the range holds, however much
 * history or queue lies around it.
 */
export const undelivered = (eventId: string) => `
  NOT EXISTS (SELECT FROM attempts s WHERE s.webhook_id = $1 AND s.trigger = 'event' AND s.state = 'success'
    AND s.delivery_id BETWEEN $4 AND $5 AND s.event_id = ${eventId})
  AND NOT EXISTS (SELECT FROM attempts s WHERE s.webhook_id = $1 AND s.trigger <> 'event' AND s.state = 'success'
    AND s.event_id > $2 AND s.event_id <= $3 AND s.event_id = ${eventId})
  AND ${unqueued(eventId)}`;

/** SQL: webhook $1 has the event not in its queue; as {@link undelivered}. */
export const unqueued = (eventId: string) => `
  NOT EXISTS (SELECT FROM delivery_queue q WHERE q.webhook_id = $1 AND q.trigger = 'event'
    AND q.id BETWEEN $4 AND $5 AND q.event_id = ${eventId})
  AND NOT EXISTS (SELECT FROM delivery_queue q WHERE q.webhook_id = $1 AND q.trigger <> 'event'
    AND q.event_id > $2 AND q.event_id <= $3 AND q.event_id = ${eventId})`;
