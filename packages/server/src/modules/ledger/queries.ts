import type { LedgerOutcome } from '@trunkline/contract/ledger';
import type { Tx } from '../../ctx.ts';
import { isHeld, subscribes, untouched } from '../webhooks/held-events.ts';
import { firstDeliveryIds, firstReplayId } from './rules.ts';
import type { DeliveryFacts, Pair, WebhookFacts } from './rules.ts';

export interface EventRow {
  id: string;
  /** The caller's own id. */
  key: string | null;
  type: string;
  subject: string | null;
}

export interface EventFilter {
  eventType?: string | undefined;
  subject?: string | undefined;
  /** Inclusive. */
  from: string | undefined;
  /** Exclusive. */
  before: string | undefined;
}

/**
 * The newest `looks` events of the organization in the bounds, without those that the filter leaves out; the bound
 * holds how rare a type or a subject may be. `end` is the id of the last one looked at, null when no further ones
 * are there.
 */
export async function listEventRows(
  tx: Tx,
  filter: EventFilter,
  looks: number,
): Promise<{ rows: EventRow[]; end: string | null }> {
  const rows = await tx.query<EventRow & { matches: boolean; last: boolean }>(
    `SELECT id, key, type, subject, matches, last FROM (
       SELECT id, key, type, subject,
         ($4::text IS NULL OR type = $4) AND ($5::text IS NULL OR (subject IS NOT NULL AND subject = $5)) AS matches,
         row_number() OVER (ORDER BY id DESC) = $3 AS last
       FROM (
         SELECT id, key, type, subject FROM events
         WHERE organization_id = current_organization()
           AND ($1::uuid IS NULL OR id >= $1) AND ($2::uuid IS NULL OR id < $2)
         ORDER BY id DESC LIMIT $3) looked) e
     WHERE matches OR last ORDER BY id DESC`,
    [filter.from ?? null, filter.before ?? null, looks, filter.eventType ?? null, filter.subject ?? null],
  );
  const end = rows.at(-1);
  return { rows: rows.filter(({ matches }) => matches), end: end?.last ? end.id : null };
}

export interface StoredEventRow extends EventRow {
  test: boolean;
  body: string;
}

/** An event by its message id: the caller's own id where it gave one, else the row's. */
export async function findEvent(tx: Tx, messageId: string): Promise<StoredEventRow | undefined> {
  const columns = 'e.id, e.key, e.type, e.subject, e.test, e.body';
  const [byKey] = await tx.query<StoredEventRow>(
    `SELECT ${columns} FROM event_keys k JOIN events e ON e.id = k.event_id
     WHERE k.organization_id = current_organization() AND k.key = $1
       AND e.organization_id = current_organization()`,
    [messageId],
  );
  if (byKey || !isUuid.test(messageId)) return byKey;
  const [byId] = await tx.query<StoredEventRow>(
    `SELECT ${columns} FROM events e
     WHERE e.organization_id = current_organization() AND e.id = $1 AND e.key IS NULL`,
    [messageId],
  );
  return byId;
}

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Events by their row ids; those past their retention are not there. */
export async function listEventsById(tx: Tx, ids: readonly string[]): Promise<EventRow[]> {
  return tx.query<EventRow>(
    `SELECT e.id, e.key, e.type, e.subject FROM unnest($1::uuid[]) AS wanted (id) JOIN events e ON e.id = wanted.id
     WHERE e.organization_id = current_organization()`,
    [ids],
  );
}

/** Every webhook that the organization has or had, newest first, as it is to an event that has no delivery at it. */
export async function listWebhookFacts(tx: Tx, eventId: string): Promise<WebhookFacts[]> {
  return tx.query(
    `SELECT w.id, w.name, w.events, w.deleted_at AS "deletedAt",
       EXISTS (SELECT FROM webhook_holds h WHERE h.webhook_id = w.id AND h.after < $1) AS held,
       EXISTS (SELECT FROM bulk_jobs j WHERE j.organization_id = w.organization_id AND j.webhook_id = w.id
         AND j.kind = 'catch_up' AND j.state IN ('running', 'paused') AND coalesce(j.cursor, j.after) < $1) AS "catchingUp",
       EXISTS (SELECT FROM webhook_skips s WHERE s.webhook_id = w.id AND s.after < $1 AND s.last >= $1) AS skipped
     FROM webhooks w WHERE w.organization_id = current_organization() ORDER BY w.id DESC`,
    [eventId],
  );
}

export async function hasWebhook(tx: Tx, id: string): Promise<boolean> {
  // A deleted webhook keeps its history.
  const known = await tx.query(
    'SELECT FROM webhooks WHERE organization_id = current_organization() AND id = $1',
    [id],
  );
  return known.length > 0;
}

