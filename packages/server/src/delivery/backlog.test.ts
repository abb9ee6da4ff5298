import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendEvents } from '../modules/events/send-events.ts';
import { answer, createDeliveryTest, holding } from '../testing/delivery-app.ts';
import type { DeliveryTest, Node } from '../testing/delivery-app.ts';
import { eventually } from '../testing/eventually.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import { Backlog, claimBacklog, findBacklogs } from './backlog.ts';
import { claimDue } from './claim.ts';
import { EndpointCache } from './endpoints.ts';

let test: DeliveryTest;
let organization: TestOrganization;
let nodes: Node[] = [];
const firstId = '00000000-0000-0000-0000-000000000000';

beforeAll(async () => {
  test = await createDeliveryTest();
  organization = await test.createOrganization();
});
afterAll(() => test.close());
beforeEach(async () => {
  for (const node of nodes) await node.stop();
  nodes = [];
  test.receiver.respond = answer(200);
  test.receiver.requests.length = 0;
  await test.database.pool.query('DELETE FROM delivery_queue');
  await test.database.pool.query('UPDATE webhooks SET deleted_at = now(), version = version + 1');
});

async function startNode(options: Parameters<DeliveryTest['startNode']>[0] = {}): Promise<Node> {
  const node = await test.startNode({ quiet: true, ...options });
  nodes.push(node);
  return node;
}

const postMany = (node: Node, count: number, type = 'job.created') =>
  sendEvents(
    { ...test.apiKey(organization), app: node.app },
    Array.from({ length: count }, () => ({ type, data: {} })),
  );

/** Changes a webhook's row and nothing else, as a verb does. */
async function change(webhookId: string, set: string): Promise<void> {
  await test.database.pool.query(`UPDATE webhooks SET ${set}, version = version + 1 WHERE id = $1`, [
    webhookId,
  ]);
  for (const { engine } of nodes) engine.endpoints.forget(webhookId);
}

async function places(webhookId: string) {
  const { rows } = await test.database.pool.query<{
    backlog: number;
    leased: number;
    due: number;
    claims: number;
  }>(
    `SELECT count(*) FILTER (WHERE due_at = 'infinity' AND owner IS NULL) AS backlog,
       count(*) FILTER (WHERE owner IS NOT NULL) AS leased, count(*) FILTER (WHERE due_at <= now()) AS due,
       coalesce(sum(claims), 0) AS claims
     FROM delivery_queue WHERE webhook_id = $1`,
    [webhookId],
  );
  return rows[0]!;
}

const timesArrived = (path?: string) => {
  const counts = new Map<string, number>();
  for (const { headers } of path === undefined ? test.receiver.requests : test.receiver.at(path)) {
    const id = headers['webhook-id']!;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts.values()];
};

describe('a paused webhook', () => {
  it('takes events, holds their deliveries, and gets them all when its row alone is changed', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization);
    await change(id, 'paused = true');
    await postMany(node, 700);
    node.engine.wake();
    expect(await places(id)).toEqual({ backlog: 700, leased: 0, due: 0, claims: 0 });
    await change(id, 'paused = false');
    await test.drained(organization);
    expect(timesArrived()).toEqual(Array.from({ length: 700 }, () => 1));
    expect(await places(id)).toMatchObject({ backlog: 0 });
  });

  it('has its retries in the backlog from when they fall due', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization, { retry: { maxRetries: 5 } });
    test.receiver.respond = answer(500);
    await postMany(node, 3);
    await eventually(async () => expect(await test.statuses(id)).toEqual({ retrying: 3 }));
    await change(id, 'paused = true');
    await test.makeDue();
    await eventually(async () => expect(await places(id)).toMatchObject({ backlog: 3, claims: 0 }));
    test.receiver.respond = answer(200);
    await change(id, 'paused = false');
    node.engine.wake();
    await test.drained(organization);
    expect(await test.statuses(id)).toEqual({ retrying: 3, success: 3 });
  });

  it('is read again by a node whose copy says that it is still paused', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization);
    await change(id, 'paused = true');
    await postMany(node, 5);
    await node.engine.endpoints.load([id]);
    expect(node.engine.endpoints.peek(id)).toMatchObject({ flows: false });
    // Resumed, and this node never hears of it.
    await test.database.pool.query(
      'UPDATE webhooks SET paused = false, version = version + 1 WHERE id = $1',
      [id],
    );
    await test.drained(organization);
    expect(test.receiver.requests).toHaveLength(5);
  });
});

