import type pg from 'pg';
import type { Logger } from 'pino';
import { uuid7FloorOf } from '../lib/uuid7.ts';

const dayMs = 86_400_000;
const everyMs = 15 * 60_000;
/** Partitions are made this many days ahead. */
const daysAhead = 4;
/** Events and attempts older than this go, a day at a time. */
const historyDays = 30;
/** Of all nodes, the one that gets this advisory lock does the work. */
const lockKey = 7_304_182;

const partitioned = ['events', 'attempts'] as const;

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

  /** One round. Faults are logged; the next round tries again. */
  async run(): Promise<void> {
    const { pool, clock, log } = this.#options;
    try {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const { rows } = await client.query<{ mine: boolean }>(
          'SELECT pg_try_advisory_xact_lock($1) AS mine',
          [lockKey],
        );
        if (rows[0]?.mine) await housekeep(client, clock(), log);
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
    } catch (error) {
      log.warn({ err: error }, 'housekeeping failed');
    }
  }
}

async function housekeep(client: pg.PoolClient, now: number, log: Logger): Promise<void> {
  for (const table of partitioned) {
    const existing = await partitionsOf(client, table);
    for (let ahead = 0; ahead <= daysAhead; ahead += 1)
      await addPartition(client, table, existing, now + ahead * dayMs);
    await dropOldPartitions(client, table, existing, now, log);
  }
  await client.query('DELETE FROM dead_letters WHERE expires_at < now() AND NOT retrying');
  await client.query(`DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'`);
  await client.query(`DELETE FROM api_keys WHERE expires_at < now()`);
  await client.query(`DELETE FROM webhook_hours WHERE hour < now() - interval '31 days'`);
  await client.query(
    `UPDATE webhooks SET previous_secret_box = NULL, previous_secret_expires_at = NULL, version = version + 1
     WHERE previous_secret_expires_at < now()`,
  );
}

const nameOf = (table: string, day: number) =>
  `${table}_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;

async function partitionsOf(client: pg.PoolClient, table: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass`,
    [table],
  );
  return new Set(rows.map((row) => row.name));
}

/** The partition of one UTC day; what already lies in the default partition for that day stays there with all of it. */
async function addPartition(
  client: pg.PoolClient,
  table: string,
  existing: Set<string>,
  time: number,
): Promise<void> {
  const day = Math.floor(time / dayMs) * dayMs;
  const name = nameOf(table, day);
  if (existing.has(name)) return;
  const [from, to] = [uuid7FloorOf(day), uuid7FloorOf(day + dayMs)];
  const key = table === 'events' ? 'id' : 'delivery_id';
  const { rowCount } = await client.query(
    `SELECT FROM ${table}_default WHERE ${key} >= $1 AND ${key} < $2 LIMIT 1`,
    [from, to],
  );
  if (rowCount) return;
  await client.query(`CREATE TABLE ${name} PARTITION OF ${table} FOR VALUES FROM ('${from}') TO ('${to}')`);
}

/**
 * Drops whole days past retention, but none with an event that a waiting delivery or a dead letter still needs.
 */
async function dropOldPartitions(
  client: pg.PoolClient,
  table: (typeof partitioned)[number],
  existing: Set<string>,
  now: number,
  log: Logger,
): Promise<void> {
  const oldest = nameOf(table, Math.floor(now / dayMs) * dayMs - historyDays * dayMs);
  for (const name of [...existing].filter((n) => /_\d{8}$/.test(n) && n < oldest).sort()) {
    if (table === 'events') {
      const day = Date.parse(name.slice(-8).replace(/(\d{4})(\d{2})(\d{2})/, '$1-$2-$3T00:00:00Z'));
      const { rowCount } = await client.query(
        `SELECT FROM delivery_queue WHERE event_id >= $1 AND event_id < $2
         UNION ALL SELECT FROM dead_letters WHERE event_id >= $1 AND event_id < $2 LIMIT 1`,
        [uuid7FloorOf(day), uuid7FloorOf(day + dayMs)],
      );
      if (rowCount) continue;
      await client.query('DELETE FROM event_keys WHERE event_id >= $1 AND event_id < $2', [
        uuid7FloorOf(day),
        uuid7FloorOf(day + dayMs),
      ]);
    }
    await client.query(`DROP TABLE ${name}`);
    log.info({ partition: name }, 'history past its retention dropped');
  }
}
