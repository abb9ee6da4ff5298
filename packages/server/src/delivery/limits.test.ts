import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendEvents } from '../modules/events/send-events.ts';
import { answer, createDeliveryTest, holding } from '../testing/delivery-app.ts';
import type { DeliveryTest, Node } from '../testing/delivery-app.ts';
import { eventually } from '../testing/eventually.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import { reserveTokens } from './pace.ts';

let test: DeliveryTest;
let organization: TestOrganization;
let nodes: Node[] = [];

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

async function startNode(): Promise<Node> {
  const node = await test.startNode({ quiet: true });
  nodes.push(node);
  return node;
}

const post = (node: Node, count: number) =>
  sendEvents(
    { ...test.apiKey(organization), app: node.app },
    Array.from({ length: count }, () => ({ type: 'job.created', data: {} })),
  );

async function limited(set: string): Promise<string> {
  const { id } = await test.webhook(organization);
  await change(id, set);
  return id;
}

async function change(webhookId: string, set: string): Promise<void> {
  await test.database.pool.query(`UPDATE webhooks SET ${set}, version = version + 1 WHERE id = $1`, [
    webhookId,
  ]);
  for (const { engine } of nodes) engine.endpoints.forget(webhookId);
}

/** Records when requests arrive, in milliseconds. */
function arrivalTimes(): number[] {
  const times: number[] = [];
  test.receiver.respond = (_request, response) => {
    times.push(performance.now());
    response.end();
  };
  return times;
}

/** Requests beyond the rate in the worst stretch of time; arrivals may bunch by as much as `slackMs`. */
function beyond(times: readonly number[], rate: number, slackMs: number): number {
  let worst = -Infinity;
  times.forEach((from, first) => {
    for (let last = first; last < times.length; last += 1) {
      worst = Math.max(worst, last - first + 1 - ((times[last]! - from + slackMs) * rate) / 1000);
    }
  });
  return worst;
}

describe('tokens', () => {
  it('are given out once, at the rate, whoever asks at the same moment', async () => {
    const webhookId = await limited('rate_per_second = 100');
    const key = { webhookId, clock: 'rate', organizationId: organization.id } as const;
    const started = performance.now();
    const waits = await Promise.all(
      Array.from({ length: 40 }, () =>
        reserveTokens(test.database.pool, key, 100, 5).then((ms) => performance.now() - started + ms),
      ),
    );
    // 40 times 5 tokens of 10 ms: each 50 ms after the one before, none twice.
    const ends = waits.toSorted((a, b) => a - b);
    expect(ends.at(-1)! - ends[0]!).toBeGreaterThanOrEqual(39 * 50 - 500);
    const { rows } = await test.database.pool.query<{ ahead: string }>(
      `SELECT extract(epoch FROM free_at - clock_timestamp()) * 1000 AS ahead FROM webhook_pace WHERE webhook_id = $1`,
      [webhookId],
    );
    expect(Number(rows[0]!.ahead) + performance.now() - started).toBeGreaterThanOrEqual(2000);
    // The other clock of the same webhook stands apart.
    expect(await reserveTokens(test.database.pool, { ...key, clock: 'catch_up' }, 100, 5)).toBeLessThan(50);
  });
});

it('tokens of before the clock of the database was set back do not stop an endpoint', async () => {
  const webhookId = await limited('rate_per_second = 100');
  const key = { webhookId, clock: 'rate', organizationId: organization.id } as const;
  await reserveTokens(test.database.pool, key, 100, 1);
  await test.database.pool.query(
    `UPDATE webhook_pace SET free_at = now() + interval '1 hour' WHERE webhook_id = $1`,
    [webhookId],
  );
  expect(await reserveTokens(test.database.pool, key, 100, 5)).toBeLessThan(50);
});

