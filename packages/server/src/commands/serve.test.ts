import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { discardDataFolder } from '../db/embedded.ts';
import { createTestDatabase } from '../testing/database.ts';
import type { TestDatabase } from '../testing/database.ts';
import { answer, holding, startTestReceiver } from '../testing/delivery-app.ts';
import type { Receiver } from '../testing/delivery-app.ts';
import { eventually } from '../testing/eventually.ts';
import { call, createProcesses, post } from '../testing/processes.ts';
import type { Server } from '../testing/processes.ts';

/** Processes of the program itself, ended as an operator or a crash ends them. */

const processes = createProcesses();
const { run, serve, createOrganization } = processes;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startTestReceiver();
});
afterAll(async () => {
  await processes.killAll();
  await receiver.close();
});
beforeEach(() => {
  receiver.requests.length = 0;
  receiver.respond = answer(200);
});

async function createWebhook(server: Server, apiKey: string, path: string): Promise<string> {
  const created = await call(server, apiKey, 'POST', '/webhooks', {
    name: path,
    url: receiver.url(path),
    events: ['job.created'],
    retry: {
      retryStrategy: 'fixed',
      maxRetries: 10,
      initialDelaySeconds: 1,
      maxDelaySeconds: 1,
      enableJitter: false,
    },
  });
  expect(created.status).toBe(201);
  return String(created.body['id']);
}

function arrivals(path: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { headers } of receiver.at(path)) {
    const id = headers['webhook-id']!;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

async function failureOf(command: string[], env: Record<string, string>): Promise<string> {
  const { code, errorOutput } = await run(command, env).ended;
  expect(code).toBe(1);
  return errorOutput;
}

describe('one process with its own database', () => {
  it('loses nothing that it answered 202 for when it is killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trunkline-serve-'));
    try {
      const env = { TRUNKLINE_DATA_DIR: join(folder, 'data') };
      const created = await createOrganization(env);
      expect(created).toEqual({
        organizationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        adminEmail: 'admin@works.example',
        adminPassword: expect.stringMatching(/^\S{20}$/) as string,
        apiKey: expect.stringMatching(/^tl_live_/) as string,
      });
      const key = created['apiKey']!;
      const first = await serve(env);
      const refused = failureOf(['serve'], env);
      await createWebhook(first, key, '/hook');
      const hold = holding();
      receiver.respond = hold.respond;
      const ids = Array.from({ length: 20 }, (_, n) => `evt_${n}`);
      for (const id of ids) expect((await post(first, key, id)).status).toBe(202);
      await eventually(() => expect(hold.held).toBeGreaterThan(0));
      expect(await refused).toMatch(
        /^trunkline: The data folder \S+ is in use by another running Trunkline \(process \d+\)\.\n$/,
      );
      await first.child.kill();
      const before = arrivals('/hook');
      expect(before.size).toBeLessThan(20);
      receiver.respond = answer(200);
      const second = await serve(env);
      await eventually(() => expect([...arrivals('/hook').keys()].toSorted()).toEqual(ids.toSorted()));
      // Only what was in flight may come twice, and under the same id.
      for (const [id, count] of arrivals('/hook')) expect(count).toBe(before.has(id) ? 2 : 1);
      expect((await post(second, key, 'evt_0')).body).toEqual({ id: 'evt_0', duplicate: true });
      second.child.process.kill('SIGTERM');
      expect((await second.child.ended).code).toBe(0);
    } finally {
      await processes.killAll();
      await discardDataFolder(join(folder, 'data'));
    }
  }, 90_000);
});

