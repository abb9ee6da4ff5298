import type pg from 'pg';
import type { Logger } from 'pino';
import { uuid7FloorOf } from '../lib/uuid7.ts';

const dayMs = 86_400_000;
/** Partitions are made this many days ahead. */
const daysAhead = 4;
/** Rows that one transaction removes one by one. */
const rowsAtATime = 5_000;
/** Of a day past its retention, no more than this is kept alone; a day of which more is needed stays whole. */
const keptLimit = 2_000;

export const partitioned = ['events', 'attempts', 'log_entries'] as const;
export type Partitioned = (typeof partitioned)[number];
/** The column whose time decides the partition. */
const keyOf = { events: 'id', attempts: 'delivery_id', log_entries: 'id' } as const;

/**
 * Tables of which a small sample is analysed, and their columns of which nothing is: nobody filters by what is wide. Lines
 * of the log are searched by their words, for which samples are as large as usual.
 */
const sampledLightly: Partial<Record<Partitioned, string[]>> = {
  events: ['body'],
  attempts: ['error_message', 'url', 'signatures', 'response_headers', 'response_body'],
};

/** Runs work in a transaction; `undefined` when it broke off or another node is at it. */
export type Transact = <T>(work: (client: pg.PoolClient) => Promise<T>) => Promise<T | undefined>;

const nameOf = (table: string, day: number) =>
  `${table}_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;

const startOfDay = (time: number) => Math.floor(time / dayMs) * dayMs;

async function partitionsOf(client: pg.PoolClient, table: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass`,
    [table],
  );
  return new Set(rows.map((row) => row.name));
}

/** Makes the partitions of today and the days ahead. `now`: milliseconds since the epoch. */
export async function addPartitions(client: pg.PoolClient, table: Partitioned, now: number): Promise<void> {
  const existing = await partitionsOf(client, table);
  for (let ahead = 0; ahead <= daysAhead; ahead += 1)
    await addPartition(client, table, existing, startOfDay(now) + ahead * dayMs);
}

/** The partition of one UTC day; what already lies in the default partition for that day stays there with all of it. */
async function addPartition(
  client: pg.PoolClient,
  table: Partitioned,
  existing: Set<string>,
  day: number,
): Promise<void> {
  const name = nameOf(table, day);
  if (existing.has(name)) return;
  const [from, to] = [uuid7FloorOf(day), uuid7FloorOf(day + dayMs)];
  const { rowCount } = await client.query(
    `SELECT FROM ${table}_default WHERE ${keyOf[table]} >= $1 AND ${keyOf[table]} < $2 LIMIT 1`,
    [from, to],
  );
  if (rowCount) return;
  await client.query(`CREATE TABLE ${name} PARTITION OF ${table} FOR VALUES FROM ('${from}') TO ('${to}')`);
  const wide = sampledLightly[table];
  if (wide) await client.query('SELECT sample_lightly($1::regclass, $2)', [name, wide]);
}

/**
 * Ids from $1 up to $2 that somebody still needs: the events of waiting deliveries, dead letters and automations, and the
 * attempts of such deliveries. A first delivery has its event's time, so that it is found by its own id.
 */
const neededIds = {
  events: `
    SELECT event_id AS id FROM delivery_queue WHERE trigger = 'event' AND id >= $1 AND id < $2
    UNION ALL SELECT event_id FROM delivery_queue WHERE trigger <> 'event' AND event_id >= $1 AND event_id < $2
    UNION ALL SELECT event_id FROM dead_letters WHERE trigger = 'event' AND delivery_id >= $1 AND delivery_id < $2
    UNION ALL SELECT event_id FROM dead_letters WHERE trigger <> 'event' AND event_id >= $1 AND event_id < $2
    UNION ALL SELECT event_id FROM automation_runs WHERE isfinite(due_at) AND event_id >= $1 AND event_id < $2
    UNION ALL SELECT event_id FROM automation_runs WHERE state = 'dead_lettered' AND event_id >= $1 AND event_id < $2`,
  attempts: `
    SELECT id FROM delivery_queue WHERE id >= $1 AND id < $2
    UNION ALL SELECT delivery_id FROM dead_letters WHERE delivery_id >= $1 AND delivery_id < $2`,
  log_entries: 'SELECT NULL::uuid AS id WHERE $1::uuid > $2::uuid',
};

/** Bounds of ids: the first one, and the one behind the last. */
type Bounds = [from: string, to: string];

