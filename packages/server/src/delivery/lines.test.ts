import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerResponse } from 'node:http';
import { createUuid7 } from '../lib/uuid7.ts';
import { sendEvents } from '../modules/events/send-events.ts';
import { answer, createDeliveryTest, holding } from '../testing/delivery-app.ts';
import type { DeliveryTest, Node, Received } from '../testing/delivery-app.ts';
import { eventually } from '../testing/eventually.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import { claimHeads, releaseLines } from './lines.ts';

let test: DeliveryTest;
let organization: TestOrganization;
let nodes: Node[] = [];

beforeAll(async () => {
  test = await createDeliveryTest();
});
afterAll(() => test.close());
beforeEach(async () => {
  for (const node of nodes) await node.stop();
  nodes = [];
  test.receiver.respond = answer(200);
  test.receiver.requests.length = 0;
  organization = await test.createOrganization();
  await test.database.pool.query('TRUNCATE delivery_queue, dead_letters');
  await test.database.pool.query('UPDATE webhooks SET deleted_at = now(), version = version + 1');
});

async function startNode(options: Parameters<DeliveryTest['startNode']>[0] = {}): Promise<Node> {
  const node = await test.startNode({ quiet: true, ...options });
  nodes.push(node);
  return node;
}

async function orderedWebhook(ordering: 'park' | 'skip', maxRetries = 10, path = '/hook'): Promise<string> {
  const { id } = await test.webhook(organization, { path, retry: { maxRetries } });
  await test.database.pool.query('UPDATE webhooks SET ordering = $2, version = version + 1 WHERE id = $1', [
    id,
    ordering,
  ]);
  return id;
}

const eventOf = (subject: string, n: number) => ({
  id: `${subject}:${n}`,
  type: 'job.created',
  subject,
  data: { subject, n },
});
const post = (node: Node, subject: string, n: number) =>
  sendEvents({ ...test.apiKey(organization), app: node.app }, eventOf(subject, n));

interface Sent {
  subject: string;
  n: number;
}
const sentOf = (request: Received) => (JSON.parse(request.body) as { data: Sent }).data;

/** Numbers in the order of arrival. */
const arrived = (subject: string, path = '/hook') =>
  test.receiver
    .at(path)
    .map(sentOf)
    .filter((sent) => sent.subject === subject)
    .map(({ n }) => n);

/** Retries fall due at once until nothing is left. */
const drainedWithRetries = () =>
  eventually(async () => {
    await test.makeDue();
    const { rows } = await test.database.pool.query('SELECT id FROM delivery_queue LIMIT 1');
    expect(rows).toEqual([]);
  }, 25_000);

