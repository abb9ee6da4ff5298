import { trackingDays } from '@trunkline/contract/tracking';
import { verificationMonths } from '@trunkline/contract/verification';
import type pg from 'pg';
import type { Logger } from 'pino';
import { removeOldInbound } from './inbound-retention.ts';
import { longestLogRetention, removeOldLines } from './log-retention.ts';
import { uuid7FloorOf } from '../lib/uuid7.ts';
import { keepMeasures } from '../measures/retention.ts';
import { nodeLocks } from './on-one-node.ts';
import { addPartitions, dropPartitions, partitioned } from './partitions.ts';
import type { Partitioned, Transact } from './partitions.ts';

const dayMs = 86_400_000;
const everyMs = 15 * 60_000;
/** Events and attempts older than this go, a day at a time; log lines after what their organizations set. */
const historyDays = 30;

export interface MaintenanceOptions {
  pool: pg.Pool;
  clock: () => number;
  log: Logger;
  /** Asks for the database's time, in milliseconds since the epoch. */
  databaseTime?: (pool: pg.Pool) => Promise<number>;
}

/** Scheduled housekeeping of the database; runs at once and then every quarter of an hour, on one node at a time. */
export class Maintenance {
  readonly #options: Required<MaintenanceOptions>;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor({ pool, clock, log, databaseTime = timeOf }: MaintenanceOptions) {
    this.#options = { pool, clock, log, databaseTime };
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

  /**
   * One round. What fails is logged, does not keep the rest from being done, and is tried again in the next one. What
   * removes by age goes by the earlier of two clocks, this node's and the database's: a single wrong one, ahead, would
   * remove what everybody still wants.
   */
  async run(): Promise<void> {
    const { clock, log, pool, databaseTime } = this.#options;
    const stored = await databaseTime(pool).catch((error: unknown) => {
      log.warn({ err: error }, 'housekeeping failed');
      return undefined;
    });
    if (stored === undefined) return;
    const now = Math.min(stored, clock());
    for (const table of partitioned) {
      await this.#transact((client) => addPartitions(client, table, stored));
      const end = await this.#transact((client) => endOfRetention(client, table, now));
      if (end !== undefined) await dropPartitions(this.#transact, table, end, log);
      if (end !== undefined && table === 'events')
        await this.#transact((client) => forgetHeldBefore(client, end));
    }
    const transaction = async (work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> => {
      await this.#transact(work);
    };
    await removeOldLines(now, transaction);
    await removeOldInbound(now, transaction);
    await this.#transact((client) => keepMeasures(client, now));
    for (const statement of expiry) await this.#transact((client) => client.query(statement));
  }

  /** Nothing when another node is at it. A wait for a lock ends soon, since accepting events would wait behind it. */
  readonly #transact: Transact = async <T>(work: (client: pg.PoolClient) => Promise<T>) => {
    const { pool, log } = this.#options;
    let result: T | undefined;
    try {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query(`SET LOCAL lock_timeout = '2s'`);
        const { rows } = await client.query<{ mine: boolean }>(
          'SELECT pg_try_advisory_xact_lock($1) AS mine',
          [nodeLocks.maintenance],
        );
        if (rows[0]?.mine) result = await work(client);
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
      return result;
    } catch (error) {
      log.warn({ err: error }, 'housekeeping failed');
      return undefined;
    }
  };
}

async function timeOf(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return rows[0]!.now.getTime();
}

/** The start of the first day that is kept, in milliseconds since the epoch. */
async function endOfRetention(client: pg.PoolClient, table: Partitioned, now: number): Promise<number> {
  const days = table === 'log_entries' ? await longestLogRetention(client) : historyDays;
  return Math.floor(now / dayMs) * dayMs - days * dayMs;
}

/** What was held for webhooks that are off, or left out, goes with its events; `end` in milliseconds since the epoch. */
async function forgetHeldBefore(client: pg.PoolClient, end: number): Promise<void> {
  await client.query('DELETE FROM webhook_hold_days WHERE day < $1::date', [
    new Date(end).toISOString().slice(0, 10),
  ]);
  await client.query('DELETE FROM webhook_skips WHERE last < $1', [uuid7FloorOf(end)]);
}

const expiry = [
  // A part each time: many fail together, and so they expire together.
  `DELETE FROM dead_letters WHERE delivery_id IN (
     SELECT delivery_id FROM dead_letters WHERE expires_at < now() AND NOT retrying ORDER BY expires_at LIMIT 50000
     FOR UPDATE SKIP LOCKED)`,
  `DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'`,
  'DELETE FROM api_keys WHERE expires_at < now()',
  `DELETE FROM check_runs WHERE finished_at < now() - interval '30 days'`,
  `DELETE FROM verification_runs WHERE finished_at < now() - interval '${verificationMonths} months'`,
  `DELETE FROM scoped_keys WHERE least(revoked_at, expires_at) < now() - interval '1 year'`,
  `DELETE FROM portal_tokens WHERE expires_at < now() - interval '30 days'`,
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
  `DELETE FROM webhook_older_secrets WHERE expires_at < now()`,
  `UPDATE webhooks SET previous_secret_box = NULL, previous_secret_expires_at = NULL, version = version + 1
   WHERE previous_secret_expires_at < now()`,
];
