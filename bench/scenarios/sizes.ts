import pg from 'pg';
import { migrate } from '../../packages/server/src/db/migrate.ts';
import { createPool } from '../../packages/server/src/db/pool.ts';
import { lowWaterSlackMs } from '../../packages/server/src/delivery/claim.ts';
import { Maintenance } from '../../packages/server/src/workers/maintenance.ts';
import { sharedNow } from '../clock.ts';
import { statementsOf } from '../engine-statements.ts';
import type { Statements } from '../engine-statements.ts';
import { median } from '../statistics.ts';
import { say } from '../world.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const dayMs = 86_400_000;
const historyDays = 10;
const organizationId = '00000000-0000-7000-8000-000000000001';
const webhooks = 100;
const webhookOf = (index: number) => `00000000-0000-7000-8001-${String(index).padStart(12, '0')}`;
const batch = 500;
const cyclesPerRound = 20;
/** Rows that one statement of the bulk load makes in each table. */
const chunk = 100_000;
/** Of one event with its attempt and its waiting delivery, with indexes, and the log that the load leaves. */
const bytesPerRow = 2_600;
const type = 'bench.one';

interface Size {
  name: string;
  label: string;
  rows: number;
}

const allSizes: Size[] = [
  { name: '10k', label: '10,000', rows: 10_000 },
  { name: '100k', label: '100,000', rows: 100_000 },
  { name: '1M', label: '1,000,000', rows: 1_000_000 },
  { name: '10M', label: '10,000,000', rows: 10_000_000 },
];

interface Table extends Size {
  pool: pg.Pool;
  statements: Statements;
  /** In the middle of one webhook's history. */
  middle: string;
}

/**
 * What the engine's statements cost beside a queue of N waiting deliveries and a history of N attempts, in databases
 * of 10 k to 10 M rows on one server, measured in turn. And claims while an old snapshot stays open.
 */
export class Sizes implements Scenario {
  readonly #parts: ReadonlySet<string>;
  readonly #sizes: Size[];
  readonly #tables: Table[] = [];

  /** `parts` of: sizes, claims. `largest`: rows of the largest tables. */
  constructor(parts: ReadonlySet<string>, largest: number) {
    this.#parts = parts;
    this.#sizes = allSizes.filter(({ rows }) => rows <= largest);
  }

  async prepare(): Promise<void> {}

