import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPool } from '../db/pool.ts';
import { sendEvents } from '../modules/events/send-events.ts';
import { deleteWebhook } from '../modules/webhooks/delete-webhook.ts';
import { getDlqItems } from '../modules/webhooks/get-dlq-items.ts';
import { updateWebhook } from '../modules/webhooks/update-webhook.ts';
import { refusalOf } from '../testing/refusal.ts';
import { eventually } from '../testing/eventually.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import { freeUnknown, handBack } from './claim.ts';
import { Dispatcher } from './dispatcher.ts';
import type { DispatcherOptions } from './dispatcher.ts';
import { EndpointCache } from './endpoints.ts';
import { answer, createDeliveryTest, holding } from '../testing/delivery-app.ts';
import type { DeliveryTest, Node } from '../testing/delivery-app.ts';
import { sampleLease } from '../testing/sample-lease.ts';
import { markedClaims } from './suspects.ts';
import type { Lease } from './types.ts';

let test: DeliveryTest;
let organization: TestOrganization;
let nodes: Node[] = [];

beforeAll(async () => {
  test = await createDeliveryTest();
  organization = await test.createOrganization();
});
afterAll(() => test.close());
beforeEach(async () => {
  test.receiver.respond = answer(200);
  for (const node of nodes) await node.stop();
  nodes = [];
  test.receiver.requests.length = 0;
  await test.database.pool.query('DELETE FROM delivery_queue');
  await test.database.pool.query('UPDATE webhooks SET deleted_at = now(), version = version + 1');
});

async function startNode(options: Parameters<DeliveryTest['startNode']>[0] = {}): Promise<Node> {
  const node = await test.startNode({ quiet: true, ...options });
  nodes.push(node);
  return node;
}

const admin = () => test.as('system_admin', organization);
const post = (node: Node, id?: string, type = 'job.created') =>
  sendEvents({ ...test.apiKey(organization), app: node.app }, { ...(id ? { id } : {}), type, data: {} });
const postMany = (node: Node, count: number, type = 'job.created') =>
  sendEvents(
    { ...test.apiKey(organization), app: node.app },
    Array.from({ length: count }, () => ({ type, data: {} })),
  );