async function deadLetters(count: number): Promise<string[]> {
  return eventually(async () => {
    await test.makeDue();
    const { rows } = await test.database.pool.query<{ id: string; subject: string | null }>(
      'SELECT delivery_id AS id, subject FROM dead_letters ORDER BY delivery_id',
    );
    expect(rows).toHaveLength(count);
    return rows.map((row) => row.id);
  });
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

describe('the deliveries of one subject', () => {
  it('arrive one at a time and in order, through failures and retries, from two nodes, several lines at once', async () => {
    const [one, two] = [await startNode(), await startNode()];
    const id = await orderedWebhook('park');
    const subjects = ['a', 'b', 'c', 'd'];
    const open = new Map<string, number>();
    const attempts = new Map<string, number>();
    const delivered = new Map<string, number[]>(subjects.map((subject) => [subject, []]));
    let together = 0;
    let overlaps = 0;
    test.receiver.respond = (request, response: ServerResponse) => {
      const { subject, n } = sentOf(request);
      const here = (open.get(subject) ?? 0) + 1;
      open.set(subject, here);
      if (here > 1) overlaps += 1;
      together = Math.max(together, [...open.values()].filter((count) => count > 0).length);
      const number = (attempts.get(`${subject}:${n}`) ?? 0) + 1;
      attempts.set(`${subject}:${n}`, number);
      // Every third event fails twice.
      const fails = n % 3 === 0 && number <= 2;
      setTimeout(() => {
        open.set(subject, open.get(subject)! - 1);
        if (!fails) delivered.get(subject)!.push(n);
        response.writeHead(fails ? 500 : 200).end();
      }, 3);
    };
    for (let n = 0; n < 15; n += 1) {
      for (const subject of subjects) await post(n % 2 === 0 ? one : two, subject, n);
    }
    await drainedWithRetries();
    for (const subject of subjects)
      expect([subject, delivered.get(subject)]).toEqual([subject, range(0, 15)]);
    expect(overlaps).toBe(0);
    expect(together).toBeGreaterThan(1);
    expect(await test.statuses(id)).toEqual({ success: 60, retrying: 40 });
  });

  it('keep the order in which they were accepted, whatever the clocks of the nodes say', async () => {
    const [one, two] = [await startNode(), await startNode()];
    await orderedWebhook('park');
    const ahead = createUuid7(() => Date.now() + 3_600_000, randomBytes);
    one.app = { ...one.app, newId: ahead, clock: () => Date.now() + 3_600_000 };
    const turn = holding();
    test.receiver.respond = turn.respond;
    await post(one, 'a', 0);
    await test.receiver.received(1);
    for (let n = 1; n < 8; n += 1) await post(n % 2 === 0 ? one : two, 'a', n);
    turn.release();
    test.receiver.respond = answer(200);
    await drainedWithRetries();
    expect(arrived('a')).toEqual(range(0, 8));
  });

  it('keep the order of one request, and only the first of them is leased', async () => {
    const node = await startNode();
    await orderedWebhook('skip');
    const hold = holding();
    test.receiver.respond = hold.respond;
    const events = range(0, 120).map((n) => eventOf(['x', 'y', 'z'][n % 3]!, n));
    await sendEvents({ ...test.apiKey(organization), app: node.app }, events);
    const { rows } = await test.database.pool.query<{ subject: string; leased: number; waiting: number }>(
      `SELECT subject, count(*) FILTER (WHERE owner IS NOT NULL) AS leased,
         count(*) FILTER (WHERE due_at = 'infinity') AS waiting
       FROM delivery_queue GROUP BY subject ORDER BY subject`,
    );
    expect(rows).toEqual(['x', 'y', 'z'].map((subject) => ({ subject, leased: 1, waiting: 39 })));
    await eventually(() => expect(hold.held).toBe(3));
    hold.release();
    await test.drained(organization);
    for (const [offset, subject] of ['x', 'y', 'z'].entries()) {
      expect(arrived(subject)).toEqual(range(0, 40).map((n) => n * 3 + offset));
    }
  });

  it('do not hold up events without a subject, nor webhooks without an order', async () => {
    const node = await startNode();
    await orderedWebhook('park', 10, '/ordered');
    await test.webhook(organization, { path: '/free' });
    const hold = holding();
    test.receiver.respond = (request, response) =>
      request.path === '/ordered' && request.body.includes('"n":0')
        ? hold.respond(request, response)
        : response.end();
    for (let n = 0; n < 5; n += 1) await post(node, 'a', n);
    await sendEvents(
      { ...test.apiKey(organization), app: node.app },
      { type: 'job.created', data: { n: 9 } },
    );
    await test.receiver.received(6, '/free');
    await test.receiver.received(2, '/ordered');
    expect(arrived('a', '/ordered')).toEqual([0]);
    hold.release();
    await test.drained(organization);
    expect(arrived('a', '/ordered')).toEqual(range(0, 5));
  });

  it('wait while the webhook is paused and go on in order', async () => {
    const node = await startNode();
    const id = await orderedWebhook('park');
    const set = async (paused: boolean) => {
      await test.database.pool.query('UPDATE webhooks SET paused = $2, version = version + 1 WHERE id = $1', [
        id,
        paused,
      ]);
      node.engine.endpoints.forget(id);
      node.engine.wake();
    };
    await set(true);
    for (let n = 0; n < 20; n += 1) {
      await post(node, 'a', n);
      await post(node, 'b', n);
    }
    expect(test.receiver.requests).toEqual([]);
    await set(false);
    await test.drained(organization);
    expect([arrived('a'), arrived('b')]).toEqual([range(0, 20), range(0, 20)]);
  });
});

describe('a dead letter in a line', () => {
  it('stops it where it parks, until it is cleared; other lines go on', async () => {
    const node = await startNode();
    await orderedWebhook('park', 1);
    test.receiver.respond = (request, response) =>
      answer(sentOf(request).subject === 'a' && sentOf(request).n === 1 ? 500 : 200)(request, response);
    for (let n = 0; n < 4; n += 1) for (const subject of ['a', 'b']) await post(node, subject, n);
    const [dead] = await deadLetters(1);
    await eventually(() => expect(arrived('b')).toEqual(range(0, 4)));
    await post(node, 'a', 4);
    node.engine.wake();
    await post(node, 'b', 4);
    await eventually(() => expect(arrived('b')).toEqual(range(0, 5)));
    expect(arrived('a')).toEqual([0, 1, 1]);
    const { rows } = await test.database.pool.query('SELECT subject FROM dead_letters');
    expect(rows).toEqual([{ subject: 'a' }]);
    await test.database.pool.query('DELETE FROM dead_letters WHERE delivery_id = $1', [dead]);
    await test.drained(organization);
    expect(arrived('a')).toEqual([0, 1, 1, 2, 3, 4]);
  });

  it('goes first when it is retried, and its line follows once it succeeds', async () => {
    const node = await startNode();
    await orderedWebhook('park', 1);
    test.receiver.respond = (request, response) =>
      answer(sentOf(request).n === 0 ? 500 : 200)(request, response);
    for (let n = 0; n < 3; n += 1) await post(node, 'a', n);
    const [dead] = await deadLetters(1);
    const retry = () =>
      test.database.pool.query(
        `WITH d AS (UPDATE dead_letters SET retrying = true WHERE delivery_id = $1 RETURNING *)
         INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, attempts, attempts_before,
           subject, due_at)
         SELECT delivery_id, organization_id, webhook_id, event_id, trigger, attempts, attempts, subject, 'infinity'
         FROM d`,
        [dead],
      );
    // It fails again: the line stands as before.
    await retry();
    node.engine.wake();
    await eventually(async () => {
      await test.makeDue();
      const { rows } = await test.database.pool.query('SELECT attempts, retrying FROM dead_letters');
      expect(rows).toEqual([{ attempts: 4, retrying: false }]);
    });
    expect(arrived('a')).toEqual([0, 0, 0, 0]);
    test.receiver.respond = answer(200);
    await retry();
    node.engine.wake();
    await test.drained(organization);
    expect(arrived('a')).toEqual([0, 0, 0, 0, 0, 1, 2]);
  });

  it('does not stop it where dead letters are skipped', async () => {
    const node = await startNode();
    await orderedWebhook('skip', 1);
    test.receiver.respond = (request, response) =>
      answer(sentOf(request).n === 1 ? 500 : 200)(request, response);
    for (let n = 0; n < 4; n += 1) await post(node, 'a', n);
    await drainedWithRetries();
    expect(arrived('a')).toEqual([0, 1, 1, 2, 3]);
    expect(await deadLetters(1)).toHaveLength(1);
  });
});

describe('a line whose node is gone', () => {
  it('goes on in order after the lease of its head ran out', async () => {
    const dead = await startNode();
    await orderedWebhook('park');
    const hold = holding();
    test.receiver.respond = hold.respond;
    for (let n = 0; n < 4; n += 1) await post(dead, 'a', n);
    await eventually(() => expect(hold.held).toBe(1));
    const other = await startNode();
    test.receiver.respond = answer(200);
    await test.database.pool.query(`UPDATE delivery_queue SET due_at = now() WHERE owner IS NOT NULL`);
    other.engine.wake();
    await test.drained(organization);
    expect(arrived('a')).toEqual([0, 0, 1, 2, 3]);
    hold.release();
    await eventually(() => expect(dead.engine.counters.stale).toBe(1));
  });

  it('is found standing by the look at backlogs', async () => {
    const node = await startNode();
    await orderedWebhook('park');
    const hold = holding();
    test.receiver.respond = hold.respond;
    for (let n = 0; n < 3; n += 1) await post(node, 'a', n);
    await eventually(() => expect(hold.held).toBe(1));
    // As after a crash between the end of a delivery and the release of the next.
    await test.database.pool.query('DELETE FROM delivery_queue WHERE owner IS NOT NULL');
    await eventually(() => expect(arrived('a')).toEqual([0, 1]));
    hold.release();
    await test.drained(organization);
    expect(arrived('a')).toEqual([0, 1, 2]);
  });
});

describe('taking heads', () => {
  const claimant = { nodeId: '00000000-0000-7000-8000-000000000009', leaseSeconds: 30 };

  async function queueLines(webhookId: string, lines: number, each: number): Promise<void> {
    await test.database.pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, subject, due_at)
       SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), 'event', 's' || lpad(s::text, 4, '0'), 'infinity'
       FROM generate_series(1, $3) s, generate_series(1, $4)`,
      [organization.id, webhookId, lines, each],
    );
  }

  it('by many at the same moment never takes two of one line', async () => {
    const id = await orderedWebhook('park');
    await queueLines(id, 20, 10);
    const lines = range(1, 21).map((n) => ({ webhookId: id, subject: `s${String(n).padStart(4, '0')}` }));
    const claims = await Promise.all(
      range(0, 12).map(async (n) =>
        n % 2 === 0
          ? releaseLines(test.database.pool, claimant, lines)
          : (await claimHeads(test.database.pool, claimant, id, '', 50)).rows,
      ),
    );
    const taken = claims.flat().map(({ line }) => String(line));
    expect(taken.toSorted()).toEqual(lines.map(({ subject }) => subject));
    const { rows } = await test.database.pool.query(
      `SELECT count(*) AS leased FROM delivery_queue q WHERE due_at < 'infinity'
         AND NOT EXISTS (SELECT FROM delivery_queue o WHERE o.subject = q.subject AND o.id < q.id)`,
    );
    expect(rows).toEqual([{ leased: 20 }]);
  });

  it('takes nothing of a line whose head somebody else is just taking', async () => {
    const id = await orderedWebhook('park');
    await queueLines(id, 1, 5);
    const line = { webhookId: id, subject: 's0001' };
    const client = await test.database.pool.connect();
    try {
      await client.query('BEGIN');
      const asPool = client as unknown as Parameters<typeof releaseLines>[0];
      expect(await releaseLines(asPool, claimant, [line])).toHaveLength(1);
      expect(await releaseLines(test.database.pool, claimant, [line])).toEqual([]);
      expect((await claimHeads(test.database.pool, claimant, id, '', 5)).rows).toEqual([]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    expect(await releaseLines(test.database.pool, claimant, [line])).toEqual([]);
  });

  it('goes round all lines of an endpoint, also those behind many that are on their way', async () => {
    const id = await orderedWebhook('park');
    await queueLines(id, 700, 2);
    await test.database.pool.query(
      `UPDATE delivery_queue SET due_at = now() + interval '1 hour', owner = gen_random_uuid()
       WHERE id IN (SELECT min(id::text)::uuid FROM delivery_queue WHERE subject < 's0651' GROUP BY subject)`,
    );
    let after = '';
    const taken: string[] = [];
    for (let n = 0; n < 20 && taken.length < 50; n += 1) {
      const heads = await claimHeads(test.database.pool, claimant, id, after, 10);
      taken.push(...heads.rows.map(({ line }) => String(line)));
      after = heads.after;
    }
    expect(taken.toSorted()).toEqual(range(651, 701).map((n) => `s${String(n).padStart(4, '0')}`));
  });
});