/** What is needed of a range; null when that is too much to be kept alone. */
async function neededOf(client: pg.PoolClient, table: Partitioned, bounds: Bounds): Promise<string[] | null> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM (${neededIds[table]}) n LIMIT ${keptLimit + 1}`,
    bounds,
  );
  return rows.length > keptLimit ? null : [...new Set(rows.map(({ id }) => id))];
}

/**
 * Removes the days that began before `end` (milliseconds since the epoch, the start of a day). Of what a waiting delivery or a
 * dead letter still needs nothing goes: it moves to the default partition, and when it is much, its whole day stays.
 */
export async function dropPartitions(
  transact: Transact,
  table: Partitioned,
  end: number,
  log: Logger,
): Promise<void> {
  const existing = (await transact((client) => partitionsOf(client, table))) ?? new Set<string>();
  const oldest = nameOf(table, end);
  for (const name of [...existing].filter((n) => /_\d{8}$/.test(n) && n < oldest).sort()) {
    const day = Date.parse(name.slice(-8).replace(/(\d{4})(\d{2})(\d{2})/, '$1-$2-$3T00:00:00Z'));
    const bounds: Bounds = [uuid7FloorOf(day), uuid7FloorOf(day + dayMs)];
    const needed = await transact((client) => neededOf(client, table, bounds));
    if (!needed) continue;
    if (table === 'events' && !(await removeKeys(transact, name, bounds))) continue;
    if (await transact((client) => dropPartition(client, table, name, bounds)))
      log.info({ partition: name, kept: needed.length }, 'history past its retention dropped');
  }
  await emptyDefault(transact, table, [uuid7FloorOf(0), uuid7FloorOf(end)]);
}

/** The ids of callers by which events of a partition are recognized, a part a transaction; false when that broke off. */
async function removeKeys(transact: Transact, partition: string, bounds: Bounds): Promise<boolean> {
  for (let after: string | null = bounds[0]; after !== null;) {
    const from: string = after;
    const looked = await transact(async (client) => {
      const { rows } = await client.query<{ last: string | null }>(
        `WITH needed AS MATERIALIZED (${neededIds.events}),
         looked AS MATERIALIZED (
           SELECT organization_id, key, id FROM ${partition} WHERE id > $3 ORDER BY id LIMIT ${rowsAtATime}),
         gone AS (
           DELETE FROM event_keys k USING looked l
           WHERE k.organization_id = l.organization_id AND k.key = l.key AND k.event_id = l.id
             AND NOT EXISTS (SELECT FROM needed n WHERE n.id = l.id))
         SELECT id AS last FROM looked ORDER BY id DESC LIMIT 1`,
        [...bounds, from],
      );
      return { last: rows[0]?.last ?? null };
    });
    if (!looked) return false;
    after = looked.last;
  }
  return true;
}

/**
 * Drops one partition but for what is needed, and says whether it did. The parent is locked before the last look: who queues
 * a replay reads the event, so that from then on nothing more of this day can come to be needed.
 */
async function dropPartition(
  client: pg.PoolClient,
  table: Partitioned,
  name: string,
  bounds: Bounds,
): Promise<boolean> {
  await client.query(`LOCK TABLE ONLY ${table} IN ACCESS EXCLUSIVE MODE`);
  const needed = await neededOf(client, table, bounds);
  if (!needed) return false;
  if (needed.length > 0) {
    await client.query(`ALTER TABLE ${table} DETACH PARTITION ${name}`);
    await client.query(
      `INSERT INTO ${table} SELECT * FROM ${name} WHERE ${keyOf[table]} = ANY ($1::uuid[])`,
      [needed],
    );
  }
  await client.query(`DROP TABLE ${name}`);
  return true;
}

/** Removes what is past its retention from the default partition, row by row, a part a transaction. */
async function emptyDefault(transact: Transact, table: Partitioned, [from, to]: Bounds): Promise<void> {
  const key = keyOf[table];
  const forget =
    table === 'events'
      ? `RETURNING t.organization_id, t.key, t.id),
         forgotten AS (
           DELETE FROM event_keys k USING gone g
           WHERE k.organization_id = g.organization_id AND k.key = g.key AND k.event_id = g.id)`
      : ')';
  for (let after: string | null = from; after !== null;) {
    const start: string = after;
    const looked = await transact(async (client) => {
      const old = `SELECT FROM ${table}_default WHERE ${key} > $1 AND ${key} < $2 LIMIT 1`;
      if (!(await client.query(old, [start, to])).rowCount) return { last: null };
      // As above: nothing that is removed here may come to be needed meanwhile.
      await client.query(`LOCK TABLE ${table}_default IN ACCESS EXCLUSIVE MODE`);
      const { rows } = await client.query<{ last: string | null }>(
        `WITH needed AS MATERIALIZED (${neededIds[table]}),
         looked AS MATERIALIZED (
           SELECT DISTINCT ${key} AS id FROM (
             SELECT ${key} FROM ${table}_default WHERE ${key} > $3 AND ${key} < $2
             ORDER BY ${key} LIMIT ${rowsAtATime}) l),
         gone AS (
           DELETE FROM ${table}_default t USING looked l
           WHERE t.${key} = l.id AND NOT EXISTS (SELECT FROM needed n WHERE n.id = l.id)
           ${forget}
         SELECT id AS last FROM looked ORDER BY id DESC LIMIT 1`,
        [from, to, start],
      );
      return { last: rows[0]?.last ?? null };
    });
    after = looked?.last ?? null;
  }
}