/** Ids by how often they arrived. */
function arrivals(path?: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { headers } of path === undefined ? test.receiver.requests : test.receiver.at(path)) {
    const id = headers['webhook-id']!;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

interface QueueRow {
  id: string;
  owner: string | null;
  fence: number;
  claims: number;
  attempts: number;
  held: boolean;
  late: boolean;
}

async function queue(): Promise<QueueRow[]> {
  const { rows } = await test.database.pool.query<QueueRow>(
    `SELECT id, owner, fence, claims, attempts, due_at = 'infinity' AS held, due_at <= now() AS late
     FROM delivery_queue ORDER BY id`,
  );
  return rows;
}

async function attemptCount(webhookId: string): Promise<number> {
  const { rows } = await test.database.pool.query<{ count: number }>(
    'SELECT count(*) FROM attempts WHERE webhook_id = $1',
    [webhookId],
  );
  return rows[0]!.count;
}

describe('a lease', () => {
  it('lost before the result: the result changes nothing', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization);
    const hold = holding();
    test.receiver.respond = hold.respond;
    await post(node);
    await eventually(() => expect(hold.held).toBe(1));
    await test.database.pool.query(`UPDATE delivery_queue SET fence = fence + 1, owner = gen_random_uuid()`);
    hold.release();
    await eventually(() => expect(node.engine.counters.stale).toBe(1));
    expect(await attemptCount(id)).toBe(0);
    expect(await queue()).toMatchObject([{ fence: 2, attempts: 0 }]);
    expect(node.engine.gauges()).toMatchObject({ held: 0, inFlight: 0 });
  });

  it('of a node that is gone runs out, and another one delivers with the same id', async () => {
    const dead = await startNode();
    const { id } = await test.webhook(organization);
    const hold = holding();
    test.receiver.respond = hold.respond;
    await post(dead, 'evt');
    await eventually(() => expect(hold.held).toBe(1));
    const other = await startNode();
    expect(await queue()).toMatchObject([{ owner: dead.engine.nodeId, claims: 1 }]);
    test.receiver.respond = answer(200);
    await test.database.pool.query('UPDATE delivery_queue SET due_at = now()');
    other.engine.wake();
    await test.drained(organization);
    expect(arrivals()).toEqual(new Map([['evt', 2]]));
    const [first, second] = test.receiver.requests;
    expect(second!.headers['x-trunkline-delivery']).toBe(first!.headers['x-trunkline-delivery']);
    hold.release();
    await eventually(() => expect(dead.engine.counters.stale).toBe(1));
    expect(await attemptCount(id)).toBe(1);
  });

  it('is renewed as long as the request runs', async () => {
    const node = await startNode({ leaseSeconds: 1 });
    const other = await startNode({ leaseSeconds: 1 });
    const { id } = await test.webhook(organization);
    const hold = holding();
    test.receiver.respond = hold.respond;
    await post(node);
    await eventually(() => expect(hold.held).toBe(1));
    const { rows } = await test.database.pool.query<{ due: Date }>(
      'SELECT due_at AS due FROM delivery_queue',
    );
    // Twice the lease later by the database's clock, it still belongs to the same node.
    await eventually(async () => {
      const renewed = await test.database.pool.query(
        `SELECT FROM delivery_queue WHERE due_at > $1::timestamptz + interval '2 seconds' AND owner = $2 AND fence = 1`,
        [rows[0]!.due, node.engine.nodeId],
      );
      expect(renewed.rowCount).toBe(1);
    });
    hold.release();
    await test.drained(organization);
    expect([test.receiver.requests.length, await attemptCount(id)]).toEqual([1, 1]);
    expect(other.engine.counters.claimed).toBe(0);
  });

  it('that ran out while the node still sends is taken over by the same node without a second request', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization);
    const hold = holding();
    test.receiver.respond = hold.respond;
    await post(node);
    await eventually(() => expect(hold.held).toBe(1));
    await test.database.pool.query('UPDATE delivery_queue SET due_at = now()');
    node.engine.wake();
    await eventually(async () => expect(await queue()).toMatchObject([{ fence: 2, claims: 2 }]));
    hold.release();
    await test.drained(organization);
    expect([test.receiver.requests.length, await attemptCount(id)]).toEqual([1, 1]);
    expect(node.engine.counters).toMatchObject({ succeeded: 1, stale: 0 });
  });

  it('of the next attempt, answered before the record of this one, is used at once', async () => {
    const noticed: string[] = [];
    const node = await startNode({
      pool: (pool) =>
        intercept(pool, undefined, async (text) => {
          if (noticed.length > 0 || !text.includes('INSERT INTO attempts')) return;
          noticed.push('recorded');
          await test.makeDue();
          node.engine.wake();
          await eventually(() => expect(node.engine.counters.claimed).toBe(1));
        }),
    });
    const { id } = await test.webhook(organization);
    test.receiver.respond = (request, response) =>
      answer(test.receiver.requests.length === 1 ? 500 : 200)(request, response);
    await post(node, 'twice');
    await test.receiver.received(2);
    await test.drained(organization);
    expect(noticed).toEqual(['recorded']);
    expect(arrivals()).toEqual(new Map([['twice', 2]]));
    const { rows } = await test.database.pool.query(
      'SELECT number, state FROM attempts WHERE webhook_id = $1 ORDER BY number',
      [id],
    );
    expect(rows).toEqual([
      { number: 1, state: 'retrying' },
      { number: 2, state: 'success' },
    ]);
    await eventually(() => expect(node.engine.gauges()).toMatchObject({ held: 0, unrecorded: 0 }));
    expect(node.engine.counters).toMatchObject({ succeeded: 1, failed: 1, stale: 0 });
  });

  it('of what ended its worker while it was sent alone ends as a dead letter, and others go on', async () => {
    const node = await startNode({ started: false });
    const { id } = await test.webhook(organization);
    await post(node, 'poison');
    await test.database.pool.query('UPDATE delivery_queue SET claims = $1', [markedClaims]);
    await post(node, 'fine');
    await node.engine.start(false);
    await test.drained(organization);
    expect([...arrivals().keys()]).toEqual(['fine']);
    const { data } = await getDlqItems(admin(), { limit: 50, webhookId: id });
    expect(data).toMatchObject([{ eventId: 'poison', error: { code: 'crashed' }, attemptCount: 1 }]);
  });

  it('taken often without a result is sent alone, and only what ends its worker then is given up', async () => {
    let killed = false;
    const node = await startNode({
      pool: (pool) =>
        intercept(pool, async () => {
          if (killed) throw new Error('this process was killed');
        }),
    });
    const { id } = await test.webhook(organization, { status: 'paused' });
    const names = Array.from({ length: 20 }, (_, n) => (n === 7 ? 'deadly' : `fine-${n}`));
    for (const name of names) await post(node, name);
    // As after five kills of a process that had all of them in hand.
    await test.database.pool.query('UPDATE delivery_queue SET claims = 5');
    const hold = holding();
    let most = 0;
    let open = 0;
    test.receiver.respond = (request, response) => {
      if (request.headers['webhook-id'] === 'deadly') return hold.respond(request, response);
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        response.end();
      });
    };
    await updateWebhook({ ...admin(), app: node.app }, { id, status: 'active' });
    await eventually(async () => {
      expect([...arrivals().keys()].toSorted()).toEqual(names.toSorted());
      expect(await queue()).toMatchObject([{ claims: markedClaims, owner: node.engine.nodeId }]);
    });
    expect(most).toBe(1);
    killed = true;
    await test.database.pool.query('UPDATE delivery_queue SET due_at = now()');
    await startNode();
    await test.drained(organization);
    hold.release();
    const { data } = await getDlqItems(admin(), { limit: 50, webhookId: id });
    expect(data).toMatchObject([{ eventId: 'deadly', error: { code: 'crashed' } }]);
    expect([...arrivals().values()]).toEqual(Array.from({ length: 20 }, () => 1));
  });

  it('whose event is gone is cancelled', async () => {
    const node = await startNode({ started: false });
    await test.webhook(organization);
    await post(node);
    await test.database.pool.query('DELETE FROM events');
    await node.engine.start(false);
    await test.drained(organization);
    expect(test.receiver.requests).toEqual([]);
  });
});

