import pg from 'pg';
import { migrate } from '../../packages/server/src/db/migrate.ts';
import { createPool } from '../../packages/server/src/db/pool.ts';
import { tenantTransaction } from '../../packages/server/src/db/tenant.ts';
import { uuid7FloorOf } from '../../packages/server/src/lib/uuid7.ts';
import { queryOf } from '../../packages/server/src/logs/words.ts';
import { countBuckets, newestLines } from '../../packages/server/src/modules/logs/queries.ts';
import type { LineFilter } from '../../packages/server/src/modules/logs/queries.ts';
import { bucketsOf, idRangeOf } from '../../packages/server/src/modules/logs/rules.ts';
import { Maintenance } from '../../packages/server/src/workers/maintenance.ts';
import { sharedNow } from '../clock.ts';
import { median } from '../statistics.ts';
import { say } from '../world.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const dayMs = 86_400_000;
const days = 30;
const organizationId = '00000000-0000-7000-8000-000000000001';
const integrationId = '00000000-0000-7000-8002-000000000007';
const chunk = 50_000;
/** Of one line with its indexes, and the log that the load leaves. */
const bytesPerRow = 1_600;
const pageRows = 51;
const repeats = 9;

const allSizes = [
  { name: '10k', label: '10,000', rows: 10_000 },
  { name: '1M', label: '1,000,000', rows: 1_000_000 },
  { name: '10M', label: '10,000,000', rows: 10_000_000 },
];

interface Table {
  name: string;
  label: string;
  pool: pg.Pool;
}

interface Question {
  key: string;
  label: string;
  filter: LineFilter;
}

/** Pages: lines of a kind, newest first, of thirty days. */
const pages: Question[] = [
  { key: 'logPage', label: 'the newest log lines', filter: {} },
  { key: 'logErrors', label: 'the newest errors, one line in 200', filter: { level: ['error'] } },
  { key: 'logOfOne', label: 'the newest lines of one integration in 50', filter: { integrationId } },
  { key: 'logOften', label: 'a search for a word of nine lines in ten', filter: { search: 'passed' } },
  {
    key: 'logSome',
    label: 'a search for two words of one line in 200',
    filter: { search: 'connection timed' },
  },
  { key: 'logRare', label: 'a search for a word of ten lines in all', filter: { search: 'certificate' } },
  { key: 'logNever', label: 'a search for a word that is nowhere', filter: { search: 'nowhere' } },
  { key: 'logFew', label: 'a search as somebody types it: two letters', filter: { search: 'ce' } },
];
/** Charts: counts by time and level. */
const charts: (Question & { span: number })[] = [
  { key: 'logDay', label: 'the chart of a day', filter: {}, span: dayMs },
  { key: 'logMonth', label: 'the chart of thirty days', filter: {}, span: days * dayMs },
  { key: 'logFound', label: 'the chart of a search', filter: { search: 'timed' }, span: days * dayMs },
];

/**
 * What the log's screens ask for, beside 10 k to 10 M lines of thirty days, four in five of them of the organization
 * that asks; with the plan of a search.
 */
export class Logs implements Scenario {
  readonly #largest: number;
  readonly #tables: Table[] = [];

  constructor(largest: number) {
    this.#largest = largest;
  }

  async prepare(): Promise<void> {}

