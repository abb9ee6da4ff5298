import { trackingDays } from '@trunkline/contract/tracking';
import { verificationMonths } from '@trunkline/contract/verification';
import type pg from 'pg';
import type { Logger } from 'pino';
import { uuid7FloorOf } from '../lib/uuid7.ts';
import { removeOldInbound } from './inbound-retention.ts';
import { longestLogRetention, removeOldLines } from './log-retention.ts';
import { keepMeasures } from '../measures/retention.ts';
import { nodeLocks } from './on-one-node.ts';

const dayMs = 86_400_000;
const everyMs = 15 * 60_000;
/** Partitions are made this many days ahead. */
const daysAhead = 4;
/** Events and attempts older than this go, a day at a time; log lines after what their organizations set. */
const historyDays = 30;

const partitioned = ['events', 'attempts', 'log_entries'] as const;
type Partitioned = (typeof partitioned)[number];
/** The column whose time decides the partition. */
const keyOf = { events: 'id', attempts: 'delivery_id', log_entries: 'id' } as const;

/** Scheduled housekeeping of the database; runs at once and then every quarter of an hour, on one node at a time. */
export class Maintenance {
  readonly #options: { pool: pg.Pool; clock: () => number; log: Logger };
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: { pool: pg.Pool; clock: () => number; log: Logger }) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.run();
    this.#timer = setInterval(() => {
      this.#running = this.run();
    }, everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One round. What fails is logged, does not keep the rest from being done, and is tried again in the next one. */
  async run(): Promise<void> {
    const { clock, log } = this.#options;
    const now = clock();
    for (const table of partitioned) {
      await this.#transaction((client) => addPartitions(client, table, now));
      await this.#transaction((client) => dropOldPartitions(client, table, now, log));
    }
    await removeOldLines(now, (work) => this.#transaction(work));
    await removeOldInbound(now, (work) => this.#transaction(work));
    await this.#transaction((client) => keepMeasures(client, now));
    for (const statement of expiry) await this.#transaction((client) => client.query(statement));
  }

  /** Nothing when another node is at it. A wait for a lock ends soon, since accepting events would wait behind it. */
  async #transaction(work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> {
    const { pool, log } = this.#options;
    try {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query(`SET LOCAL lock_timeout = '2s'`);
        const { rows } = await client.query<{ mine: boolean }>(
          'SELECT pg_try_advisory_xact_lock($1) AS mine',
          [nodeLocks.maintenance],
        );
        if (rows[0]?.mine) await work(client);
        await client.query('COMMIT');
      } catch (error) {
        // A connection that cannot even roll back is of no more use.
        const broken = await client.query('ROLLBACK').then(
          () => false,
          () => true,
        );
        client.release(broken);
        throw error;
      }
      client.release();
    } catch (error) {
      log.warn({ err: error }, 'housekeeping failed');
    }
  }
}

const expiry = [
  'DELETE FROM dead_letters WHERE expires_at < now() AND NOT retrying',
  `DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'`,
  'DELETE FROM api_keys WHERE expires_at < now()',
  `DELETE FROM check_runs WHERE finished_at < now() - interval '30 days'`,
  `DELETE FROM verification_runs WHERE finished_at < now() - interval '${verificationMonths} months'`,
  `DELETE FROM scoped_keys WHERE least(revoked_at, expires_at) < now() - interval '1 year'`,
  `DELETE FROM api_usage_minutes WHERE minute < now() - interval '48 hours'`,
  `DELETE FROM api_usage_hours WHERE hour < now() - interval '91 days'`,
  `DELETE FROM api_throttled WHERE minute < now() - interval '30 days'`,
  `DELETE FROM api_limit_windows WHERE starts_at < now() - interval '2 days'`,
  // The last ones of every organization and key; the rest is older, or came faster than anybody reads.
  `DELETE FROM api_requests r USING (
     SELECT o.id AS organization_id, (SELECT id FROM api_requests
       WHERE organization_id = o.id ORDER BY id DESC OFFSET 10000 LIMIT 1) AS last FROM organizations o) kept
   WHERE r.organization_id = kept.organization_id AND (r.id <= kept.last OR r.at < now() - interval '7 days')`,
  `DELETE FROM api_key_callers c USING (
     SELECT key_id, ip, user_agent, row_number() OVER (PARTITION BY key_id ORDER BY last_at DESC) AS place
     FROM api_key_callers) ranked
   WHERE (c.key_id, c.ip, c.user_agent) = (ranked.key_id, ranked.ip, ranked.user_agent)
     AND (ranked.place > 50 OR c.last_at < now() - interval '90 days')`,
  `DELETE FROM tracked_events WHERE at < now() - interval '${trackingDays} days'`,
  `UPDATE inbound_sources SET previous_key_box = NULL, previous_key_until = NULL WHERE previous_key_until < now()`,
  `DELETE FROM bulk_jobs WHERE finished_at < now() - interval '90 days'`,
  `DELETE FROM webhook_hours WHERE hour < now() - interval '31 days'`,
  // Stored by an ingest that had not seen the deletion; nobody takes them out of the backlog of a deleted webhook.
  `WITH gone AS (
     DELETE FROM delivery_queue WHERE id IN (
       SELECT q.id FROM webhooks w CROSS JOIN LATERAL (
         SELECT id FROM delivery_queue WHERE webhook_id = w.id AND due_at = 'infinity' LIMIT 10000) q
       WHERE w.deleted_at IS NOT NULL LIMIT 50000)
     RETURNING id)
   UPDATE dead_letters d SET retrying = false FROM gone WHERE d.delivery_id = gone.id`,
  `UPDATE webhooks SET previous_secret_box = NULL, previous_secret_expires_at = NULL, version = version + 1
   WHERE previous_secret_expires_at < now()`,
];

