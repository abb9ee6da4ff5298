import { createHmac, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { eventually } from '../../testing/eventually.ts';
import { call, createProcesses } from '../../testing/processes.ts';
import type { Server } from '../../testing/processes.ts';

/* Whole processes: one is killed with a webhook in its hands, and several get the same one at once. */

const processes = createProcesses();
let database: TestDatabase;
let env: Record<string, string>;
let apiKey: string;
let gate: pg.PoolClient;

beforeAll(async () => {
  database = await createTestDatabase();
  env = { ...database.env, TRUNKLINE_SECRET_KEY: randomBytes(32).toString('hex') };
  apiKey = (await processes.createOrganization(env))['apiKey']!;
  gate = await database.pool.connect();
});
afterAll(async () => {
  await processes.killAll();
  gate.release(true);
  await database.drop();
});

async function createSource(server: Server): Promise<{ path: string; key: string }> {
  const { status, body } = await call(server, apiKey, 'POST', '/inbound/sources', { provider: 'generic' });
  expect(status).toBe(201);
  return { path: new URL(String(body['url'])).pathname, key: String(body['key']) };
}

async function send(
  server: Server,
  { path, key }: { path: string; key: string },
  body: string,
): Promise<number> {
  const signature = createHmac('sha256', key).update(body).digest('hex');
  const headers = { 'x-signature': `sha256=${signature}` };
  return (await fetch(`${server.url}${path}`, { method: 'POST', headers, body })).status;
}

async function rows<Row extends object>(sql: string): Promise<Row[]> {
  return (await database.pool.query<Row>(sql)).rows;
}

const states = () => rows<{ state: string }>('SELECT state FROM inbound_messages ORDER BY id');
const events = () => rows<{ key: string }>(`SELECT key FROM events WHERE type = 'inbound.received'`);

it('makes one event of a webhook whose process is killed after the event and before it is recorded', async () => {
  const doomed = await processes.serve(env);
  const source = await createSource(doomed);
  // Whoever records a webhook as processed waits at a gate.
  await database.pool.query(`
    CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$;
    CREATE TRIGGER gate BEFORE UPDATE ON inbound_messages FOR EACH ROW
      WHEN (NEW.state = 'processed') EXECUTE FUNCTION wait_at_gate()`);
  await gate.query('SELECT pg_advisory_lock(4711)');
  expect(await send(doomed, source, '{"n":1}')).toBe(200);
  await eventually(async () => expect(await events()).toHaveLength(1));
  await eventually(async () =>
    expect(
      await rows(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted`),
    ).toHaveLength(1),
  );
  await doomed.child.kill();
  await database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted`,
  );
  await gate.query('SELECT pg_advisory_unlock(4711)');
  await database.pool.query('DROP TRIGGER gate ON inbound_messages');
  expect(await states()).toEqual([{ state: 'queued' }]);
  // Its lease ends.
  await database.pool.query('UPDATE inbound_messages SET due_at = now()');
  const next = await processes.serve(env);
  await eventually(async () => expect(await states()).toEqual([{ state: 'processed' }]));
  expect(await events()).toHaveLength(1);

  // Fifty times the same at two processes is one event, too.
  const other = await processes.serve(env);
  const statuses = await Promise.all(
    Array.from({ length: 50 }, (_, n) => send(n % 2 ? next : other, source, '{"n":2}')),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
  await eventually(async () =>
    expect((await states()).map(({ state }) => state)).toEqual(['processed', 'processed']),
  );
  expect(await events()).toHaveLength(2);
  expect(await rows('SELECT repeats FROM inbound_messages ORDER BY id')).toEqual([
    { repeats: 0 },
    { repeats: 49 },
  ]);
}, 120_000);