  async finish(world: World): Promise<void> {
    const { results } = world;
    for (const size of allSizes.filter(({ rows }) => rows <= this.#largest)) {
      const free = await world.freeBytes();
      if (free < size.rows * bytesPerRow * 1.2) {
        results.note(`${size.label} log lines were left out: the disk has ${Math.floor(free / 1e9)} GB.`);
        continue;
      }
      this.#tables.push(await build(world, size));
    }
    const smallest = this.#tables[0]?.name;
    for (const { key, label } of [...pages, ...charts]) {
      for (const { name, label: rows } of this.#tables) {
        results.declare({
          name: `${key}${name}`,
          label: `${label}, beside ${rows} lines`,
          unit: 'ms',
          ...(name === smallest ? {} : { over: `${key}${smallest}` }),
        });
      }
    }
    for (let round = 0; round < world.scale.rounds; round += 1) {
      for (const { key, filter } of pages) {
        for (const table of this.#tables) results.add(`${key}${table.name}`, await timePage(table, filter));
      }
      for (const { key, filter, span } of charts) {
        for (const table of this.#tables) {
          results.add(`${key}${table.name}`, await timeChart(table, filter, span));
        }
      }
    }
    const largest = this.#tables.at(-1);
    if (largest) say(`A search beside ${largest.label} lines:\n${await planOf(largest)}`);
  }

  async close(): Promise<void> {
    await Promise.all(this.#tables.map(({ pool }) => pool.end()));
  }
}

async function timePage({ pool }: Table, filter: LineFilter): Promise<number> {
  const now = Date.now();
  const range = idRangeOf({ since: new Date(now - days * dayMs).toISOString() }, now);
  return timed(() =>
    tenantTransaction(pool, organizationId, (tx) => newestLines(tx, filter, range, pageRows)),
  );
}

async function timeChart({ pool }: Table, filter: LineFilter, span: number): Promise<number> {
  const now = Date.now();
  const times = { since: new Date(now - span).toISOString(), until: new Date(now).toISOString() };
  return timed(() =>
    tenantTransaction(pool, organizationId, (tx) =>
      countBuckets(tx, filter, bucketsOf(times, now), idRangeOf(times, now)),
    ),
  );
}

/** The median of some in a row; the first warms up. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i <= repeats; i += 1) {
    const started = sharedNow();
    await work();
    if (i > 0) times.push(sharedNow() - started);
  }
  return median(times);
}

/** What PostgreSQL does for a rare word: the index of words of each day, and nothing else. */
async function planOf({ pool }: Table): Promise<string> {
  const query = queryOf({ organizationId }, 'certificate');
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY) SELECT id FROM log_entries
     WHERE words @@ '${query.replaceAll("'", "''")}'::tsquery AND id >= '${uuid7FloorOf(Date.now() - 2 * dayMs)}'`,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

async function build(world: World, size: { name: string; label: string; rows: number }): Promise<Table> {
  const url = await world.createDatabase(`bench_logs_${size.name.toLowerCase()}`);
  const pool = createPool(url, { max: 4, applicationName: 'bench' });
  await migrate(pool);
  const log = { info: () => undefined, warn: (problem: unknown) => say(String(problem)) };
  for (let daysAgo = days; daysAgo >= 0; daysAgo -= 4) {
    const clock = () => Date.now() - daysAgo * dayMs;
    await new Maintenance({ pool, clock, databaseTime: async () => clock(), log: log as never }).run();
  }
  await pool.query(`INSERT INTO organizations (id, name, slug) VALUES ($1, 'Bench', 'bench')`, [
    organizationId,
  ]);
  const started = sharedNow();
  say(`${size.label} log lines: loading …`);
  const loaders = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
  try {
    let next = 0;
    const lane = async (client: pg.Client) => {
      await client.connect();
      await client.query('SET synchronous_commit = off');
      while (next < size.rows) {
        const from = next;
        next += chunk;
        await client.query(loadLines, [from, Math.min(size.rows, from + chunk) - 1, size.rows]);
        if (from % 1_000_000 === 0 && from > 0) say(`${size.label} log lines: ${from} loaded`);
      }
    };
    await Promise.all(loaders.map(lane));
    await loaders[0]!.query('VACUUM (ANALYZE) log_entries');
    await loaders[0]!.query('CHECKPOINT');
  } finally {
    await Promise.all(loaders.map((client) => client.end()));
  }
  say(`${size.label} log lines: loaded in ${Math.round((sharedNow() - started) / 1000)} s`);
  return { ...size, pool };
}

/** Lines $1 to $2 of $3, spread evenly over thirty days. */
const loadLines = `
  WITH numbers AS (
    SELECT n, n::float8 / $3 AS share,
      ('00000000-0000-7000-8000-00000000000' || CASE WHEN n % 5 = 0 THEN '2' ELSE '1' END)::uuid AS organization_id,
      ('00000000-0000-7000-8002-' || lpad((n * 7919 % 50)::text, 12, '0'))::uuid AS integration_id,
      CASE WHEN n % ($3::bigint / 10) = 1 THEN 'The certificate of the server has expired'
        WHEN n % 200 = 3 THEN 'Connection timed out after ' || n % 30 || ' s'
        WHEN n % 10 = 7 THEN 'Slow response: ' || n % 90 || ' s'
        ELSE 'The check of host ' || n % 5000 || ' passed' END AS message
    FROM generate_series($1::bigint, $2::bigint) n),
  lines AS (
    SELECT *, uuidv7((share - 1) * interval '${days} days' - interval '1 second') AS id,
      CASE WHEN message LIKE 'The check%' THEN 'info' WHEN message LIKE 'Slow%' THEN 'warn' ELSE 'error' END AS level
    FROM numbers)
  INSERT INTO log_entries (id, organization_id, at, level, source, event, integration_id, message, details, words)
  SELECT id, organization_id, now() + (share - 1) * interval '${days} days', level, 'check', 'check.done',
    integration_id, message, '{"host":"api.example.com","durationMs":812}',
    array_to_tsvector(ARRAY['o:' || organization_id, 'l:' || level, 's:check', 'i:' || integration_id, 'api',
      'example', 'com', 'check', 'done'] || regexp_split_to_array(lower(message), '[^a-z0-9]+'))
  FROM lines`;
