import { randomBytes } from 'node:crypto';
import { failingDays } from '@trunkline/contract/failing-days';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../testing/database.ts';
import type { TestDatabase } from '../testing/database.ts';
import { answer, holding, startTestReceiver } from '../testing/delivery-app.ts';
import type { Receiver } from '../testing/delivery-app.ts';
import { eventually } from '../testing/eventually.ts';
import { call, createProcesses, post } from '../testing/processes.ts';
import type { Server } from '../testing/processes.ts';
import { cookieOf } from '../testing/test-app.ts';
import { uuid7FloorOf } from '../lib/uuid7.ts';

/** Several processes of the program on one database, from the start of the first ones to the death of one. */

const dayMs = 86_400_000;
const leaseSeconds = 2;
/** An announced change arrives within this; what a node remembers of a key lasts longer (5 s). */
const announcedMs = 3_000;

const processes = createProcesses();
let receiver: Receiver;
let database: TestDatabase;
let env: Record<string, string>;
let organization: Record<string, string>;
let key: string;
let a: Server;
let b: Server;
let c: Server;

beforeAll(async () => {
  receiver = await startTestReceiver();
  database = await createTestDatabase();
  env = {
    ...database.env,
    TRUNKLINE_SECRET_KEY: randomBytes(32).toString('hex'),
    TRUNKLINE_LEASE_SECONDS: String(leaseSeconds),
    TRUNKLINE_LOG_LEVEL: 'warn',
    TRUNKLINE_RATE_LIMITS: 'off',
  };
  organization = await processes.createOrganization(env);
  key = organization['apiKey']!;
});
afterAll(async () => {
  await processes.killAll();
  await receiver.close();
  await database.drop();
});
beforeEach(() => {
  receiver.requests.length = 0;
  receiver.respond = answer(200);
});

async function rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await database.pool.query<Row>(sql, values)).rows;
}

async function createWebhook(path: string, retry?: object): Promise<string> {
  const created = await call(a, key, 'POST', '/webhooks', {
    name: path,
    url: receiver.url(path),
    events: ['job.created'],
    ...(retry ? { retry } : {}),
  });
  expect(created.status).toBe(201);
  return String(created.body['id']);
}

const remove = async (id: string) =>
  expect((await call(a, key, 'DELETE', `/webhooks/${id}`)).status).toBe(204);

const idsAt = (path: string) => receiver.at(path).map(({ headers }) => headers['webhook-id'] ?? '');

const drained = () =>
  eventually(async () => expect(await rows('SELECT count(*) FROM delivery_queue')).toEqual([{ count: 0 }]));