describe('a hanging endpoint with 10,000 deliveries', () => {
  it('has nothing at the head of the common queue, and others are claimed at once', async () => {
    const ingest = await startNode({ started: false });
    const hanging = await test.webhook(organization, { path: '/hangs', events: ['job.slow'] });
    const quick = await test.webhook(organization, {
      path: '/quick',
      events: ['job.quick'],
      retry: { maxRetries: 3 },
    });
    const hold = holding();
    test.receiver.respond = (request, response) =>
      request.path === '/hangs' ? hold.respond(request, response) : answer(500)(request, response);
    await postMany(ingest, 1, 'job.slow');
    await test.database.pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
       SELECT gen_random_uuid(), organization_id, webhook_id, event_id, trigger, due_at
       FROM delivery_queue, generate_series(1, 9999) WHERE webhook_id = $1`,
      [hanging.id],
    );
    const node = await startNode();
    await eventually(async () => {
      const { backlog, leased, due } = await places(hanging.id);
      expect([backlog + leased, due]).toEqual([10_000, 0]);
      expect(leased).toBeLessThanOrEqual(5_500);
    });
    await postMany(node, 50, 'job.quick');
    await eventually(async () => expect(await test.statuses(quick.id)).toEqual({ retrying: 50 }));
    await node.stop();
    await change(hanging.id, 'paused = true');
    await test.database.pool.query(
      `UPDATE delivery_queue SET due_at = now(), owner = NULL WHERE due_at < 'infinity' AND webhook_id = $1`,
      [quick.id],
    );
    await test.database.pool.query(
      `UPDATE delivery_queue SET due_at = now() - interval '1 hour', owner = NULL WHERE webhook_id = $1`,
      [hanging.id],
    );
    // Ten thousand rows ahead of the others: each is stepped over once, and never again.
    const claimed = new Map<string, number>();
    for (let n = 0; n < 25; n += 1) {
      const rows = await claimDue(test.database.pool, {
        nodeId: node.engine.nodeId,
        leaseSeconds: 30,
        limit: 500,
        from: 0,
        saturated: [hanging.id],
      });
      for (const row of rows) {
        const key = row.surplus ? 'surplus' : row.webhookId;
        claimed.set(key, (claimed.get(key) ?? 0) + 1);
      }
    }
    expect(claimed).toEqual(
      new Map([
        ['surplus', 10_000],
        [quick.id, 50],
      ]),
    );
    expect(await places(hanging.id)).toMatchObject({ backlog: 10_000, due: 0 });
    hold.release();
  });

  it('is caught up with, each delivery once, while new ones arrive', async () => {
    const node = await startNode();
    const { id } = await test.webhook(organization);
    await change(id, 'paused = true');
    await postMany(node, 1000);
    await change(id, 'paused = false');
    node.engine.wake();
    for (let n = 0; n < 5; n += 1) await postMany(node, 200);
    await test.drained(organization);
    expect(timesArrived()).toEqual(Array.from({ length: 2000 }, () => 1));
  });
});

describe('many backlogs at once', () => {
  it('are taken a bounded part a statement, and all of them in the end', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push((await test.webhook(organization)).id);
    await test.database.pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
       SELECT gen_random_uuid(), $1, w, gen_random_uuid(), 'event', 'infinity'
       FROM unnest($2::uuid[]) w, generate_series(1, 400)`,
      [organization.id, ids],
    );
    const taken: number[] = [];
    const room = new Map(ids.map((id) => [id, 400]));
    const backlog = new Backlog({
      pool: test.database.pool,
      log: test.app.log,
      nodeId: firstId,
      leaseSeconds: 30,
      endpoints: new EndpointCache(test.app, test.database.pool),
      room: (id) => room.get(id)!,
      onKnown: () => undefined,
      onClaimed: async (rows) => {
        taken.push(rows.length);
        for (const { webhookId } of rows) room.set(webhookId, room.get(webhookId)! - 1);
      },
      onFailed: () => undefined,
      catchUp: () => 0,
      onUnused: () => undefined,
    });
    backlog.start();
    await eventually(() => expect(taken.reduce((sum, count) => sum + count, 0)).toBe(4_800));
    await backlog.stop();
    expect(Math.max(...taken)).toBeLessThanOrEqual(2_399);
  });
});

