import type { Tx } from '../../ctx.ts';

/**
 * SQL: whether an event's type is one of a subscription's patterns.
 * @param type and @param patterns are expressions, a text and a text[]
 */
export const subscribes = (
  type: string,
  patterns: string,
) => `('*' = ANY (${patterns}) OR ${type} = ANY (${patterns})
  OR EXISTS (SELECT FROM unnest(${patterns}) AS p (pattern)
    WHERE p.pattern LIKE '%.*' AND starts_with(${type}, left(p.pattern, -1))))`;

/**
 * SQL: webhook `w` never had a delivery of the event `e`, queued or ended. A first delivery shares its first 64 bits with its
 * event, so each part is a look into an index for this one event.
 */
export const untouched = `
  NOT EXISTS (SELECT FROM delivery_queue q WHERE q.webhook_id = w.id AND q.trigger = 'event' AND q.event_id = e.id
    AND q.id BETWEEN (left(e.id::text, 19) || '0000-000000000000')::uuid AND (left(e.id::text, 19) || 'ffff-ffffffffffff')::uuid)
  AND NOT EXISTS (SELECT FROM attempts a WHERE a.webhook_id = w.id AND a.trigger = 'event' AND a.state <> 'retrying'
    AND a.event_id = e.id AND a.delivery_id BETWEEN
      (left(e.id::text, 19) || '0000-000000000000')::uuid AND (left(e.id::text, 19) || 'ffff-ffffffffffff')::uuid)
  AND NOT EXISTS (SELECT FROM delivery_queue q WHERE q.webhook_id = w.id AND q.trigger <> 'event' AND q.event_id = e.id)
  AND NOT EXISTS (SELECT FROM attempts a WHERE a.webhook_id = w.id AND a.trigger NOT IN ('event', 'test')
    AND a.event_id = e.id)`;

/** SQL: the event `e` is held for webhook `w` with its hold `h`. Only what may be older than the hold is looked up. */
export const isHeld = `NOT e.test AND ${subscribes('e.type', 'w.events')} AND (e.id > h.settled OR (${untouched}))`;

/** Events that are looked at on reading, behind those that are counted. */
const tailLimit = 10_000;

/**
 * SQL: events held by reference for webhook `w` with its hold `h`, which may be NULL: one row `events`, with their number and
 * the first one. What is not counted yet is looked at, up to a bound.
 */
export const heldEvents = `LATERAL (
  SELECT coalesce(d.held, 0) + t.held AS held, coalesce(d.first, t.first) AS first
  FROM (SELECT sum(held)::int8 AS held, (array_agg(first_event ORDER BY day))[1] AS first
    FROM webhook_hold_days WHERE webhook_id = h.webhook_id) d,
  (SELECT count(*) AS held, (array_agg(e.id ORDER BY e.id))[1] AS first FROM (
    SELECT id, type, test FROM events
    WHERE organization_id = current_organization() AND id > h.counted_to ORDER BY id LIMIT ${tailLimit}) e
    WHERE ${isHeld}) t) events`;

/** Counts up to `limit` more events of a hold, in the order of their ids up to `last`; gives how many it looked at. */
export async function countFurther(tx: Tx, webhookId: string, last: string, limit: number): Promise<number> {
  const [row] = await tx.query<{ looked: number }>(
    `WITH h AS MATERIALIZED (
       SELECT * FROM webhook_holds WHERE organization_id = current_organization() AND webhook_id = $1
       FOR UPDATE SKIP LOCKED),
     looked AS MATERIALIZED (
       SELECT e.id, e.type, e.test FROM h CROSS JOIN LATERAL (
         SELECT id, type, test FROM events
         WHERE organization_id = current_organization() AND id > h.counted_to AND id <= $2 ORDER BY id LIMIT $3) e),
     counted AS (
       INSERT INTO webhook_hold_days AS d (webhook_id, organization_id, day, held, first_event)
       SELECT w.id, w.organization_id,
         (to_timestamp(('x' || left(replace(e.id::text, '-', ''), 12))::bit(48)::int8 / 1000.0) AT TIME ZONE 'UTC')::date AS day,
         count(*), (array_agg(e.id ORDER BY e.id))[1]
       FROM looked e CROSS JOIN h JOIN webhooks w ON w.id = h.webhook_id
       WHERE ${isHeld} GROUP BY w.id, w.organization_id, day
       ON CONFLICT (webhook_id, day) DO UPDATE SET held = d.held + excluded.held),
     moved AS (
       UPDATE webhook_holds SET counted_to = (SELECT id FROM looked ORDER BY id DESC LIMIT 1)
       WHERE organization_id = current_organization() AND webhook_id = $1 AND EXISTS (SELECT FROM looked))
     SELECT count(*) AS looked FROM looked`,
    [webhookId, last, limit],
  );
  return row?.looked ?? 0;
}
