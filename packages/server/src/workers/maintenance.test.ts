import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { uuid7FloorOf } from '../lib/uuid7.ts';
import { createTestDatabase } from '../testing/database.ts';
import type { TestDatabase } from '../testing/database.ts';
import { eventually } from '../testing/eventually.ts';
import { Maintenance } from './maintenance.ts';

const dayMs = 86_400_000;
const organizationId = '01900000-0000-7000-8000-000000000001';
const webhookId = '01900000-0000-7000-8000-000000000002';
const log = pino({ level: 'silent' });

let database: TestDatabase;
let now: number;
/** Hours that the clock of the node is ahead of the database's. */
let ahead: number;
let maintenance: Maintenance;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  now = Date.UTC(2030, 0, 15, 12);
  ahead = 0;
  maintenance = new Maintenance({
    pool: database.pool,
    clock: () => now + ahead * 3_600_000,
    databaseTime: async () => now,
    log,
  });
  await database.pool.query('TRUNCATE events, attempts, event_keys, delivery_queue, dead_letters');
  await database.pool.query('DELETE FROM automation_runs');
  for (const name of await partitions()) await database.pool.query(`DROP TABLE ${name}`);
});

async function partitions(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relname ~ '^(events|attempts)_\\d{8}$' ORDER BY relname`,
  );
  return rows.map(({ name }) => name);
}

async function count(table: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(`SELECT count(*) FROM ${table}`);
  return rows[0]!.count;
}

/** An event of this moment with one attempt; its id is also the delivery's. */
async function store(at: number, key: string | null = null): Promise<string> {
  const id = uuid7FloorOf(at);
  await database.pool.query(
    `INSERT INTO events (id, organization_id, key, type, body) VALUES ($1, $2, $3, 'job.created', '{}')`,
    [id, organizationId, key],
  );
  if (key !== null)
    await database.pool.query('INSERT INTO event_keys VALUES ($1, $2, $3)', [organizationId, key, id]);
  await database.pool.query(
    `INSERT INTO attempts (delivery_id, number, organization_id, webhook_id, event_id, event_type, trigger, state,
       started_at, duration_ms, response_status, url, signatures)
     VALUES ($1, 1, $2, $3, $1, 'job.created', 'event', 'success', now(), 1, 200, '', '')`,
    [id, organizationId, webhookId],
  );
  return id;
}

const deadLetter = (deliveryId: string, eventId: string, expires: string, trigger = 'event') =>
  database.pool.query(
    `INSERT INTO dead_letters (delivery_id, organization_id, webhook_id, event_id, event_type, trigger, attempts,
       response_status, failed_at, expires_at)
     VALUES ($1, $2, $3, $4, 'job.created', $6, 1, 500, now(), now() + $5::interval)`,
    [deliveryId, organizationId, webhookId, eventId, expires, trigger],
  );

const queue = (deliveryId: string, eventId: string, trigger: string) =>
  database.pool.query(
    `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
     VALUES ($1, $2, $3, $4, $5, 'infinity')`,
    [deliveryId, organizationId, webhookId, eventId, trigger],
  );

/** A pool whose connections tell what they have done. */
function watching(pool: pg.Pool, told: (text: string, rowCount: number) => void): pg.Pool {
  const connect = async () => {
    const client = await pool.connect();
    return new Proxy(client, {
      get(target, name) {
        if (name !== 'query') {
          const member: unknown = Reflect.get(target, name);
          return typeof member === 'function' ? (member.bind(target) as unknown) : member;
        }
        return async (text: string, values?: unknown[]) => {
          const result = await target.query(text, values);
          told(text, result.rowCount ?? 0);
          return result;
        };
      },
    });
  };
  return new Proxy(pool, {
    get: (target, name) => (name === 'connect' ? connect : (Reflect.get(target, name) as unknown)),
  });
}

describe('partitions', () => {
  it('are made for today and the days ahead, once', async () => {
    await maintenance.run();
    const days = ['0115', '0116', '0117', '0118', '0119'];
    expect(await partitions()).toEqual([
      ...days.map((day) => `attempts_2030${day}`),
      ...days.map((day) => `events_2030${day}`),
    ]);
    await maintenance.run();
    now += dayMs;
    await maintenance.run();
    expect(await partitions()).toContain('events_20300120');
    await store(now);
    expect([await count('events_20300116'), await count('attempts_20300116')]).toEqual([1, 1]);
    expect([await count('events_default'), await count('attempts_default')]).toEqual([0, 0]);
  });

  it('are analysed by a small sample and without what is wide, as the default partitions are', async () => {
    await maintenance.run();
    const { rows } = await database.pool.query<{ name: string; sampled: number[]; wide: string[] }>(
      `SELECT c.relname AS name, array_agg(DISTINCT a.attstattarget ORDER BY a.attstattarget) AS sampled,
         array_agg(a.attname::text ORDER BY a.attname) FILTER (WHERE a.attstattarget = 0) AS wide
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE i.inhparent IN ('events'::regclass, 'attempts'::regclass) AND a.attnum > 0 AND NOT a.attisdropped
       GROUP BY 1`,
    );
    const wideOf = (name: string) =>
      name.startsWith('events')
        ? ['body']
        : ['error_message', 'response_body', 'response_headers', 'signatures', 'url'];
    const parts = [...(await partitions()), 'events_default', 'attempts_default'];
    expect(Object.fromEntries(rows.map(({ name, ...how }) => [name, how]))).toEqual(
      Object.fromEntries(parts.map((name) => [name, { sampled: [0, 10], wide: wideOf(name) }])),
    );
  });

  it('leave a day alone that already lies in the default partition', async () => {
    await store(now + dayMs);
    await maintenance.run();
    expect(await partitions()).not.toContain('events_20300116');
    expect(await partitions()).toContain('events_20300117');
    expect(await count('events')).toBe(1);
  });

  it('go after thirty days with the ids that they recognize', async () => {
    await maintenance.run();
    await store(now, 'old');
    await store(now + 2 * dayMs, 'newer');
    now += 31 * dayMs;
    await maintenance.run();
    expect((await partitions()).slice(0, 3)).toEqual([
      'attempts_20300116',
      'attempts_20300117',
      'attempts_20300118',
    ]);
    const { rows } = await database.pool.query('SELECT key FROM event_keys');
    expect(rows).toEqual([{ key: 'newer' }]);
    expect([await count('events'), await count('attempts')]).toEqual([1, 1]);
  });

  it('go without what a waiting delivery, a dead letter or an automation needs', async () => {
    await maintenance.run();
    const waiting = await store(now, 'waiting');
    await store(now + 1, 'done');
    const dead = await store(now + dayMs, 'dead');
    const again = await store(now + dayMs + 1);
    const replayed = await store(now + 2 * dayMs);
    const triggers = await store(now + 3 * dayMs);
    await store(now + 4 * dayMs);
    await queue(waiting, waiting, 'event');
    await queue(uuid7FloorOf(now + 5 * dayMs), replayed, 'replay');
    await deadLetter(dead, dead, '90 days');
    await deadLetter(uuid7FloorOf(now + 5 * dayMs + 1), again, '90 days', 'replay');
    await database.pool.query(
      `INSERT INTO automation_runs (id, organization_id, automation_id, event_id, state, due_at)
       VALUES ($1, $2, $1, $1, 'waiting', now())`,
      [triggers, organizationId],
    );
    now += 40 * dayMs;
    await maintenance.run();
    expect((await partitions()).some((name) => /_203001/.test(name))).toBe(false);
    const left = async (column: string, table: string) => {
      const { rows } = await database.pool.query<{ id: string }>(
        `SELECT ${column} AS id FROM ${table} ORDER BY 1`,
      );
      return rows.map(({ id }) => id);
    };
    expect(await left('id', 'events')).toEqual([waiting, dead, again, replayed, triggers]);
    expect(await left('delivery_id', 'attempts')).toEqual([waiting, dead]);
    expect(await left('key', 'event_keys')).toEqual(['dead', 'waiting']);
    await database.pool.query('DELETE FROM delivery_queue');
    await database.pool.query('DELETE FROM dead_letters');
    await database.pool.query('DELETE FROM automation_runs');
    await maintenance.run();
    expect([await count('events'), await count('attempts'), await count('event_keys')]).toEqual([0, 0, 0]);
  });

  it('stay whole where much of them is needed', async () => {
    await maintenance.run();
    await store(now, 'kept');
    await database.pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
       SELECT (lpad(to_hex($1::bigint + n), 12, '0') || '70008000000000000000')::uuid, $2, $3,
         (lpad(to_hex($1::bigint + n), 12, '0') || '70008000000000000000')::uuid, 'event', 'infinity'
       FROM generate_series(0, 2000) n`,
      [now, organizationId, webhookId],
    );
    now += 40 * dayMs;
    await maintenance.run();
    expect(await partitions()).toContain('events_20300115');
    expect([await count('events_20300115'), await count('event_keys')]).toEqual([1, 1]);
  });

  it('keep an event that is replayed in the moment in which its day goes', async () => {
    await maintenance.run();
    const event = await store(now);
    now += 40 * dayMs;
    const client = await database.pool.connect();
    try {
      // Somebody who queues a replay has read the event and not committed yet.
      await client.query('BEGIN');
      await client.query('SELECT FROM events WHERE id = $1', [event]);
      const round = maintenance.run();
      await eventually(async () => {
        const { rows } = await database.pool.query(
          `SELECT FROM pg_locks WHERE relation = 'events'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted`,
        );
        expect(rows).toHaveLength(1);
      });
      await client.query(
        `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
         VALUES ($1, $2, $3, $4, 'replay', now())`,
        [uuid7FloorOf(now), organizationId, webhookId, event],
      );
      await client.query('COMMIT');
      await round;
    } finally {
      client.release();
    }
    expect((await database.pool.query('SELECT id FROM events')).rows).toEqual([{ id: event }]);
    expect((await partitions()).some((name) => /_203001/.test(name))).toBe(false);
  });

  it('are neither made nor dropped by a node whose clock alone is wrong', async () => {
    await maintenance.run();
    await store(now, 'mine');
    const before = await partitions();
    ahead = 365 * 24;
    await maintenance.run();
    expect(await partitions()).toEqual(before);
    expect([await count('events'), await count('attempts'), await count('event_keys')]).toEqual([1, 1, 1]);
  });

  it('forget the ids of callers part by part', async () => {
    await maintenance.run();
    await database.pool.query(
      `WITH made AS (
         INSERT INTO events (id, organization_id, key, type, body)
         SELECT (lpad(to_hex($1::bigint + n), 12, '0') || '70008000000000000000')::uuid, $2, 'k' || n, 'job.created', '{}'
         FROM generate_series(0, 11999) n RETURNING id, organization_id, key)
       INSERT INTO event_keys SELECT organization_id, key, id FROM made`,
      [now, organizationId],
    );
    now += 40 * dayMs;
    const removed: number[] = [];
    await new Maintenance({
      pool: watching(database.pool, (text, rowCount) => {
        if (text.includes('DELETE FROM event_keys')) removed.push(rowCount);
      }),
      clock: () => now,
      databaseTime: async () => now,
      log,
    }).run();
    expect([await count('events'), await count('event_keys')]).toEqual([0, 0]);
    // 5,000, 5,000 and 2,000; what finds no more gives no row.
    expect(removed.filter((rows) => rows > 0)).toHaveLength(3);
  });

  it('also end for what fell into the default partition', async () => {
    const old = await store(now - 40 * dayMs, 'old');
    const needed = await store(now - 39 * dayMs, 'needed');
    await store(now - 5 * dayMs, 'young');
    await deadLetter(needed, needed, '90 days');
    await maintenance.run();
    const { rows } = await database.pool.query('SELECT id FROM events WHERE id = ANY ($1)', [[old, needed]]);
    expect(rows).toEqual([{ id: needed }]);
    expect([await count('events'), await count('attempts'), await count('event_keys')]).toEqual([2, 2, 2]);
  });
});