describe('what the backlog costs', () => {
  /** The rows that a statement reads from indexes and tables. */
  async function rowsRead(run: (pool: pg.Pool) => Promise<unknown>): Promise<number> {
    const plans: unknown[] = [];
    await run({
      query: async ({ text, values }: { text: string; values: unknown[] }) => {
        const { rows } = await test.database.pool.query<{ 'QUERY PLAN': unknown }>(
          `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
          values,
        );
        plans.push(rows[0]!['QUERY PLAN']);
        return { rows: [] };
      },
    } as unknown as pg.Pool);
    let read = 0;
    const visit = (node: unknown): void => {
      if (Array.isArray(node)) return node.forEach(visit);
      if (typeof node !== 'object' || node === null) return;
      const plan = node as Record<string, unknown>;
      if (/(Index|Seq).*Scan/.test(String(plan['Node Type'])) && plan['Relation Name'] === 'delivery_queue') {
        const removed = Number(plan['Rows Removed by Filter'] ?? 0);
        read += (Number(plan['Actual Rows']) + removed) * Number(plan['Actual Loops']);
      }
      for (const value of Object.values(plan)) visit(value);
    };
    visit(plans);
    return read;
  }

  it('does not grow with what waits: a look and a claim read a few rows of 20,000', async () => {
    const { id } = await test.webhook(organization);
    const other = await test.webhook(organization);
    await test.database.pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
       SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), 'event', 'infinity' FROM generate_series(1, 20000)`,
      [organization.id, id],
    );
    await test.database.pool.query('VACUUM ANALYZE delivery_queue');
    const claimant = { nodeId: firstId, leaseSeconds: 30 };
    expect(
      await rowsRead((pool) => findBacklogs(pool, { loose: firstId, lined: firstId })),
    ).toBeLessThanOrEqual(10);
    expect(
      await rowsRead((pool) =>
        claimBacklog(pool, claimant, [
          { webhookId: id, rows: 20 },
          { webhookId: other.id, rows: 20 },
        ]),
      ),
    ).toBeLessThanOrEqual(120);
    const { found } = await findBacklogs(test.database.pool, { loose: firstId, lined: firstId });
    expect(found).toMatchObject([{ webhookId: id, loose: true, lined: false }]);
  });

  it('goes on behind the webhooks that a bounded look has reached', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await test.webhook(organization)).id);
    await test.database.pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, subject, due_at)
       SELECT gen_random_uuid(), $1, w, gen_random_uuid(), 'event', s, 'infinity'
       FROM unnest($2::uuid[]) w, unnest(ARRAY[NULL, 'line']) s`,
      [organization.id, ids],
    );
    const seen = new Set<string>();
    let cursor = { loose: firstId, lined: firstId };
    for (let n = 0; n < 3; n += 1) {
      const { found, next } = await findBacklogs(test.database.pool, cursor, 2);
      for (const { webhookId } of found) seen.add(webhookId);
      cursor = next;
    }
    expect(seen).toEqual(new Set(ids));
    expect(cursor).toEqual({ loose: firstId, lined: firstId });
  });
});