describe('two processes that start at once', () => {
  it('do the scheduled work once', async () => {
    const past = Math.floor(Date.now() / dayMs) * dayMs - 40 * dayMs;
    const old = new Date(past).toISOString().slice(0, 10).replaceAll('-', '');
    for (const table of ['events', 'attempts']) {
      await database.pool.query(
        `CREATE TABLE ${table}_${old} PARTITION OF ${table}
         FOR VALUES FROM ('${uuid7FloorOf(past)}') TO ('${uuid7FloorOf(past + dayMs)}')`,
      );
    }
    await database.pool.query(
      `INSERT INTO webhooks (id, organization_id, name, url, events, enabled, secret_preview, created_at, updated_at)
       SELECT gen_random_uuid(), id, 'failing', $1, '{nothing.ever}', true, '', now(), now() FROM organizations`,
      [receiver.url('/failing')],
    );
    await database.pool.query(
      `INSERT INTO webhook_health (webhook_id, organization_id, failing_since, last_attempt_at, last_status,
         consecutive_failures)
       SELECT id, organization_id, now() - $1 * interval '1 day', now(), 503, 40 FROM webhooks
       ON CONFLICT (webhook_id) DO UPDATE SET failing_since = excluded.failing_since,
         last_attempt_at = excluded.last_attempt_at, last_status = 503, consecutive_failures = 40`,
      [failingDays.notice + 1],
    );
    // Each piece of work is written down, and takes so long that the other process comes upon it.
    await database.pool.query(`
      CREATE TABLE work_done (what text);
      CREATE FUNCTION note_created() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO work_done SELECT 'create ' || object_identity FROM pg_event_trigger_ddl_commands()
          WHERE object_type = 'table';
        PERFORM pg_sleep(0.1);
      END $$;
      CREATE EVENT TRIGGER note_created ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
        EXECUTE FUNCTION note_created();
      CREATE FUNCTION note_dropped() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO work_done SELECT 'drop ' || object_identity FROM pg_event_trigger_dropped_objects()
          WHERE object_type = 'table';
        PERFORM pg_sleep(0.1);
      END $$;
      CREATE EVENT TRIGGER note_dropped ON sql_drop EXECUTE FUNCTION note_dropped();
      CREATE FUNCTION note_notice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_sleep(1);
        RETURN new;
      END $$;
      CREATE TRIGGER note_notice BEFORE UPDATE OF failing_noticed_at ON webhook_health
        FOR EACH ROW WHEN (new.failing_noticed_at IS NOT NULL) EXECUTE FUNCTION note_notice()`);

    [a, b] = await Promise.all([processes.serve(env), processes.serve(env)]);
    await eventually(async () =>
      expect(await rows('SELECT FROM webhook_health WHERE failing_noticed_at IS NOT NULL')).toHaveLength(1),
    );
    // A process that is told to end finishes its scheduled work before.
    const servers = [a, b];
    for (const { child } of servers) child.process.kill('SIGTERM');
    const ends = await Promise.all(servers.map(({ child }) => child.ended));
    expect(ends).toEqual([expect.objectContaining({ code: 0 }), expect.objectContaining({ code: 0 })]);
    expect(ends.map(({ errorOutput }) => errorOutput).join('')).not.toMatch(/housekeeping|could not/);

    const work = (await rows<{ what: string }>('SELECT what FROM work_done')).map(({ what }) => what);
    expect(new Set(work).size).toBe(work.length);
    for (const table of ['events', 'attempts']) {
      expect(work.filter((what) => what.startsWith(`create public.${table}_`))).toHaveLength(5);
      expect(work).toContain(`drop public.${table}_${old}`);
    }
    // The notice is either passed on already or waits for that, and is one and the same.
    const notices = await rows(
      `SELECT id, type FROM events WHERE type LIKE 'webhook.%'
       UNION SELECT id, type FROM own_events WHERE type LIKE 'webhook.%'`,
    );
    expect(notices).toMatchObject([{ type: 'webhook.failing' }]);
    await database.pool.query(`
      DROP EVENT TRIGGER note_created;
      DROP EVENT TRIGGER note_dropped;
      DROP TRIGGER note_notice ON webhook_health;
      UPDATE webhooks SET enabled = false`);
  }, 60_000);
});