describe('stopping', () => {
  it('finishes what is in flight and hands back what waits at once', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization);
    const hold = holding();
    test.receiver.respond = hold.respond;
    await postMany(node, 100);
    await eventually(() => expect(hold.held).toBe(8));
    const stopped = node.stop();
    await eventually(async () => {
      const free = (await queue()).filter(({ owner, late }) => owner === null && late);
      expect(free.map(({ claims }) => claims)).toEqual(Array.from({ length: 92 }, () => 0));
    });
    hold.release();
    await stopped;
    expect(await attemptCount(id)).toBe(8);
    expect((await queue()).length).toBe(92);
    await startNode();
    await test.drained(organization);
    expect([...arrivals().values()]).toEqual(Array.from({ length: 100 }, () => 1));
  });

  it('hands back what waits for its webhook to be read', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let reading = false;
    const node = await startNode({
      pool: (pool) =>
        intercept(pool, async (text) => {
          if (!text.includes('FROM webhooks w LEFT JOIN retry_configs')) return;
          reading = true;
          await gate;
        }),
    });
    await test.webhook(organization);
    await post(node);
    await eventually(() => expect(reading).toBe(true));
    const stopped = node.stop();
    release();
    await stopped;
    // Sent if the answer came before the stop, handed back otherwise; never left under a lease that nobody uses.
    const left = await queue();
    expect(left.length + test.receiver.requests.length).toBe(1);
    for (const row of left) expect(row).toMatchObject({ owner: null, late: true, claims: 0 });
  });

  it('ends although the database is away', async () => {
    let away = false;
    const node = await startNode({
      pool: (pool) =>
        intercept(pool, async () => {
          if (away) throw new Error('the database is away');
        }),
    });
    await test.webhook(organization);
    const hold = holding();
    test.receiver.respond = hold.respond;
    await post(node);
    await eventually(() => expect(hold.held).toBe(1));
    away = true;
    hold.release();
    await eventually(() => expect(node.engine.gauges().unrecorded).toBe(1));
    await node.stop();
    expect(await queue()).toHaveLength(1);
  });
});