  async finish(world: World): Promise<void> {
    if (this.#parts.has('sizes')) await this.#bySize(world);
    if (this.#parts.has('claims')) await this.#claims(world);
  }

  async close(): Promise<void> {
    await Promise.all(this.#tables.map(({ pool }) => pool.end()));
  }

  async #bySize(world: World): Promise<void> {
    const { results } = world;
    for (const size of this.#sizes) {
      const free = await world.freeBytes();
      if (free < size.rows * bytesPerRow * 1.2) {
        const needed = Math.ceil((size.rows * bytesPerRow * 1.2) / 1e9);
        results.note(
          `${size.label} rows were left out: they need ${needed} GB and the disk has ${Math.floor(free / 1e9)} GB.`,
        );
        continue;
      }
      this.#tables.push(await this.#build(world, size));
    }
    const smallest = this.#tables[0]?.name;
    for (const [kind, label] of [
      ['ingest', `a batch of ${batch} events stored with their deliveries`],
      ['claim', `a claim of ${batch} deliveries`],
      ['backlog', `${batch} deliveries out of five backlogs`],
      ['record', `a batch of ${batch} results recorded`],
      ['page', 'the first page of a history'],
      ['deepPage', 'a page from the middle of a history'],
    ] as const) {
      for (const { name, label: rows } of this.#tables) {
        results.declare({
          name: `${kind}${name}`,
          label: `${label}, beside ${rows} rows`,
          unit: 'ms',
          ...(name === smallest ? {} : { over: `${kind}${smallest}`, target: '≤ 1.2' }),
        });
      }
    }
    for (let i = 0; i < 10; i += 1) for (const table of this.#tables) await cycle(table, i, noTimes());
    for (let round = 0; round < world.scale.rounds; round += 1) {
      const times = this.#tables.map(() => noTimes());
      // One of each size in turn, or a slow moment of the machine would hit one size alone.
      for (let i = 0; i < cyclesPerRound; i += 1)
        for (const [index, table] of this.#tables.entries()) await cycle(table, i, times[index]!);
      for (const [index, table] of this.#tables.entries()) {
        for (const [kind, values] of Object.entries(times[index]!))
          results.add(`${kind}${table.name}`, median(values));
      }
    }
  }

  async #build(world: World, size: Size): Promise<Table> {
    const database = `bench_rows_${size.name.toLowerCase()}`;
    const { url, pool } = await emptyDatabase(world, database);
    const started = sharedNow();
    say(`${size.label} rows: loading …`);
    // Two loads at once keep both cores at work; the log is not flushed for each of them.
    const loaders = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
    try {
      let next = 0;
      const lane = async (client: pg.Client) => {
        await client.connect();
        await client.query('SET synchronous_commit = off');
        while (next < size.rows) {
          const from = next;
          next += chunk;
          await client.query(loadRows, [from, Math.min(size.rows, from + chunk) - 1, size.rows]);
          if (from % 1_000_000 === 0 && from > 0) say(`${size.label} rows: ${from} loaded`);
        }
      };
      await Promise.all(loaders.map(lane));
      await loaders[0]!.query('VACUUM (ANALYZE) events, attempts, delivery_queue');
      await loaders[0]!.query('CHECKPOINT');
    } finally {
      await Promise.all(loaders.map((client) => client.end()));
    }
    say(`${size.label} rows: loaded in ${Math.round((sharedNow() - started) / 1000)} s`);
    const statements = statementsOf(pool, organizationId, type);
    const { rows } = await pool.query<{ id: string }>(
      `SELECT delivery_id AS id FROM attempts WHERE webhook_id = $1 ORDER BY delivery_id DESC LIMIT 1 OFFSET $2`,
      [webhookOf(1), Math.floor(size.rows / webhooks / 2)],
    );
    return { ...size, pool, statements, middle: rows[0]!.id };
  }

  /** Claims of a backlog in the order that the engine claims: on from the last one, with a sweep now and then. */
  async #claims(world: World): Promise<void> {
    const { results, scale } = world;
    results.declare(
      { name: 'claims', label: 'deliveries claimed from a backlog', unit: '/s' },
      {
        name: 'claimsSnapshot',
        label: 'deliveries claimed while an old snapshot stays open',
        unit: '/s',
        over: 'claims',
        target: '≥ 0.9',
      },
      { name: 'backlogClaims', label: 'deliveries taken out of the backlog of one endpoint', unit: '/s' },
      {
        name: 'backlogClaimsSnapshot',
        label: 'the same while an old snapshot stays open',
        unit: '/s',
        over: 'backlogClaims',
        target: '≥ 0.9',
      },
    );
    const { pool } = await emptyDatabase(world, 'bench_claims');
    const statements = statementsOf(pool, organizationId, type);
    try {
      for (let repeat = 0; repeat < scale.rounds; repeat += 1) {
        say(`claims: round ${repeat + 1}`);
        results.add('claims', await claimAll(pool, statements, scale.backlog));
        results.add('backlogClaims', await claimHeld(pool, statements, scale.backlog));
        const client = await pool.connect();
        try {
          await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
          await client.query('SELECT FROM delivery_queue LIMIT 1');
          results.add('claimsSnapshot', await claimAll(pool, statements, scale.backlog));
          results.add('backlogClaimsSnapshot', await claimHeld(pool, statements, scale.backlog));
        } finally {
          await client.query('ROLLBACK');
          client.release();
        }
        await pool.query('VACUUM delivery_queue');
      }
    } finally {
      await pool.end();
    }
  }
}

/** A migrated database with an organization, its webhooks, and the partitions of ten days. */
export async function emptyDatabase(world: World, name: string): Promise<{ url: string; pool: pg.Pool }> {
  const url = await world.createDatabase(name);
  const pool = createPool(url, { max: 4, applicationName: 'bench' });
  await migrate(pool);
  for (const daysAgo of [historyDays, 5, 0]) {
    const clock = () => Date.now() - daysAgo * dayMs;
    const log = { info: () => undefined, warn: (problem: unknown) => say(String(problem)) };
    await new Maintenance({ pool, clock, databaseTime: async () => clock(), log: log as never }).run();
  }
  await pool.query(`INSERT INTO organizations (id, name, slug) VALUES ($1, 'Bench', 'bench')`, [
    organizationId,
  ]);
  for (let index = 0; index < webhooks; index += 1) {
    await pool.query(
      `INSERT INTO webhooks (id, organization_id, name, url, events, enabled, secret_preview, created_at, updated_at)
       VALUES ($1, $2, 'Bench', 'http://127.0.0.1:9/hook', ARRAY[$3], true, '', now(), now())`,
      [webhookOf(index), organizationId, index === 0 ? type : 'bench.filler'],
    );
  }
  return { url, pool };
}

/**
 * Rows $1 to $2 of $3: an event, its finished delivery, and another delivery of it that waits, spread evenly over ten
 * days of history. Webhooks of odd numbers have a backlog, the others retries in the hours to come.
 */
const loadRows = `
  WITH numbers AS (
    SELECT n, n::float8 / $3 AS share,
      ('00000000-0000-7000-8001-' || lpad((n * 7919 % ${webhooks})::text, 12, '0'))::uuid AS webhook_id
    FROM generate_series($1::bigint, $2::bigint) n),
  rows AS MATERIALIZED (
    SELECT *, uuidv7((share - 1) * interval '${historyDays} days' - interval '1 minute') AS id FROM numbers),
  stored AS (
    INSERT INTO events (id, organization_id, type, body, created_at)
    SELECT id, '${organizationId}', 'bench.filler', '{"id":"' || id || '","data":"' || repeat('x', 200) || '"}',
      now() + (share - 1) * interval '${historyDays} days' FROM rows),
  logged AS (
    INSERT INTO attempts (delivery_id, number, organization_id, webhook_id, event_id, event_type, trigger, state,
      started_at, duration_ms, response_status, url, signatures, response_headers, response_body)
    SELECT (substr(id::text, 1, 21) || substr(gen_random_uuid()::text, 22))::uuid, 1, '${organizationId}', webhook_id,
      id, 'bench.filler', 'event', CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'success' END,
      now() + (share - 1) * interval '${historyDays} days', 1.5, 200, 'http://127.0.0.1:9/hook',
      'v1,' || md5(n::text) || E'\\nsha256=' || md5(n::text), '{"content-type":"application/json"}', '{}'
    FROM rows)
  INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, attempts, due_at)
  SELECT (substr(id::text, 1, 21) || substr(gen_random_uuid()::text, 22))::uuid, '${organizationId}', webhook_id, id,
    'event', 1, CASE WHEN n % 2 = 0 THEN now() + interval '3 hours' + (share + random() / 50) * interval '20 hours'
      ELSE 'infinity' END FROM rows`;

type Times = Record<'ingest' | 'claim' | 'backlog' | 'record' | 'page' | 'deepPage', number[]>;

const noTimes = (): Times => ({ ingest: [], claim: [], backlog: [], record: [], page: [], deepPage: [] });

/** Adds the milliseconds of each statement; leaves the queue as it was. */
async function cycle({ statements, middle }: Table, index: number, times: Times): Promise<void> {
  times.ingest.push(await timed(() => statements.ingest(batch)));
  let rows: Awaited<ReturnType<Statements['claim']>> = [];
  times.claim.push(await timed(async () => (rows = await statements.claim(batch, 0))));
  if (rows.length !== batch) throw new Error(`claimed ${rows.length} deliveries and not ${batch}`);
  times.record.push(await timed(() => statements.record(rows)));
  // Webhooks of odd numbers have a backlog.
  const five = Array.from({ length: 5 }, (_, i) => webhookOf(1 + 2 * ((index * 5 + i) % (webhooks / 2))));
  let held: Awaited<ReturnType<Statements['claimBacklog']>> = [];
  times.backlog.push(await timed(async () => (held = await statements.claimBacklog(five, batch / 5))));
  if (held.length !== batch) throw new Error(`took ${held.length} deliveries and not ${batch}`);
  await statements.putBack(held);
  times.page.push(await timed(() => statements.page(webhookOf(1))));
  times.deepPage.push(await timed(() => statements.page(webhookOf(1), middle)));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = sharedNow();
  await work();
  return sharedNow() - started;
}

/** Deliveries a second that `claim` alone takes from a backlog; they are recorded in between. */
async function claimAll(pool: pg.Pool, statements: Statements, backlog: number): Promise<number> {
  for (let stored = 0; stored < backlog; stored += batch) await statements.ingest(batch);
  await pool.query('ANALYZE delivery_queue');
  let from = 0;
  let swept = sharedNow();
  let milliseconds = 0;
  let claimed = 0;
  while (claimed < backlog) {
    const started = sharedNow();
    const sweep = started - swept > 3_000;
    if (sweep) swept = started;
    const rows = await statements.claim(batch, sweep ? 0 : from);
    milliseconds += sharedNow() - started;
    if (rows.length === 0) throw new Error('claims found nothing although deliveries wait');
    claimed += rows.length;
    from = Math.max(...rows.map(({ dueAt }) => dueAt.getTime())) - lowWaterSlackMs;
    await statements.record(rows);
  }
  return claimed / (milliseconds / 1000);
}

/** The same for the backlog of an endpoint that was paused while the deliveries came. */
async function claimHeld(pool: pg.Pool, statements: Statements, backlog: number): Promise<number> {
  const webhookId = webhookOf(0);
  await pool.query('UPDATE webhooks SET paused = true WHERE id = $1', [webhookId]);
  for (let stored = 0; stored < backlog; stored += batch) await statements.ingest(batch);
  await pool.query('UPDATE webhooks SET paused = false WHERE id = $1', [webhookId]);
  await pool.query('ANALYZE delivery_queue');
  let behind: string | undefined;
  let looked = sharedNow();
  let milliseconds = 0;
  let claimed = 0;
  while (claimed < backlog) {
    const started = sharedNow();
    // As the product does: behind what it took last, and from the front at every look.
    const look = started - looked > 1_000;
    if (look) looked = started;
    const rows = await statements.claimBacklog([webhookId], batch, look ? undefined : behind);
    milliseconds += sharedNow() - started;
    behind = rows.at(-1)?.id;
    if (rows.length === 0) throw new Error('the backlog ended although deliveries wait');
    claimed += rows.length;
    await statements.record(rows);
  }
  return claimed / (milliseconds / 1000);
}