const nameOf = (table: string, day: number) =>
  `${table}_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;

async function partitionsOf(client: pg.PoolClient, table: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass`,
    [table],
  );
  return new Set(rows.map((row) => row.name));
}

async function addPartitions(client: pg.PoolClient, table: Partitioned, now: number): Promise<void> {
  const existing = await partitionsOf(client, table);
  for (let ahead = 0; ahead <= daysAhead; ahead += 1)
    await addPartition(client, table, existing, now + ahead * dayMs);
}

/** The partition of one UTC day; what already lies in the default partition for that day stays there with all of it. */
async function addPartition(
  client: pg.PoolClient,
  table: Partitioned,
  existing: Set<string>,
  time: number,
): Promise<void> {
  const day = Math.floor(time / dayMs) * dayMs;
  const name = nameOf(table, day);
  if (existing.has(name)) return;
  const [from, to] = [uuid7FloorOf(day), uuid7FloorOf(day + dayMs)];
  const { rowCount } = await client.query(
    `SELECT FROM ${table}_default WHERE ${keyOf[table]} >= $1 AND ${keyOf[table]} < $2 LIMIT 1`,
    [from, to],
  );
  if (rowCount) return;
  await client.query(`CREATE TABLE ${name} PARTITION OF ${table} FOR VALUES FROM ('${from}') TO ('${to}')`);
}

/** Ids that a waiting delivery or a dead letter still needs: its event, and the attempts made so far. */
const neededIds = {
  events: 'SELECT event_id AS id FROM delivery_queue UNION ALL SELECT event_id FROM dead_letters',
  attempts: 'SELECT id FROM delivery_queue UNION ALL SELECT delivery_id FROM dead_letters',
  log_entries: 'SELECT NULL::uuid AS id WHERE false',
};

/**
 * Drops whole days past retention, but none that a waiting delivery or a dead letter still needs. What lies in
 * the default partition goes row by row.
 */
async function dropOldPartitions(
  client: pg.PoolClient,
  table: Partitioned,
  now: number,
  log: Logger,
): Promise<void> {
  const keptDays = table === 'log_entries' ? await longestLogRetention(client) : historyDays;
  const end = Math.floor(now / dayMs) * dayMs - keptDays * dayMs;
  const oldest = nameOf(table, end);
  const existing = await partitionsOf(client, table);
  for (const name of [...existing].filter((n) => /_\d{8}$/.test(n) && n < oldest).sort()) {
    const day = Date.parse(name.slice(-8).replace(/(\d{4})(\d{2})(\d{2})/, '$1-$2-$3T00:00:00Z'));
    const bounds = [uuid7FloorOf(day), uuid7FloorOf(day + dayMs)];
    const { rowCount } = await client.query(
      `SELECT FROM (${neededIds[table]}) n WHERE id >= $1 AND id < $2 LIMIT 1`,
      bounds,
    );
    if (rowCount) continue;
    if (table === 'events') {
      await client.query('DELETE FROM event_keys WHERE event_id >= $1 AND event_id < $2', bounds);
    }
    await client.query(`DROP TABLE ${name}`);
    log.info({ partition: name }, 'history past its retention dropped');
  }
  const { rows } = await client.query<{ id: string }>(
    `DELETE FROM ${table}_default t WHERE ${keyOf[table]} < $1
       AND NOT EXISTS (SELECT FROM (${neededIds[table]}) n WHERE n.id = t.${keyOf[table]})
     RETURNING ${keyOf[table]} AS id`,
    [uuid7FloorOf(end)],
  );
  if (rows.length > 0 && table === 'events') {
    await client.query('DELETE FROM event_keys WHERE event_id = ANY ($1::uuid[])', [rows.map((r) => r.id)]);
  }
}