/** The last attempt of each delivery of a pair `p`; `which` bounds the attempts `a` by an index. */
const attemptsOf = (which: string) => `
  SELECT DISTINCT ON (a.delivery_id) a.delivery_id, a.trigger, a.state, a.number, a.response_status, a.error_code,
    a.started_at + a.duration_ms * interval '1 millisecond' AS ended_at
  FROM attempts a
  WHERE a.organization_id = current_organization() AND a.webhook_id = p.webhook_id AND a.event_id = p.event_id
    AND ${which}
  ORDER BY a.delivery_id DESC, a.number DESC`;

const firstOnes = `a.trigger = 'event' AND a.delivery_id BETWEEN p.first_from AND p.first_to`;
const replays = `a.trigger <> 'event' AND a.delivery_id >= p.replays_from`;

const queueOf = (which: string) => `
  SELECT * FROM delivery_queue q
  WHERE q.organization_id = current_organization() AND q.webhook_id = p.webhook_id AND q.event_id = p.event_id
    AND ${which}`;

/**
 * All deliveries of webhooks and events, in one statement and so of one moment: from the queue, from the attempts
 * that ended one, and of a deleted webhook from attempts that nothing follows. A retried dead letter counts as
 * queued. Every part is a look into an index for one pair.
 */
const deliveries = `
  SELECT p.webhook_id AS "webhookId", w.name AS "webhookName", p.event_id AS "eventId",
    d.id AS "deliveryId", d.trigger = 'event' AS first, d.state, d.attempts AS "attemptCount",
    d.response_status AS "responseStatus", d.error_code AS "errorCode", d.ended_at AS "endedAt",
    d.dead_since AS "deadSince", d.leased, d.due_at AS "dueAt", d.retrying, d.in_line AS "inLine", d.parked,
    w.enabled AS "webhookEnabled", w.paused AS "webhookPaused", w.circuit_open AS "circuitOpen",
    w.deleted_at AS "webhookDeletedAt"
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[])
    AS p (webhook_id, event_id, first_from, first_to, replays_from)
  JOIN webhooks w ON w.id = p.webhook_id AND w.organization_id = current_organization()
  CROSS JOIN LATERAL (
    SELECT q.id, q.trigger, 'queued' AS state, q.attempts, a.response_status, a.error_code, NULL::timestamptz AS ended_at,
      NULL::timestamptz AS dead_since, q.owner IS NOT NULL AND q.due_at > now() AND q.due_at < 'infinity' AS leased,
      CASE WHEN q.owner IS NULL AND q.due_at < 'infinity' THEN q.due_at END AS due_at,
      q.attempts > q.attempts_before AS retrying,
      -- The head of a line is the one that was attempted already, else the oldest.
      w.ordering <> 'none' AND q.due_at = 'infinity' AND EXISTS (
        SELECT FROM delivery_queue o
        WHERE o.organization_id = current_organization() AND o.webhook_id = q.webhook_id AND o.subject = q.subject
          AND (o.attempts = 0, coalesce(o.place, 0), o.id) < (q.attempts = 0, coalesce(q.place, 0), q.id)) AS in_line,
      w.ordering = 'park' AND q.due_at = 'infinity' AND EXISTS (
        SELECT FROM dead_letters l
        WHERE l.organization_id = current_organization() AND l.webhook_id = q.webhook_id AND l.subject = q.subject
          AND l.delivery_id <> q.id AND NOT l.retrying) AS parked
    FROM (
      (${queueOf(`q.trigger = 'event' AND q.id BETWEEN p.first_from AND p.first_to`)})
      UNION ALL
      (${queueOf(`q.trigger <> 'event'`)})) q
    LEFT JOIN LATERAL (
      SELECT a.response_status, a.error_code FROM attempts a
      WHERE a.delivery_id = q.id ORDER BY a.number DESC LIMIT 1) a ON true
    UNION ALL
    SELECT a.delivery_id, a.trigger, a.state, a.number, a.response_status, a.error_code, a.ended_at, l.failed_at,
      false, NULL, false, false, false
    FROM (
      (${attemptsOf(`${firstOnes} AND a.state <> 'retrying'`)})
      UNION ALL
      (${attemptsOf(`${replays} AND a.state <> 'retrying'`)})) a
    LEFT JOIN dead_letters l ON l.delivery_id = a.delivery_id
    WHERE NOT EXISTS (SELECT FROM delivery_queue q WHERE q.id = a.delivery_id)
    UNION ALL
    SELECT a.delivery_id, a.trigger, a.state, a.number, a.response_status, a.error_code, a.ended_at, NULL,
      false, NULL, false, false, false
    FROM (
      (${attemptsOf(`${firstOnes} AND w.deleted_at IS NOT NULL`)})
      UNION ALL
      (${attemptsOf(`${replays} AND w.deleted_at IS NOT NULL`)})) a
    WHERE NOT EXISTS (SELECT FROM delivery_queue q WHERE q.id = a.delivery_id)
      AND NOT EXISTS (SELECT FROM attempts f WHERE f.delivery_id = a.delivery_id AND f.state <> 'retrying')) d`;