describe('a rate', () => {
  it('is kept by two nodes together', async () => {
    const [one, two] = [await startNode(), await startNode()];
    const id = await limited('rate_per_second = 25');
    const times = arrivalTimes();
    await Promise.all([post(one, 40), post(two, 40)]);
    await test.drained(organization);
    expect(times).toHaveLength(80);
    // A tenth of a second's worth for a node that is late, and one to begin with.
    expect(beyond(times, 25, 250)).toBeLessThanOrEqual(25 * 0.1 + 1);
    expect((times.at(-1)! - times[0]!) / 1000).toBeGreaterThanOrEqual(79 / 25 - 0.5);
    expect(await test.statuses(id)).toEqual({ success: 80 });
  });

  it('keeps no more than a few seconds of deliveries in memory', async () => {
    const node = await startNode();
    await limited('rate_per_second = 10');
    await post(node, 500);
    await eventually(async () => {
      const { rows } = await test.database.pool.query<{ leased: number }>(
        `SELECT count(*) FILTER (WHERE owner IS NOT NULL) AS leased FROM delivery_queue`,
      );
      expect(rows[0]!.leased).toBeLessThanOrEqual(32);
    });
    expect(node.engine.gauges().waiting).toBeLessThanOrEqual(31);
  });

  it('of its own bounds what is taken out of a backlog, and not what is new', async () => {
    const node = await startNode();
    const id = await limited('catch_up_per_second = 20, paused = true');
    const times = arrivalTimes();
    await post(node, 40);
    await change(id, 'paused = false');
    node.engine.wake();
    await eventually(() => expect(times.length).toBeGreaterThan(0));
    await post(node, 100);
    await eventually(() => expect(times.length).toBeGreaterThanOrEqual(100));
    const backlog = async () => {
      const { rows } = await test.database.pool.query(
        `SELECT count(*) AS waiting FROM delivery_queue WHERE due_at = 'infinity'`,
      );
      return (rows as { waiting: number }[])[0]!.waiting;
    };
    expect(await backlog()).toBeGreaterThan(0);
    await test.drained(organization);
    expect(times).toHaveLength(140);
    expect((times.at(-1)! - times[0]!) / 1000).toBeGreaterThanOrEqual(39 / 20 - 0.5);
  });

  it('of its own bounds a line that has piled up as well', async () => {
    const node = await startNode();
    const id = await limited(`catch_up_per_second = 10, ordering = 'park', paused = true`);
    const times = arrivalTimes();
    for (let n = 0; n < 15; n += 1) {
      await sendEvents(
        { ...test.apiKey(organization), app: node.app },
        { type: 'job.created', data: { n }, subject: 'a' },
      );
    }
    await change(id, 'paused = false');
    node.engine.wake();
    await test.drained(organization);
    const order = test.receiver.requests.map(
      ({ body }) => (JSON.parse(body) as { data: { n: number } }).data.n,
    );
    expect(order).toEqual(Array.from({ length: 15 }, (_, n) => n));
    expect((times.at(-1)! - times[0]!) / 1000).toBeGreaterThanOrEqual(14 / 10 - 0.5);
  });
});

describe('a bound on requests in flight', () => {
  it('is divided between the nodes at work, and belongs to the one that is left', async () => {
    const one = await startNode();
    const two = await startNode();
    await limited('max_concurrency = 6');
    await eventually(() => {
      expect([one, two].map(({ engine }) => engine.gauges().nodes)).toEqual([2, 2]);
    });
    const hold = holding();
    test.receiver.respond = hold.respond;
    await Promise.all([post(one, 20), post(two, 20)]);
    await eventually(() => expect(hold.held).toBe(6));
    expect([one, two].map(({ engine }) => engine.gauges().inFlight)).toEqual([3, 3]);
    const stopped = two.stop();
    // It finishes what it has in flight, one after another of the six.
    hold.release();
    await stopped;
    await test.drained(organization);
    await eventually(() => expect(one.engine.gauges().nodes).toBe(1));
    const again = holding();
    test.receiver.respond = again.respond;
    await post(one, 20);
    await eventually(() => expect(again.held).toBe(6));
    expect(one.engine.gauges().inFlight).toBe(6);
    again.release();
    await test.drained(organization);
  });

  it('is at least one request a node', async () => {
    const node = await startNode();
    await limited('max_concurrency = 1');
    await test.database.pool.query(
      `INSERT INTO nodes SELECT gen_random_uuid(), 'other', n, '1', now(), now() FROM generate_series(1, 3) n`,
    );
    let together = 0;
    let most = 0;
    test.receiver.respond = (_request, response) => {
      together += 1;
      most = Math.max(most, together);
      setTimeout(() => {
        together -= 1;
        response.end();
      }, 2);
    };
    await post(node, 30);
    await test.drained(organization);
    expect([test.receiver.requests.length, most]).toEqual([30, 1]);
    await test.database.pool.query(`DELETE FROM nodes WHERE host = 'other'`);
  });
});