describe('log lines', () => {
  const other = '01900000-0000-7000-8000-00000000000b';

  async function lineAt(at: number, organization: string): Promise<void> {
    await database.pool.query(
      `INSERT INTO log_entries (id, organization_id, at, level, source, event, message, words)
       VALUES ($1, $2, $3, 'info', 'check', 'check.passed', '', '')`,
      [`${uuid7FloorOf(at).slice(0, -4)}${organization.slice(-4)}`, organization, new Date(at)],
    );
  }

  it('go by the retention of their organization; the longest decides over whole days', async () => {
    await database.pool.query('TRUNCATE log_entries');
    await database.pool.query(
      `INSERT INTO organizations (id, name, slug, created_at)
       VALUES ($1, 'x', 'x', now()), ($2, 'y', 'y', now()) ON CONFLICT DO NOTHING`,
      [organizationId, other],
    );
    await database.pool.query('INSERT INTO log_settings VALUES ($1, 90, now())', [other]);
    await maintenance.run();
    const first = now;
    for (const id of [organizationId, other]) {
      await lineAt(first, id);
      await lineAt(first + dayMs, id);
    }
    const left = async () => {
      const { rows } = await database.pool.query<{ day: string }>(
        `SELECT organization_id || ' ' || to_char(at AT TIME ZONE 'UTC', 'MM-DD') AS day FROM log_entries ORDER BY 1`,
      );
      return rows.map(({ day }) => day);
    };
    now = first + 30 * dayMs + 1;
    await maintenance.run();
    expect(await left()).toEqual([`${organizationId} 01-16`, `${other} 01-15`, `${other} 01-16`]);
    now = first + 91 * dayMs;
    await maintenance.run();
    expect(await left()).toEqual([`${other} 01-16`]);
    const { rows } = await database.pool.query(`SELECT FROM pg_class WHERE relname = 'log_entries_20300115'`);
    expect(rows).toEqual([]);
  });
});

