import type pg from 'pg';
import type { DeliveryTrigger } from '@trunkline/contract/deliveries';
import { int4Array, uuidArray } from '../lib/pg-binary.ts';
import type { Lease } from './types.ts';

export interface ClaimedRow {
  id: string;
  fence: number;
  organizationId: string;
  webhookId: string;
  trigger: DeliveryTrigger;
  replayOf: string | null;
  attempts: number;
  attemptsBefore: number;
  claims: number;
  eventId: string;
  /** Null when retention has dropped the event. */
  type: string | null;
  key: string | null;
  body: string | null;
  /** When it fell due. */
  dueAt: Date;
}

/**
 * Takes due deliveries: retries, backlog, and those whose lease ran out. Database time decides. `from` is a
 * low-water mark that spares the scan the dead index entries at the head of the queue.
 */
const claim = {
  name: 'claim',
  text: `
  WITH due AS MATERIALIZED (
    SELECT id, due_at FROM delivery_queue
    WHERE due_at <= now() AND due_at >= $4::timestamptz AND webhook_id <> ALL ($5::uuid[])
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED),
  claimed AS (
    UPDATE delivery_queue q SET owner = $1, fence = q.fence + 1, claims = q.claims + 1,
      due_at = now() + $2 * interval '1 second'
    FROM due WHERE q.id = due.id
    RETURNING q.id, q.fence, q.organization_id, q.webhook_id, q.trigger, q.replay_of, q.attempts, q.attempts_before,
      q.claims, q.event_id, due.due_at)
  SELECT c.id, c.fence, c.organization_id AS "organizationId", c.webhook_id AS "webhookId", c.trigger,
    c.replay_of AS "replayOf", c.attempts, c.attempts_before AS "attemptsBefore", c.claims, c.event_id AS "eventId",
    e.type, e.key, e.body, c.due_at AS "dueAt"
  FROM claimed c LEFT JOIN events e ON e.id = c.event_id
  ORDER BY c.id`,
};

const markOf = (from: number) => (from === 0 ? '-infinity' : new Date(from).toISOString());

export interface ClaimOptions {
  nodeId: string;
  leaseSeconds: number;
  limit: number;
  /** Milliseconds since the epoch by the database's clock. */
  from: number;
  /** Webhooks of which this node has enough in hand. */
  without: readonly string[];
}

export async function claimDue(pool: pg.Pool, options: ClaimOptions): Promise<ClaimedRow[]> {
  const { rows } = await pool.query<ClaimedRow>({
    ...claim,
    values: [
      options.nodeId,
      options.leaseSeconds,
      options.limit,
      markOf(options.from),
      uuidArray(options.without),
    ],
  });
  return rows;
}

/**
 * When the next delivery from the low-water mark on falls due (milliseconds since the epoch), and the database's
 * own time.
 */
export async function nextDue(pool: pg.Pool, from: number): Promise<{ dueAt: number | null; now: number }> {
  const { rows } = await pool.query<{ dueAt: Date | null; now: Date }>({
    name: 'next_due',
    text: `SELECT now() AS now, (SELECT due_at FROM delivery_queue
      WHERE due_at < 'infinity' AND due_at >= $1::timestamptz ORDER BY due_at LIMIT 1) AS "dueAt"`,
    values: [markOf(from)],
  });
  return { dueAt: rows[0]?.dueAt?.getTime() ?? null, now: rows[0]?.now.getTime() ?? 0 };
}

/** Prolongs leases; gives the ids that this node still holds. */
export async function renewLeases(
  pool: pg.Pool,
  leases: readonly { id: string; fence: number }[],
  leaseSeconds: number,
): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'renew_leases',
    text: `UPDATE delivery_queue q SET due_at = now() + $3 * interval '1 second'
      FROM unnest($1::uuid[], $2::int4[]) AS r (id, fence)
      WHERE q.id = r.id AND q.fence = r.fence RETURNING q.id`,
    values: [uuidArray(leases.map((l) => l.id)), int4Array(leases.map((l) => l.fence)), leaseSeconds],
  });
  return new Set(rows.map((row) => row.id));
}

/** What a node gives back. */
export type Returned = Pick<Lease, 'id' | 'fence' | 'webhookId'>;

/**
 * `now`: anybody may claim it at once. `later`: in a minute, since this node cannot send it. `held`: it waits
 * until its webhook is switched on. `cancel`: its webhook or its event is gone.
 */
export type HandBack = 'now' | 'later' | 'held' | 'cancel';

const dueAt = {
  now: 'now()',
  later: `now() + interval '1 minute'`,
  held: `CASE WHEN EXISTS (SELECT FROM w WHERE w.id = q.webhook_id AND w.enabled) THEN now()
    ELSE 'infinity'::timestamptz END`,
};

/**
 * Hands deliveries back untouched. The node's copy of the webhook may be older than the switch itself, so
 * `held` looks again, under a lock that a switch waits for: what came too late to be resumed falls due now.
 */
export async function handBack(
  pool: pg.Pool,
  leases: readonly Returned[],
  how: Exclude<HandBack, 'cancel'>,
): Promise<void> {
  const switches =
    how === 'held'
      ? `w AS MATERIALIZED (SELECT id, enabled AND deleted_at IS NULL AS enabled FROM webhooks
          WHERE id = ANY ($3::uuid[]) ORDER BY id FOR SHARE),`
      : '';
  const values: unknown[] = [uuidArray(leases.map((l) => l.id)), int4Array(leases.map((l) => l.fence))];
  if (how === 'held') values.push([...new Set(leases.map((l) => l.webhookId))]);
  await pool.query({
    name: `hand_back_${how}`,
    text: `WITH ${switches} r AS (SELECT * FROM unnest($1::uuid[], $2::int4[]) AS r (id, fence))
      UPDATE delivery_queue q SET owner = NULL, fence = q.fence + 1, claims = greatest(q.claims - 1, 0),
        due_at = ${dueAt[how]}
      FROM r WHERE q.id = r.id AND q.fence = r.fence`,
    values,
  });
}

/** Cancels deliveries that can never be sent; a dead letter among them is at rest again. */
export async function cancel(pool: pg.Pool, leases: readonly Returned[]): Promise<void> {
  await pool.query({
    name: 'cancel',
    text: `WITH gone AS (
        DELETE FROM delivery_queue q USING unnest($1::uuid[], $2::int4[]) AS r (id, fence)
        WHERE q.id = r.id AND q.fence = r.fence RETURNING q.id)
      UPDATE dead_letters d SET retrying = false FROM gone WHERE d.delivery_id = gone.id`,
    values: [uuidArray(leases.map((l) => l.id)), int4Array(leases.map((l) => l.fence))],
  });
}

/** Frees what a former process of an embedded database still holds; nobody else can be at work on it. */
export async function freeAllLeases(pool: pg.Pool): Promise<void> {
  await pool.query(
    `UPDATE delivery_queue SET owner = NULL, fence = fence + 1, due_at = now() WHERE owner IS NOT NULL AND due_at < 'infinity'`,
  );
}