describe('several processes on one database', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let key: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    env = { ...database.env, TRUNKLINE_SECRET_KEY: randomBytes(32).toString('hex') };
    key = (await createOrganization(env))['apiKey']!;
  });
  afterAll(async () => {
    await processes.killAll();
    await database.drop();
  });

  const queued = async (condition = 'true') => {
    const { rows } = await database.pool.query<{ count: number }>(
      `SELECT count(*) FROM delivery_queue WHERE ${condition}`,
    );
    return rows[0]!.count;
  };

  it('claim nothing more from the signal on, although a request is still open', async () => {
    const one = await serve(env);
    const id = await createWebhook(one, key, '/open');
    const hold = holding();
    receiver.respond = hold.respond;
    const tested = call(one, key, 'POST', `/webhooks/${id}/test`, { eventType: 'job.created' });
    await eventually(() => expect(hold.held).toBe(1));
    const nodes = async () =>
      (await database.pool.query('SELECT FROM nodes WHERE pid = $1', [one.child.process.pid])).rowCount;
    expect(await nodes()).toBe(1);
    one.child.process.kill('SIGTERM');
    // The engine has signed off while the request is open.
    await eventually(async () => expect(await nodes()).toBe(0));
    expect([hold.held, one.child.process.exitCode]).toEqual([1, null]);
    hold.release();
    expect(await tested).toMatchObject({ status: 200, body: { success: true } });
    expect((await one.child.ended).code).toBe(0);
    await database.pool.query('UPDATE webhooks SET deleted_at = now(), enabled = false');
  });

  it('share the work: changes reach the other one, a signal loses nothing, a killed one is replaced', async () => {
    const [one, two] = await Promise.all([serve(env), serve(env)]);

    // A change on one is seen by the other, also by what waits there for its next attempt.
    const id = await createWebhook(one, key, '/changes');
    receiver.respond = answer(500);
    await post(two, key, 'retried');
    await receiver.received(1, '/changes');
    await call(one, key, 'PATCH', `/webhooks/${id}`, { url: receiver.url('/changed') });
    receiver.respond = (request, response) =>
      answer(request.path === '/changed' ? 200 : 500)(request, response);
    await receiver.received(1, '/changed');
    expect(arrivals('/changed').get('retried')).toBe(1);
    expect((await call(one, key, 'PATCH', `/webhooks/${id}`, { status: 'inactive' })).status).toBe(200);
    expect((await post(two, key, 'nobody')).status).toBe(202);
    expect((await call(two, key, 'DELETE', `/webhooks/${id}`)).status).toBe(204);

    // SIGTERM under load: every answer of 202 is delivered, and nothing twice.
    await createWebhook(one, key, '/load');
    receiver.respond = answer(200);
    const accepted: string[] = [];
    const stop = new AbortController();
    const load = async (server: Server, name: string) => {
      for (let n = 0; !stop.signal.aborted; n += 1) {
        const status = await post(server, key, `${name}-${n}`).then(
          (answered) => answered.status,
          () => 0,
        );
        if (status === 202) accepted.push(`${name}-${n}`);
        else if (status === 0 && server === two) return;
      }
    };
    const lanes = [load(one, 'a'), load(two, 'b'), load(two, 'c'), load(one, 'd')];
    await eventually(() => expect(accepted.length).toBeGreaterThan(150));
    two.child.process.kill('SIGTERM');
    expect((await two.child.ended).code).toBe(0);
    stop.abort();
    await Promise.all(lanes);
    await eventually(async () => expect(await queued()).toBe(0));
    const got = arrivals('/load');
    expect(accepted.filter((event) => !got.has(event))).toEqual([]);
    expect(accepted.filter((event) => got.get(event) !== 1)).toEqual([]);

    // A worker takes over what a killed server had in hand.
    const worker = run(['work'], env);
    const hold = holding();
    receiver.respond = hold.respond;
    await post(one, key, 'orphan');
    await eventually(() => expect(hold.held).toBe(1));
    await one.child.kill();
    receiver.respond = answer(200);
    await eventually(() => expect(arrivals('/load').get('orphan')).toBe(2));
    await eventually(async () => expect(await queued()).toBe(0));
    worker.process.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  }, 60_000);

  it('refuse to start with a plain message', async () => {
    const busy = createServer();
    busy.listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const address = busy.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const elsewhere = new URL(database.directUrl);
    elsewhere.pathname = '/postgres';
    const [inUse, wrong, missing, other] = await Promise.all([
      failureOf(['serve'], { ...env, PORT: port }),
      failureOf(['serve'], { ...env, PORT: 'three' }),
      failureOf(['work'], { ...env, TRUNKLINE_SECRET_KEY: randomBytes(32).toString('hex') }),
      failureOf(['work'], { ...env, TRUNKLINE_DIRECT_DATABASE_URL: elsewhere.href }),
    ]);
    busy.close();
    expect(inUse).toBe(
      `trunkline: Port ${port} is in use. Stop what runs there, or choose another with PORT=3001.\n`,
    );
    expect(wrong).toBe('trunkline: PORT: "three" is not a whole number from 0 to 65535\n');
    expect(missing).toMatch(
      /^trunkline: TRUNKLINE_SECRET_KEY: stored secrets need the master key with id [0-9a-f]{8}\./,
    );
    expect(missing).not.toContain(env['TRUNKLINE_SECRET_KEY']);
    expect(other).toMatch(
      /^trunkline: TRUNKLINE_DIRECT_DATABASE_URL: what is announced through DATABASE_URL/,
    );
  }, 60_000);
});