describe('three processes', () => {
  beforeAll(async () => {
    // One of them takes its address for that of a pooler, as all do in a run with PgBouncer.
    const behindPooler = { ...env, TRUNKLINE_DIRECT_DATABASE_URL: database.directUrl };
    [a, b, c] = await Promise.all([
      processes.serve(env),
      processes.serve(behindPooler),
      processes.serve(env),
    ]);
  });
  afterEach(async () => {
    for (const { id } of await rows<{ id: string }>('SELECT id FROM webhooks WHERE deleted_at IS NULL')) {
      await remove(id);
    }
    await drained();
  });

  it('send to the new address as soon as another one has changed it', async () => {
    const id = await createWebhook('/before');
    // From here on both have the address in memory.
    expect((await post(b, key, 'old-b')).status).toBe(202);
    expect((await post(c, key, 'old-c')).status).toBe(202);
    await receiver.received(2, '/before');
    expect((await call(a, key, 'PATCH', `/webhooks/${id}`, { url: receiver.url('/after') })).status).toBe(
      200,
    );
    await post(b, key, 'new-b');
    await post(c, key, 'new-c');
    await receiver.received(2, '/after');
    expect(idsAt('/after').toSorted()).toEqual(['new-b', 'new-c']);
    expect(idsAt('/before').toSorted()).toEqual(['old-b', 'old-c']);
  });

  it('send nothing more to an endpoint that another one has deleted, not even what waits', async () => {
    const policy = {
      retryStrategy: 'fixed',
      maxRetries: 10,
      initialDelaySeconds: 1,
      maxDelaySeconds: 1,
      enableJitter: false,
    };
    receiver.respond = (request, response) =>
      answer(request.path === '/deleted' ? 500 : 200)(request, response);
    const id = await createWebhook('/deleted', policy);
    await post(b, key, 'waits');
    await receiver.received(1, '/deleted');
    await remove(id);
    const attempts = receiver.at('/deleted').length;
    await createWebhook('/stays');
    await post(b, key, 'goes');
    await receiver.received(1, '/stays');
    await drained();
    expect(idsAt('/stays')).toEqual(['goes']);
    // One attempt may have been on its way when the deletion was answered.
    expect(receiver.at('/deleted').length).toBeLessThanOrEqual(attempts + 1);
    expect(idsAt('/deleted')).not.toContain('goes');
  });

  it('refuse a key that another one has replaced', async () => {
    const body = { email: organization['adminEmail'], password: organization['adminPassword'] };
    const json = { 'content-type': 'application/json' };
    const signedIn = await fetch(`${a.url}/api/trpc/access.signIn`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
    });
    expect(signedIn.status).toBe(200);
    const list = (apiKey: string) => call(b, apiKey, 'GET', '/webhooks');
    expect((await list(key)).status).toBe(200);
    const remembered = performance.now();
    const made = await fetch(`${a.url}/api/company/api-keys`, {
      method: 'POST',
      headers: { ...json, cookie: cookieOf(signedIn.headers.getSetCookie()) },
      body: '{}',
    });
    expect(made.status).toBe(201);
    const oldKey = key;
    key = ((await made.json()) as { key: string }).key;
    await eventually(async () => expect((await list(oldKey)).status).toBe(401), announcedMs);
    expect(performance.now() - remembered).toBeLessThan(announcedMs);
    expect((await list(key)).status).toBe(200);
  });

  it('retry as another one has set', async () => {
    await createWebhook('/retried');
    const config = (initialDelaySeconds: number) =>
      call(a, key, 'PUT', '/retry-config', {
        retryStrategy: 'fixed',
        maxRetries: 1,
        initialDelaySeconds,
        maxDelaySeconds: initialDelaySeconds,
        enableJitter: false,
        enableDlq: false,
      });
    /** Seconds until the retry of an event that fails once on B. */
    const delayOf = async (event: string): Promise<number> => {
      receiver.respond = answer(500);
      await post(b, key, event);
      const [row] = await eventually(async () => {
        const found = await rows<{ seconds: number }>(
          `SELECT extract(epoch FROM q.due_at - a.started_at)::float8 AS seconds
           FROM delivery_queue q JOIN events e ON e.id = q.event_id
           JOIN attempts a ON a.delivery_id = q.id WHERE e.key = $1 AND q.owner IS NULL`,
          [event],
        );
        expect(found).toHaveLength(1);
        return found;
      });
      return row!.seconds;
    };
    expect((await config(600)).status).toBe(200);
    let posts = 0;
    await eventually(async () => {
      posts += 1;
      expect(await delayOf(`slow-${posts}`)).toBeGreaterThan(590);
    }, announcedMs);
    expect((await config(60)).status).toBe(200);
    await eventually(async () => {
      posts += 1;
      const seconds = await delayOf(`quick-${posts}`);
      expect(seconds).toBeGreaterThan(55);
      expect(seconds).toBeLessThan(70);
    }, announcedMs);
  });

  it('deliver each of the events that arrive at all of them once', async () => {
    const ids = await Promise.all(['/first', '/second'].map((path) => createWebhook(path)));
    const events: string[] = [];
    const lane = async (server: Server, name: string) => {
      for (let n = 0; n < 25; n += 1) {
        events.push(`${name}-${n}`);
        expect((await post(server, key, `${name}-${n}`)).status).toBe(202);
      }
    };
    await Promise.all(
      [a, b, c].flatMap((server, n) => [1, 2, 3].map((m) => lane(server, `event-${n}-${m}`))),
    );
    await drained();
    for (const path of ['/first', '/second']) expect(idsAt(path).toSorted()).toEqual(events.toSorted());
    const attempts = await rows(
      'SELECT state, count(*) FROM attempts WHERE webhook_id = ANY ($1::uuid[]) GROUP BY state',
      [ids],
    );
    expect(attempts).toEqual([{ state: 'success', count: events.length * 2 }]);
  });

  it('take over what a killed one had in hand, under the same id', async () => {
    const id = await createWebhook('/orphans');
    const hold = holding();
    receiver.respond = hold.respond;
    const events = Array.from({ length: 8 }, (_, n) => `orphan-${n}`);
    for (const event of events) expect((await post(c, key, event)).status).toBe(202);
    await eventually(() => expect(hold.held).toBeGreaterThan(0));
    await c.child.kill();
    const killed = performance.now();
    const before = idsAt('/orphans');
    receiver.requests.length = 0;
    receiver.respond = answer(200);
    await eventually(() => expect(idsAt('/orphans').toSorted()).toEqual(events), (leaseSeconds + 5) * 1000);
    expect(performance.now() - killed).toBeLessThan((leaseSeconds + 5) * 1000);
    expect(before.every((event) => events.includes(event))).toBe(true);
    await drained();
    const attempts = await rows(
      `SELECT e.key, a.state FROM attempts a JOIN events e ON e.id = a.event_id
       WHERE a.webhook_id = $1 ORDER BY e.key`,
      [id],
    );
    expect(attempts).toEqual(events.map((event) => ({ key: event, state: 'success' })));
    expect(idsAt('/orphans').toSorted()).toEqual(events);
  });
});