describe('nodes together', () => {
  it('share a backlog of 2,000 without a duplicate', async () => {
    const ingest = await startNode({ started: false });
    await test.webhook(organization, { path: '/a' });
    await test.webhook(organization, { path: '/b' });
    await postMany(ingest, 1000);
    expect(await queue()).toHaveLength(2000);
    // Neither takes its second portion before the other has taken its first.
    const [first, second] = [makeGate(), makeGate()];
    const one = await startNode({ started: false, pool: (pool) => takingTurns(pool, first, second) });
    const two = await startNode({ started: false, pool: (pool) => takingTurns(pool, second, first) });
    await Promise.all([one.engine.start(false), two.engine.start(false)]);
    await test.drained(organization);
    for (const path of ['/a', '/b']) {
      const counts = arrivals(path);
      expect(counts.size).toBe(1000);
      expect(new Set(counts.values())).toEqual(new Set([1]));
    }
    expect(one.engine.counters.claimed).toBeGreaterThan(0);
    expect(two.engine.counters.claimed).toBeGreaterThan(0);
    expect(one.engine.counters.claimed + two.engine.counters.claimed).toBe(2000);
  });

  it('frees what it leased without learning of it, and counts no claim for it', async () => {
    const node = await startNode({ started: false });
    await test.webhook(organization);
    for (let n = 0; n < 3; n += 1) await post(node);
    const nodeId = test.app.newId();
    const { rows } = await test.database.pool.query<{ id: string }>(
      'SELECT id FROM delivery_queue ORDER BY id',
    );
    const [lost, fresh, known] = rows.map(({ id }) => id) as [string, string, string];
    await test.database.pool.query(
      `UPDATE delivery_queue SET owner = $1, claims = 3,
         due_at = now() + CASE WHEN id = $2 THEN interval '29 seconds' ELSE interval '10 seconds' END`,
      [nodeId, fresh],
    );
    expect(await freeUnknown(test.database.pool, { nodeId, leaseSeconds: 30 }, [known])).toBe(1);
    const after = await test.database.pool.query(
      'SELECT id, owner, claims, due_at <= now() AS due FROM delivery_queue ORDER BY id',
    );
    expect(after.rows).toEqual([
      { id: lost, owner: null, claims: 2, due: true },
      { id: fresh, owner: nodeId, claims: 3, due: false },
      { id: known, owner: nodeId, claims: 3, due: false },
    ]);
  });

  it('frees the leases of a former process at once where nobody else can be at work', async () => {
    const former = await startNode({ started: false });
    await test.webhook(organization);
    await post(former);
    await test.database.pool.query(
      `UPDATE delivery_queue SET owner = gen_random_uuid(), due_at = now() + interval '1 hour'`,
    );
    const node = await startNode({ started: false });
    await node.engine.start(true);
    await test.drained(organization);
    expect(test.receiver.requests).toHaveLength(1);
  });
});

describe('a slow endpoint', () => {
  it('holds up nobody else', async () => {
    const node = await startNode();
    const hold = holding();
    test.receiver.respond = (request, response) =>
      request.path === '/slow' ? hold.respond(request, response) : response.end();
    await test.webhook(organization, { path: '/slow', events: ['job.slow', 'job.both'] });
    await test.webhook(organization, { path: '/quick', events: ['job.quick', 'job.both'] });
    await postMany(node, 500, 'job.slow');
    await postMany(node, 100, 'job.both');
    await postMany(node, 200, 'job.quick');
    await test.receiver.received(300, '/quick');
    expect(arrivals('/quick').size).toBe(300);
    // All of it while the slow one has not answered a single request.
    expect(hold.held).toBe(test.receiver.at('/slow').length);
    // The last answers of the quick one may still be on their way back.
    await eventually(() => expect(node.engine.gauges().inFlight).toBe(8));
    hold.release();
    await test.drained(organization);
    expect(arrivals('/slow').size).toBe(600);
  });

  it('fills what one node takes of it; the rest goes back and is delivered later', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization, { path: '/slow' });
    const hold = holding();
    test.receiver.respond = hold.respond;
    // More than one endpoint may have waiting in memory.
    for (let n = 0; n < 6; n += 1) await postMany(node, 1000);
    await eventually(async () => {
      const { rows } = await test.database.pool.query<{ free: number; leased: number }>(
        `SELECT count(*) FILTER (WHERE owner IS NULL) AS free, count(*) FILTER (WHERE owner IS NOT NULL) AS leased
         FROM delivery_queue`,
      );
      expect(rows[0]!.free).toBeGreaterThanOrEqual(900);
      expect(rows[0]!.leased).toBeLessThanOrEqual(5100);
    });
    const quick = await test.webhook(organization, { path: '/quick', events: ['job.quick'] });
    test.receiver.respond = (request, response) =>
      request.path === '/slow' ? hold.respond(request, response) : response.end();
    await updateWebhook(admin(), { id, events: ['job.created'] });
    await post(node, 'quick', 'job.quick');
    await test.receiver.received(1, '/quick');
    hold.release();
    await test.drained(organization);
    expect(arrivals('/slow').size).toBe(6000);
    expect(new Set(arrivals('/slow').values())).toEqual(new Set([1]));
    expect(await test.statuses(quick.id)).toEqual({ success: 1 });
  });
});

describe('endpoints that hang', () => {
  it('leave room for the others, however much waits for them', async () => {
    const node = await startNode();
    const hold = holding();
    test.receiver.respond = (request, response) =>
      request.path === '/quick' ? response.end() : hold.respond(request, response);
    // More than a node takes in hand.
    for (const path of ['/slow', '/dead', '/gone'])
      await test.webhook(organization, { path, events: ['job.slow'] });
    for (let n = 0; n < 5; n += 1) await postMany(node, 1000, 'job.slow');
    await test.webhook(organization, { path: '/quick', events: ['job.quick'] });
    await postMany(node, 300, 'job.quick');
    await test.receiver.received(300, '/quick');
    expect(hold.held).toBeGreaterThanOrEqual(24);
    hold.release();
    await test.database.pool.query('DELETE FROM delivery_queue');
  });
});

