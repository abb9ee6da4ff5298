import type pg from 'pg';
import type { DeliveryTrigger } from '@trunkline/contract/deliveries';
import { int4Array, uuidArray } from '../lib/pg-binary.ts';

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
      options.from === 0 ? '-infinity' : new Date(options.from).toISOString(),
      uuidArray(options.without),
    ],
  });
  return rows;
}

/** When the next delivery falls due (milliseconds since the epoch), and the database's own time. */
export async function nextDue(pool: pg.Pool): Promise<{ dueAt: number | null; now: number }> {
  const { rows } = await pool.query<{ dueAt: Date | null; now: Date }>({
    name: 'next_due',
    text: `SELECT now() AS now, (SELECT due_at FROM delivery_queue WHERE due_at < 'infinity' ORDER BY due_at LIMIT 1)
      AS "dueAt"`,
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

/** Hands deliveries back untouched: to be claimed at once, or held until their webhook is switched on. */
export async function handBack(
  pool: pg.Pool,
  leases: readonly { id: string; fence: number }[],
  until: 'now' | 'infinity',
): Promise<void> {
  await pool.query({
    name: `hand_back_${until}`,
    text: `UPDATE delivery_queue q SET owner = NULL, fence = q.fence + 1, claims = greatest(q.claims - 1, 0),
        due_at = ${until === 'now' ? 'now()' : `'infinity'`}
      FROM unnest($1::uuid[], $2::int4[]) AS r (id, fence) WHERE q.id = r.id AND q.fence = r.fence`,
    values: [uuidArray(leases.map((l) => l.id)), int4Array(leases.map((l) => l.fence))],
  });
}

/** Cancels deliveries whose webhook is gone. */
export async function cancel(pool: pg.Pool, leases: readonly { id: string; fence: number }[]): Promise<void> {
  await pool.query({
    name: 'cancel',
    text: `DELETE FROM delivery_queue q USING unnest($1::uuid[], $2::int4[]) AS r (id, fence)
      WHERE q.id = r.id AND q.fence = r.fence`,
    values: [uuidArray(leases.map((l) => l.id)), int4Array(leases.map((l) => l.fence))],
  });
}

/** Frees what a former process of an embedded database still holds; nobody else can be at work on it. */
export async function freeAllLeases(pool: pg.Pool): Promise<void> {
  await pool.query(
    `UPDATE delivery_queue SET owner = NULL, fence = fence + 1, due_at = now() WHERE owner IS NOT NULL AND due_at < 'infinity'`,
  );
}
