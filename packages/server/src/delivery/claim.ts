import type pg from 'pg';
import type { DeliveryTrigger } from '@trunkline/contract/deliveries';
import { int4Array, uuidArray } from '../lib/pg-binary.ts';
import { markedClaims } from './suspects.ts';
import type { Lease } from './types.ts';

export interface ClaimedRow {
  id: string;
  fence: number;
  organizationId: string;
  webhookId: string;
  /** Null when the webhook does not exist. */
  webhookVersion: number | null;
  trigger: DeliveryTrigger;
  replayOf: string | null;
  /** The line that it is the head of. */
  line: string | null;
  attempts: number;
  attemptsBefore: number;
  claims: number;
  eventId: string;
  /** Null when retention has dropped the event. */
  type: string | null;
  key: string | null;
  body: string | null;
}

export interface DueRow extends ClaimedRow {
  /** When it fell due. */
  dueAt: Date;
  /** It went into its endpoint's backlog instead, because this node has enough of it in hand. */
  surplus: boolean;
}

const leasedColumns = `q.id, q.fence, q.organization_id, q.webhook_id, q.trigger, q.replay_of, q.subject, q.attempts,
      q.attempts_before, q.claims, q.event_id`;

/**
 * Leases every row that a statement picked as `due` to node $1 for $2 seconds: its next part, named `claimed`. An array
 * of ids, whose length the planner takes for small, keeps it from reading the whole queue for a join.
 */
export const leaseAll = `
  claimed AS (
    UPDATE delivery_queue q SET owner = $1, fence = q.fence + 1, claims = q.claims + 1,
      due_at = now() + $2 * interval '1 second'
    WHERE q.id = ANY (ARRAY(SELECT id FROM due)) RETURNING ${leasedColumns})`;

/** A {@link ClaimedRow} of `claimed` as c, its event as e and its webhook as w. */
export const claimedColumns = `c.id, c.fence, c.organization_id AS "organizationId", c.webhook_id AS "webhookId",
    w.version AS "webhookVersion", c.trigger,
    c.replay_of AS "replayOf", c.subject AS line, c.attempts, c.attempts_before AS "attemptsBefore", c.claims,
    c.event_id AS "eventId", e.type, e.key, e.body`;

/** Who leases, and for how long. */
export interface Claimant {
  nodeId: string;
  leaseSeconds: number;
}

/** Ends a statement that has picked rows as `due`: leases them and gives them as {@link ClaimedRow}. */
export const takeDue = `${leaseAll}
  SELECT ${claimedColumns} FROM claimed c LEFT JOIN events e ON e.id = c.event_id
  LEFT JOIN webhooks w ON w.id = c.webhook_id ORDER BY c.id`;

/**
 * Takes due deliveries: retries, replays, and those whose lease ran out. Database time decides. `from` is a
 * low-water mark that spares the scan the dead index entries at the head of the queue. What this node has enough
 * of moves out of the way into its backlog, so that no claim has to step over it again.
 */
const claim = {
  name: 'claim',
  text: `
  WITH due AS MATERIALIZED (
    SELECT id, due_at FROM delivery_queue
    WHERE due_at <= now() AND due_at >= $4::timestamptz
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED),
  claimed AS (
    UPDATE delivery_queue q SET fence = q.fence + 1,
      owner = CASE WHEN q.webhook_id = ANY ($5::uuid[]) THEN NULL ELSE $1::uuid END,
      claims = q.claims + CASE WHEN q.webhook_id = ANY ($5::uuid[]) THEN 0 ELSE 1 END,
      due_at = CASE WHEN q.webhook_id = ANY ($5::uuid[]) THEN 'infinity' ELSE now() + $2 * interval '1 second' END
    FROM due WHERE q.id = due.id
    RETURNING ${leasedColumns}, due.due_at, q.owner IS NULL AS surplus)
  SELECT ${claimedColumns}, c.due_at AS "dueAt", c.surplus
  FROM claimed c LEFT JOIN events e ON e.id = c.event_id AND NOT c.surplus
  LEFT JOIN webhooks w ON w.id = c.webhook_id ORDER BY c.id`,
};

/**
 * How far behind the row that was claimed last the next claim begins: transactions that were open may have inserted rows a
 * little older. A sweep finds what a longer one left behind. More would be paid while an old snapshot keeps dead entries in
 * the index: each claim steps over all of them that lie in between.
 */
export const lowWaterSlackMs = 100;

const markOf = (from: number) => (from === 0 ? '-infinity' : new Date(from).toISOString());

export interface ClaimOptions extends Claimant {
  limit: number;
  /** Milliseconds since the epoch by the database's clock. */
  from: number;
  /** Webhooks of which this node has enough in hand. */
  saturated: readonly string[];
}

export async function claimDue(pool: pg.Pool, options: ClaimOptions): Promise<DueRow[]> {
  const { rows } = await pool.query<DueRow>({
    ...claim,
    values: [
      options.nodeId,
      options.leaseSeconds,
      options.limit,
      markOf(options.from),
      uuidArray(options.saturated),
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

/**
 * Frees what this node holds without knowing it: the answer to the statement that leased it was lost. Such a claim does
 * not count against the delivery, and nobody has to wait for the lease to run out. Only leases that are half over are
 * looked at: those that the node knows of are renewed long before, and a newer one may still be on its way here.
 */
export async function freeUnknown(
  pool: pg.Pool,
  { nodeId, leaseSeconds }: Claimant,
  known: readonly string[],
): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE delivery_queue SET owner = NULL, fence = fence + 1, claims = greatest(claims - 1, 0), due_at = now()
     WHERE owner = $1 AND due_at > now() AND due_at < now() + $2 * interval '0.5 second' AND id <> ALL ($3::uuid[])`,
    [nodeId, leaseSeconds, uuidArray(known)],
  );
  return rowCount ?? 0;
}

/**
 * Notes that a delivery is sent now and alone, since it may end its worker (`Suspects`). False when its lease is lost.
 */
export async function markSuspect(pool: pg.Pool, { id, fence }: Returned): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'mark_suspect',
    text: 'UPDATE delivery_queue SET claims = $3 WHERE id = $1 AND fence = $2',
    values: [id, fence, markedClaims],
  });
  return rowCount === 1;
}

/** What a node gives back. */
export type Returned = Pick<Lease, 'id' | 'fence'>;

/**
 * `now`: anybody may claim it at once. `later`: in a minute, since this node cannot send it. `held`: into its
 * endpoint's backlog, since the endpoint does not flow or this node has enough of it. `cancel`: its webhook or
 * its event is gone.
 */
export type HandBack = 'now' | 'later' | 'held' | 'cancel';

const dueAt = { now: 'now()', later: `now() + interval '1 minute'`, held: `'infinity'` };

/**
 * Hands deliveries back untouched. That the node's copy of the webhook may be older than a switch does no harm:
 * every node looks for backlogs that flow all the time.
 */
export async function handBack(
  pool: pg.Pool,
  leases: readonly Returned[],
  how: Exclude<HandBack, 'cancel'>,
): Promise<void> {
  await pool.query({
    name: `hand_back_${how}`,
    text: `UPDATE delivery_queue q SET owner = NULL, fence = q.fence + 1, claims = greatest(q.claims - 1, 0),
        due_at = ${dueAt[how]}
      FROM unnest($1::uuid[], $2::int4[]) AS r (id, fence) WHERE q.id = r.id AND q.fence = r.fence`,
    values: [uuidArray(leases.map((l) => l.id)), int4Array(leases.map((l) => l.fence))],
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