describe('a webhook that changes while a node holds deliveries of it', () => {
  it('keeps them when it is switched off, and gets them when it is on again', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization);
    const hold = holding();
    test.receiver.respond = hold.respond;
    await postMany(node, 200);
    await eventually(() => expect(hold.held).toBe(8));
    await updateWebhook(admin(), { id, status: 'inactive' });
    hold.release();
    await eventually(async () => {
      const rows = await queue();
      expect(rows.length).toBeGreaterThan(100);
      expect(rows.every(({ held, owner }) => held && owner === null)).toBe(true);
    });
    await updateWebhook(admin(), { id, status: 'active' });
    await test.drained(organization);
    expect(arrivals().size).toBe(200);
    expect(new Set(arrivals().values())).toEqual(new Set([1]));
  });

  it('gets what came back into its backlog after it was switched on again', async () => {
    const node = await startNode({ started: false });
    await test.webhook(organization);
    await post(node, 'late');
    const [row] = await queue();
    // This node's copy still says off; the switch back is committed already.
    await handBack(node.pool, [{ id: row!.id, fence: row!.fence }], 'held');
    expect(await queue()).toMatchObject([{ held: true, owner: null }]);
    await node.engine.start(false);
    await test.drained(organization);
    expect([...arrivals()]).toEqual([['late', 1]]);
  });

  it('gets the rest at its new address', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization, { path: '/old' });
    const hold = holding();
    test.receiver.respond = (request, response) =>
      request.path === '/old' ? hold.respond(request, response) : response.end();
    await postMany(node, 50);
    await eventually(() => expect(hold.held).toBe(8));
    await updateWebhook(admin(), { id, url: test.receiver.url('/new') });
    hold.release();
    await test.drained(organization);
    expect([test.receiver.at('/old').length, test.receiver.at('/new').length]).toEqual([8, 42]);
  });

  it('gets its retries at its new address from a node that was not told of it', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization, { path: '/old', retry: { maxRetries: 5 } });
    test.receiver.respond = (request, response) =>
      answer(request.path === '/old' ? 500 : 200)(request, response);
    await post(node, 'moved');
    await eventually(async () => expect(await test.statuses(id)).toEqual({ retrying: 1 }));
    await test.database.pool.query('UPDATE webhooks SET url = $2, version = version + 1 WHERE id = $1', [
      id,
      test.receiver.url('/new'),
    ]);
    await test.makeDue();
    await test.drained(organization);
    expect([arrivals('/old').size, arrivals('/new').size]).toEqual([1, 1]);
    expect(test.receiver.requests).toHaveLength(2);
  });

  it('loses them when it is deleted, and only then', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization, { path: '/deleted' });
    await test.webhook(organization, { path: '/kept' });
    const hold = holding();
    test.receiver.respond = (request, response) =>
      request.path === '/deleted' ? hold.respond(request, response) : response.end();
    await postMany(node, 50);
    await eventually(() => expect(hold.held).toBe(8));
    await deleteWebhook(admin(), { id });
    hold.release();
    await test.drained(organization);
    await eventually(() => expect(node.engine.gauges()).toMatchObject({ held: 0, waiting: 0 }));
    expect([test.receiver.at('/deleted').length, test.receiver.at('/kept').length]).toEqual([8, 50]);
  });

  it('is not taken for deleted because its copy is dropped while another one is read', async () => {
    // Deliveries of a known and of an unknown webhook come together; the known one changes during the read.
    let atRead: () => void = () => undefined;
    const node = await startNode({
      pool: (pool) =>
        intercept(pool, async (text) => {
          if (text.includes('FROM webhooks w LEFT JOIN retry_configs')) atRead();
        }),
    });
    const known = await test.webhook(organization, { path: '/known' });
    await post(node, 'first');
    await test.drained(organization);
    await test.webhook(organization, { path: '/unknown' });
    atRead = () => {
      atRead = () => undefined;
      node.engine.endpoints.forget(known.id);
    };
    await post(node, 'second');
    await test.drained(organization);
    expect([arrivals('/known').size, arrivals('/unknown').size]).toEqual([2, 1]);
    atRead = () => undefined;
    await test.webhook(organization, { path: '/third' });
    atRead = () => node.engine.endpoints.forgetAll();
    const third = post(node, 'third');
    await eventually(() => expect(arrivals('/third').size).toBeLessThanOrEqual(1));
    atRead = () => undefined;
    await third;
    await test.drained(organization);
    expect([arrivals('/known').size, arrivals('/unknown').size, arrivals('/third').size]).toEqual([3, 2, 1]);
  });

  it('is never kept in the copy that it had before the change', async () => {
    const { id } = await test.webhook(organization, { path: '/old' });
    let atRead: () => Promise<void> = () => Promise.resolve();
    const pool = intercept(test.database.pool, undefined, async (text) => {
      if (text.includes('FROM webhooks w LEFT JOIN retry_configs')) await atRead();
    });
    const cache = new EndpointCache(test.app, pool);
    // The change commits and is announced after the rows were read and before they are here.
    atRead = async () => {
      atRead = () => Promise.resolve();
      await test.database.pool.query('UPDATE webhooks SET url = $2, version = version + 1 WHERE id = $1', [
        id,
        test.receiver.url('/new'),
      ]);
      cache.forget(id);
    };
    const found = await cache.load([id]);
    expect(found.get(id)!.path).toBe('/new');
    expect(cache.peek(id)!.path).toBe('/new');
  });

  it('whose secret cannot be opened holds up only itself', async () => {
    const node = await startNode();
    const broken = await test.webhook(organization, { path: '/broken' });
    await test.webhook(organization, { path: '/fine' });
    await test.database.pool.query(
      `UPDATE webhooks SET secret_box = overlay(secret_box PLACING '\\x00'::bytea FROM 80), version = version + 1
       WHERE id = $1`,
      [broken.id],
    );
    await post(node, 'one');
    await test.receiver.received(1, '/fine');
    await eventually(async () => {
      expect(await queue()).toMatchObject([
        { owner: null, held: false, late: false, claims: 0, attempts: 0 },
      ]);
    });
    expect(test.receiver.at('/broken')).toEqual([]);
  });
});