describe('one round', () => {
  it('removes what has expired: dead letters at rest, replaced keys, stored answers, old hours, old secrets', async () => {
    const [gone, retrying, kept] = [uuid7FloorOf(1), uuid7FloorOf(2), uuid7FloorOf(3)];
    await deadLetter(gone, gone, '-1 second');
    await deadLetter(retrying, retrying, '-1 second');
    await deadLetter(kept, kept, '1 hour');
    await database.pool.query('UPDATE dead_letters SET retrying = true WHERE delivery_id = $1', [retrying]);
    await database.pool.query(
      `INSERT INTO organizations (id, name, slug, created_at) SELECT $1, 'x', 'x', now() ON CONFLICT DO NOTHING`,
      [organizationId],
    );
    await database.pool.query(
      `INSERT INTO webhooks (id, organization_id, name, url, events, enabled, secret_preview, previous_secret_box,
         previous_secret_expires_at, created_at, updated_at)
       VALUES ($1, $2, 'x', 'https://example.com', '{*}', true, '', 'x', now() - interval '1 second', now(), now())`,
      [webhookId, organizationId],
    );
    await database.pool.query(
      `INSERT INTO webhook_hours SELECT $1, $2, h, 1, 0, 1 FROM unnest(ARRAY[now(), now() - interval '32 days']) h`,
      [webhookId, organizationId],
    );
    await database.pool.query(
      `INSERT INTO idempotency_keys (organization_id, key, route, request_hash, created_at)
       VALUES ($1, 'old', '', '', now() - interval '25 hours'), ($1, 'new', '', '', now())`,
      [organizationId],
    );
    await database.pool.query(
      `INSERT INTO api_keys (id, organization_id, token_hash, token_box, preview, created_at, expires_at)
       VALUES (gen_random_uuid(), $1, 'a', '', 'over', now(), now() - interval '1 second'),
         (gen_random_uuid(), $1, 'b', '', 'grace', now(), now() + interval '1 hour'),
         (gen_random_uuid(), $1, 'c', '', 'active', now(), NULL)`,
      [organizationId],
    );
    await database.pool.query(
      `INSERT INTO bulk_jobs (id, organization_id, kind, state, total, until, started_by, created_at, next_at,
         finished_at)
       SELECT gen_random_uuid(), $1, 'retry_dead_letters', s, 1, now(), s, now(), now(), now() - age::interval
       FROM (VALUES ('completed', '91 days'), ('cancelled', '89 days'), ('running', NULL)) j (s, age)`,
      [organizationId],
    );
    await maintenance.run();
    const left = async (sql: string) =>
      (await database.pool.query<{ x: string }>(sql)).rows.map(({ x }) => x);
    expect(await left('SELECT delivery_id AS x FROM dead_letters ORDER BY 1')).toEqual([retrying, kept]);
    expect(await left('SELECT key AS x FROM idempotency_keys')).toEqual(['new']);
    expect(await left('SELECT preview AS x FROM api_keys ORDER BY 1')).toEqual(['active', 'grace']);
    expect(await left('SELECT state AS x FROM bulk_jobs ORDER BY 1')).toEqual(['cancelled', 'running']);
    expect(await count('webhook_hours')).toBe(1);
    const { rows } = await database.pool.query('SELECT previous_secret_box, version FROM webhooks');
    expect(rows).toEqual([{ previous_secret_box: null, version: 2 }]);
  });

  it('removes dead letters a part at a time when many expire together', async () => {
    await database.pool.query(
      `INSERT INTO dead_letters (delivery_id, organization_id, webhook_id, event_id, event_type, trigger, attempts,
         response_status, failed_at, expires_at)
       SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), 'job.created', 'event', 1, 500, now(),
         now() - n * interval '1 millisecond' - interval '1 second'
       FROM generate_series(1, 50001) n`,
      [organizationId, webhookId],
    );
    const { rows: latest } = await database.pool.query<{ id: string }>(
      'SELECT delivery_id AS id FROM dead_letters ORDER BY expires_at DESC LIMIT 1',
    );
    await maintenance.run();
    const { rows } = await database.pool.query<{ id: string }>('SELECT delivery_id AS id FROM dead_letters');
    expect(rows).toEqual(latest);
    await maintenance.run();
    expect(await count('dead_letters')).toBe(0);
  });

  it('removes checks of all integrations after thirty days, and keeps the sums of what they have found', async () => {
    const integrationId = '01900000-0000-7000-8000-00000000000c';
    await database.pool.query(
      `INSERT INTO organizations (id, name, slug, created_at) SELECT $1, 'x', 'x', now() ON CONFLICT DO NOTHING`,
      [organizationId],
    );
    await database.pool.query(
      `INSERT INTO integrations (id, organization_id, provider, name, auth_type, settings, on_limit, created_at, updated_at)
       VALUES ($1, $2, 'sendgrid', 'x', 'api_key', '{}', 'queue', now(), now())`,
      [integrationId, organizationId],
    );
    await database.pool.query(
      `WITH runs AS (
         INSERT INTO check_runs (id, organization_id, started_by, started_at, finished_at)
         SELECT gen_random_uuid(), $1, name, now() - age, now() - age + wait
         FROM (VALUES ('old', interval '31 days', interval '1 minute'), ('young', interval '29 days', interval '1 minute'),
           ('open', interval '31 days', NULL)) r (name, age, wait)
         RETURNING id)
       INSERT INTO check_run_items (run_id, integration_id, organization_id, outcome) SELECT id, $2, $1, 'ok' FROM runs`,
      [organizationId, integrationId],
    );
    now = Date.now();
    const day = (ago: number) => new Date(Math.floor(now / dayMs) * dayMs - ago * dayMs);
    await database.pool.query(
      `INSERT INTO integration_hours (integration_id, organization_id, kind, hour, count, failures, duration_ms, latency, faults)
       SELECT $1, $2, 'check', at + h * interval '1 hour', 10, 1, 500, '{0,10}', '{1}'
       FROM unnest($3::timestamptz[]) at, generate_series(0, 1) h`,
      [integrationId, organizationId, [day(40), day(31)]],
    );
    await maintenance.run();
    const { rows: runs } = await database.pool.query<{ name: string; items: number }>(
      `SELECT started_by AS name, count(i.run_id)::int AS items FROM check_runs r
       LEFT JOIN check_run_items i ON i.run_id = r.id GROUP BY 1 ORDER BY 1`,
    );
    expect(runs).toEqual([
      { name: 'open', items: 1 },
      { name: 'young', items: 1 },
    ]);
    expect(await count('check_run_items')).toBe(2);
    // The hours of a month are there still; older ones went into the sum of their day.
    const { rows: sums } = await database.pool.query(
      `SELECT 'hour' AS of, hour AS at, count::int, failures::int FROM integration_hours
       UNION ALL SELECT 'day', day, count::int, failures::int FROM integration_days ORDER BY at`,
    );
    expect(sums).toEqual([
      { of: 'day', at: day(40), count: 20, failures: 2 },
      { of: 'hour', at: day(31), count: 10, failures: 1 },
      { of: 'hour', at: new Date(day(31).getTime() + 3_600_000), count: 10, failures: 1 },
    ]);
  });

  it('cancels what came into the backlog of a webhook after its deletion', async () => {
    const [deleted, present] = [uuid7FloorOf(21), uuid7FloorOf(22)];
    await database.pool.query(
      `INSERT INTO organizations (id, name, slug, created_at) VALUES ($1, 'x', 'x', now()) ON CONFLICT DO NOTHING`,
      [organizationId],
    );
    await database.pool.query(
      `INSERT INTO webhooks (id, organization_id, name, url, events, enabled, secret_preview, created_at, updated_at,
         deleted_at)
       SELECT id, $2, 'x', 'https://example.com', '{*}', false, '', now(), now(), CASE WHEN id = $3 THEN now() END
       FROM unnest($1::uuid[]) id`,
      [[deleted, present], organizationId, deleted],
    );
    const rows = [uuid7FloorOf(23), uuid7FloorOf(24), uuid7FloorOf(25)];
    await database.pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
       VALUES ($1, $4, $5, $1, 'event', 'infinity'), ($2, $4, $5, $2, 'event', now()), ($3, $4, $6, $3, 'event', 'infinity')`,
      [...rows, organizationId, deleted, present],
    );
    await deadLetter(rows[0]!, rows[0]!, '1 hour');
    await database.pool.query('UPDATE dead_letters SET retrying = true');
    await maintenance.run();
    // The engine cancels the one that is due.
    const { rows: left } = await database.pool.query<{ id: string }>(
      'SELECT id FROM delivery_queue ORDER BY id',
    );
    expect(left.map(({ id }) => id)).toEqual(rows.slice(1));
    expect((await database.pool.query('SELECT retrying FROM dead_letters')).rows).toEqual([
      { retrying: false },
    ]);
  });

  it('belongs to one node at a time, and a lock that is held does not keep the rest from being done', async () => {
    const other = await database.pool.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT pg_advisory_xact_lock(7304182)');
      await maintenance.run();
      expect(await partitions()).toEqual([]);
      await other.query('ROLLBACK');
      // A reader of `events` that does not end, such as a backup.
      await other.query('BEGIN');
      await other.query('SELECT FROM events LIMIT 1');
      const id = uuid7FloorOf(9);
      await deadLetter(id, id, '-1 second');
      await maintenance.run();
      expect((await partitions()).filter((name) => name.startsWith('attempts'))).toHaveLength(5);
      expect(await count('dead_letters')).toBe(0);
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
    await maintenance.run();
    expect(await partitions()).toHaveLength(10);
  });
});