/** All deliveries that these events have at these webhooks, queued and finished, of one moment. */
export async function listDeliveryFacts(tx: Tx, pairs: readonly Pair[]): Promise<DeliveryFacts[]> {
  const ranges = pairs.map(({ eventId }) => firstDeliveryIds(eventId));
  return tx.query<DeliveryFacts>(deliveries, [
    pairs.map(({ webhookId }) => webhookId),
    pairs.map(({ eventId }) => eventId),
    ranges.map(({ from }) => from),
    ranges.map(({ to }) => to),
    pairs.map(({ eventId }) => firstReplayId(eventId)),
  ]);
}

/** A place of the list of the undelivered; see `placeOf`. */
export interface Place {
  place: string;
  webhookId: string;
}

export interface Candidate extends Place, Pair {
  webhookName: string;
  /** Why an event that is held by reference waits; null for those with a delivery, and for those that owe nothing. */
  held: 'disabled' | 'queued' | null;
}

/**
 * The rows of one source that lie after the cursor, newest place first: an ordered walk along the index that starts
 * with the webhook. `= ANY` keeps the webhook in the order, which so only that index can give. With `=` a planner
 * that has seen one webhook's rows only (its endpoint hangs, the others have nothing waiting) walks along the primary
 * key, for every other webhook through all rows.
 */
const walk = (place: string, from: string, where: string) => `(
  SELECT DISTINCT ON (webhook_id, ${place}) ${place} AS place, event_id, NULL AS held FROM ${from}
  WHERE organization_id = current_organization() AND webhook_id = ANY (ARRAY[w.id]) AND ${where}
    AND ${place} >= $2 AND ${place} <= $3 AND (${place} < $3 OR w.id < $4)
  ORDER BY webhook_id, ${place} DESC LIMIT $5)`;

/**
 * Events from a place `h.after` on that are held by reference, because the webhook is off or what came then is being queued.
 * Those that are not held are rows, too, or a rare type would have to be looked for in all of them at once.
 */
const heldWalk = (reason: NonNullable<Candidate['held']>, holds: string, held: string) => `(
  SELECT e.id AS place, e.id AS event_id, CASE WHEN ${held} THEN '${reason}' END AS held
  FROM (SELECT * FROM ${holds} AND organization_id = current_organization() AND webhook_id = w.id) h
  CROSS JOIN LATERAL (
    SELECT id, type, test FROM events
    WHERE organization_id = current_organization() AND id > h.after AND id >= $2 AND id <= $3 AND (id < $3 OR w.id < $4)
    ORDER BY id DESC LIMIT $5) e)`;
const catchingUp = `(SELECT organization_id, webhook_id, coalesce(cursor, after) AS after FROM bulk_jobs
  WHERE kind = 'catch_up' AND state IN ('running', 'paused')) j WHERE true`;

/** Of each outcome, the first deliveries by their own ids and the replays by their events'. Tests owe nothing. */
const first = `trigger = 'event'`;
const replay = `trigger <> 'event' AND trigger <> 'test'`;
const ended = `state IN ('failed', 'dlq')`;
const walks: Record<Exclude<LedgerOutcome, 'delivered' | 'not_sent'>, string[]> = {
  waiting: [
    walk('id', 'delivery_queue', first),
    walk('event_id', 'delivery_queue', replay),
    heldWalk('disabled', 'webhook_holds WHERE true', isHeld),
    heldWalk('queued', catchingUp, `NOT e.test AND ${subscribes('e.type', 'w.events')} AND ${untouched}`),
  ],
  dead_lettered: [walk('delivery_id', 'dead_letters', first), walk('event_id', 'dead_letters', replay)],
  gave_up: [
    walk('delivery_id', 'attempts', `${first} AND ${ended}`),
    walk('event_id', 'attempts', `${replay} AND ${ended}`),
  ],
};

export interface CandidateFilter {
  webhookId: string | undefined;
  outcome: 'all' | keyof typeof walks;
  /** First place of the list's time, inclusive. */
  from: string;
  after: Place;
  limit: number;
}

/**
 * What may be undelivered, newest first: the next places after a cursor. Some of them were delivered by then or are
 * overtaken by another delivery of their event.
 */
export async function listCandidates(tx: Tx, filter: CandidateFilter): Promise<Candidate[]> {
  const sources = filter.outcome === 'all' ? Object.values(walks).flat() : walks[filter.outcome];
  return tx.query<Candidate>(
    `SELECT DISTINCT c.place, w.id AS "webhookId", w.name AS "webhookName", c.event_id AS "eventId", c.held
     FROM webhooks w CROSS JOIN LATERAL (${sources.join(' UNION ALL ')}) c
     WHERE w.organization_id = current_organization() AND ($1::uuid IS NULL OR w.id = $1)
     ORDER BY c.place DESC, w.id DESC LIMIT $5`,
    [filter.webhookId ?? null, filter.from, filter.after.place, filter.after.webhookId, filter.limit],
  );
}