describe('a database that breaks', () => {
  it('under load: everything accepted is delivered', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization);
    const accepted: string[] = [];
    const refused: string[] = [];
    const stop = new AbortController();
    const load = async (lane: number) => {
      for (let n = 0; !stop.signal.aborted; n += 1) {
        const event = `${lane}-${n}`;
        try {
          await post(node, event);
          accepted.push(event);
        } catch (error) {
          refused.push((error as { code: string }).code);
        }
      }
    };
    const lanes = Array.from({ length: 8 }, (_, lane) => load(lane));
    const admins = new pg.Client({ connectionString: test.database.directUrl });
    await admins.connect();
    for (let round = 1; round <= 5; round += 1) {
      await eventually(() => expect(accepted.length).toBeGreaterThan(round * 60));
      await admins.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'node %'`,
      );
    }
    stop.abort();
    await Promise.all(lanes);
    await admins.end();
    await test.drained(organization);
    const got = arrivals();
    expect(accepted.filter((event) => !got.has(event))).toEqual([]);
    expect(new Set(refused)).toEqual(new Set(refused.length > 0 ? ['database_unavailable'] : []));
    // Every stored event is recorded exactly once, also the refused ones that were stored all the same.
    const { rows } = await test.database.pool.query<{ key: string; count: number }>(
      `SELECT e.key, count(a.delivery_id) FROM events e LEFT JOIN attempts a ON a.event_id = e.id AND a.webhook_id = $1
       WHERE e.organization_id = $2 AND e.key LIKE '%-%' GROUP BY e.key HAVING count(a.delivery_id) <> 1`,
      [id, organization.id],
    );
    expect(rows).toEqual([]);
  });

  it('answers 503 and stores nothing by half', async () => {
    const unreachable = await startNode({
      started: false,
      pool: () => createPool('postgres://nobody@127.0.0.1:1/none', { max: 2 }),
    });
    const before = await test.database.pool.query('SELECT count(*) FROM events');
    const error = await refusalOf(post(unreachable, 'never'));
    expect([error.code, error.status, error.retryAfterSeconds]).toEqual(['database_unavailable', 503, 2]);
    const node = await startNode({
      pool: (pool) =>
        intercept(pool, undefined, async (text) => {
          if (text.includes('INSERT INTO event_keys'))
            throw new Error('the connection broke after the commit');
        }),
    });
    await test.webhook(organization);
    expect((await refusalOf(post(node, 'in-doubt'))).code).toBe('database_unavailable');
    // Stored all the same: the same id again is recognized, and it is delivered once its lease runs out.
    const after = await test.database.pool.query('SELECT count(*) FROM events');
    expect(after.rows[0].count - before.rows[0].count).toBe(1);
    expect(await post(await startNode(), 'in-doubt')).toEqual({ id: 'in-doubt', duplicate: true });
    await test.database.pool.query('UPDATE delivery_queue SET due_at = now()');
    node.engine.wake();
    await test.drained(organization);
    expect(arrivals().get('in-doubt')).toBe(1);
  });

  it('refuses more than may wait', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let running = 0;
    const hold = () => {
      running += 1;
      return gate;
    };
    const node = await startNode({ started: false, pool: (pool) => intercept(pool, hold) });
    const waiting = [postMany(node, 1000), postMany(node, 1000)];
    await eventually(() => expect(running).toBe(2));
    for (let n = 0; n < 20; n += 1) waiting.push(postMany(node, 1000));
    const last = await refusalOf(postMany(node, 1000));
    expect([last.code, last.status, last.retryAfterSeconds]).toEqual(['overloaded', 503, 1]);
    release();
    await Promise.all(waiting);
  });

  it('does not forget results, and counts one whose answer was lost as recorded', async () => {
    let breaks = 0;
    const node = await startNode({
      pool: (pool) =>
        intercept(pool, undefined, async (text) => {
          if (!text.includes('INSERT INTO attempts') || breaks === 2) return;
          breaks += 1;
          throw new Error('the connection broke after the commit');
        }),
    });
    const ok = await test.webhook(organization, { path: '/ok', events: ['job.created'] });
    const gone = await test.webhook(organization, { path: '/gone', retry: {} });
    test.receiver.respond = (request, response) =>
      answer(request.path === '/ok' ? 200 : 410)(request, response);
    await post(node);
    await test.drained(organization);
    await eventually(async () => {
      const { rows } = await test.database.pool.query(
        'SELECT webhook_id, last_status FROM webhook_health WHERE webhook_id = ANY ($1) ORDER BY webhook_id',
        [[ok.id, gone.id]],
      );
      expect(rows).toEqual([
        { webhook_id: ok.id, last_status: 200 },
        { webhook_id: gone.id, last_status: 410 },
      ]);
    });
    expect(node.engine.counters.stale).toBe(0);
    expect(node.deadLettered).toHaveLength(1);
    expect([await attemptCount(ok.id), await attemptCount(gone.id)]).toEqual([1, 1]);
  });

  it('that refuses one result still takes the others', async () => {
    const node = await startNode();
    const bad = await test.webhook(organization, { path: '/bad' });
    const good = await test.webhook(organization, { path: '/good' });
    await test.database.pool.query(
      `ALTER TABLE attempts ADD CONSTRAINT no_bad CHECK (webhook_id <> '${bad.id}') NOT VALID`,
    );
    const hold = holding();
    test.receiver.respond = hold.respond;
    await postMany(node, 3);
    await eventually(() => expect(hold.held).toBe(6));
    hold.release();
    await eventually(async () => expect(await attemptCount(good.id)).toBe(3));
    // Each of the others has been tried alone.
    await eventually(() => expect(node.engine.gauges()).toMatchObject({ held: 0, unrecorded: 0 }));
    await test.database.pool.query('ALTER TABLE attempts DROP CONSTRAINT no_bad');
    expect(await queue()).toHaveLength(3);
    await test.database.pool.query('UPDATE delivery_queue SET due_at = now()');
    node.engine.wake();
    await test.drained(organization);
    expect(await attemptCount(bad.id)).toBe(3);
  });
});

describe('the dispatcher', () => {
  function dispatcherWith(options: Partial<DispatcherOptions>): Dispatcher {
    return new Dispatcher({
      sender: test.sender(),
      clock: test.app.clock,
      random: test.app.random,
      brand: 'Trunkline',
      userAgent: 'test',
      timeoutMs: 1000,
      leaseSeconds: 30,
      tracer: null,
      sendTraceparent: false,
      endpoints: new EndpointCache(test.app, test.database.pool),
      onResult: () => undefined,
      onHandBack: () => undefined,
      pace: { take: () => 1 },
      liveNodes: () => 1,
      onLow: () => undefined,
      onStopped: () => undefined,
      onUnwell: () => undefined,
      onProbed: () => undefined,
      congested: () => false,
      markSuspect: () => Promise.resolve(true),
      ...options,
    });
  }

  const leaseOf = (webhookId: string, more: Partial<Lease> = {}): Lease =>
    sampleLease({
      id: test.app.newId(),
      organizationId: organization.id,
      webhookId,
      renewedAt: performance.now(),
      ...more,
    });

  it('does not send what has been waiting longer than its lease', async () => {
    const { id } = await test.webhook(organization);
    const returned: [string, string][] = [];
    const dispatcher = dispatcherWith({
      onHandBack: (leases, how) => {
        for (const lease of leases) returned.push([lease.id, how]);
      },
    });
    await dispatcher.take([leaseOf(id, { id: 'old', renewedAt: performance.now() - 27_001 })]);
    expect(returned).toEqual([['old', 'now']]);
    expect(test.receiver.requests).toEqual([]);
  });

  it('always leaves some of its requests to endpoints that have none in flight', async () => {
    const hold = holding();
    test.receiver.respond = (request, response) =>
      request.path === '/quick' ? response.end() : hold.respond(request, response);
    const dispatcher = dispatcherWith({ inFlightLimit: 16, timeoutMs: 20_000 });
    for (const path of ['/one', '/two', '/three']) {
      const { id } = await test.webhook(organization, { path });
      await dispatcher.take(Array.from({ length: 10 }, () => leaseOf(id)));
    }
    const { id } = await test.webhook(organization, { path: '/quick' });
    await dispatcher.take(Array.from({ length: 10 }, () => leaseOf(id)));
    await test.receiver.received(10, '/quick');
    expect(hold.held).toBeLessThan(16);
    hold.release();
    await test.receiver.received(40);
    await eventually(() => expect([dispatcher.inFlight, dispatcher.waiting]).toEqual([0, 0]));
  });

  it('bounds what waits by its size, and shares it between endpoints that hang', async () => {
    const hold = holding();
    test.receiver.respond = hold.respond;
    const returned: Lease[] = [];
    const dispatcher = dispatcherWith({
      timeoutMs: 20_000,
      onHandBack: (leases, how) => {
        if (how === 'held') returned.push(...leases);
      },
    });
    const event = { id: 'e', key: null, type: 'job.created', body: 'x'.repeat(262_144) };
    const waiting: number[] = [];
    for (const path of ['/one', '/two']) {
      const { id } = await test.webhook(organization, { path });
      await dispatcher.take(Array.from({ length: 500 }, () => leaseOf(id, { event })));
      waiting.push(dispatcher.waiting);
      expect([dispatcher.room(id), dispatcher.saturated().includes(id)]).toEqual([0, true]);
    }
    // Half of 10,000 units of 8 KiB, then half of what is left; each has 33 of them.
    expect(waiting[0]).toBeLessThanOrEqual(5_000 / 33 + 1);
    expect(waiting[1]).toBeLessThanOrEqual(7_500 / 33 + 2);
    expect(waiting[1]! - waiting[0]!).toBeGreaterThan(60);
    expect(returned.length).toBe(1000 - waiting[1]! - dispatcher.inFlight);
    hold.release();
    await eventually(() => expect([dispatcher.inFlight, dispatcher.waiting]).toEqual([0, 0]));
  });

  it('gives back what lies beyond its share when an endpoint does not answer', async () => {
    test.receiver.respond = holding().respond;
    let returned = 0;
    const dispatcher = dispatcherWith({
      timeoutMs: 500,
      waitingLimit: 400,
      onHandBack: (leases, how) => {
        if (how === 'held') returned += leases.length;
      },
    });
    const [one, two] = [
      await test.webhook(organization, { path: '/one' }),
      await test.webhook(organization, { path: '/two' }),
    ];
    // A full lane, and one that gets half of what the first has left; of each, eight are in flight.
    await dispatcher.take(Array.from({ length: 200 }, () => leaseOf(one.id)));
    await dispatcher.take(Array.from({ length: 104 }, () => leaseOf(two.id)));
    expect([returned, dispatcher.waiting]).toEqual([0, 288]);
    await eventually(() => expect(returned).toBeGreaterThanOrEqual(40));
    await dispatcher.stop(2_000);
  });
});

interface Gate {
  open(): void;
  opened: Promise<void>;
}

function makeGate(): Gate {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

/** A pool that opens `own` after its first claim of due deliveries, and makes the second one wait for `other`. */
function takingTurns(pool: pg.Pool, own: Gate, other: Gate): pg.Pool {
  // Other statements pick what is due as well, and may come first.
  const claims = (text: string) => text.includes('AS surplus');
  let count = 0;
  return intercept(
    pool,
    async (text) => {
      if (claims(text) && ++count > 1) await other.opened;
    },
    async (text) => {
      if (claims(text)) own.open();
    },
  );
}

/** A pool whose statements can be made to wait or fail, before they run or after they committed. */
function intercept(
  pool: pg.Pool,
  before?: (text: string) => Promise<unknown>,
  after?: (text: string) => Promise<unknown>,
): pg.Pool {
  return new Proxy(pool, {
    get(target, name) {
      if (name !== 'query') {
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      }
      return async (query: string | { text: string }, values?: unknown[]) => {
        const text = typeof query === 'string' ? query : query.text;
        await before?.(text);
        const result = await target.query(query as string, values);
        await after?.(text);
        return result;
      };
    },
  });
}
