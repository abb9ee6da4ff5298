import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendEvents } from '../modules/events/send-events.ts';
import { getWebhook } from '../modules/webhooks/get-webhook.ts';
import { createDeliveryTest, answer } from '../testing/delivery-app.ts';
import type { DeliveryTest } from '../testing/delivery-app.ts';
import { eventually } from '../testing/eventually.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import type { Result } from './record.ts';
import { Statistics } from './statistics.ts';

const hourMs = 3_600_000;
let test: DeliveryTest;
let organization: TestOrganization;

beforeAll(async () => {
  test = await createDeliveryTest();
  organization = await test.createOrganization();
});
afterAll(() => test.close());

const read = (id: string) => getWebhook(test.as('viewer', organization), { id });

function result(webhookId: string, status: number, startedAt: number): Result {
  return {
    lease: { webhookId, organizationId: organization.id },
    outcome: { success: status < 300, responseStatus: status, startedAt, durationMs: 12 },
  } as Result;
}

it('shows a webhook as failing from three failures in a row until one delivery succeeds', async () => {
  const node = await test.startNode();
  const { id } = await test.webhook(organization, { retry: { maxRetries: 10 } });
  expect(await read(id)).toMatchObject({
    status: 'active',
    lastDeliveryAt: null,
    successRate: null,
    attempts30d: 0,
  });
  await sendEvents(test.apiKey(organization), { type: 'job.created', data: {} });
  await eventually(async () => expect(await read(id)).toMatchObject({ attempts30d: 1, pending: 0 }));
  test.receiver.respond = answer(503);
  await sendEvents(test.apiKey(organization), { type: 'job.created', data: {} });
  for (const [failures, status] of [
    [1, 'active'],
    [2, 'active'],
    [3, 'failing'],
    [4, 'failing'],
  ] as const) {
    await eventually(async () => {
      expect(await read(id)).toMatchObject({
        failureCount: failures,
        status,
        lastDeliveryStatus: 503,
        lastDeliveryAt: new Date(test.time.now).toISOString(),
        pending: 1,
      });
    });
    if (failures === 4) test.receiver.respond = answer(200);
    await test.makeDue();
  }
  await eventually(async () => {
    expect(await read(id)).toMatchObject({
      failureCount: 0,
      status: 'active',
      attempts30d: 6,
      successRate: 2 / 6,
      pending: 0,
    });
  });
  const { activity } = await read(id);
  expect(activity).toMatchObject([{ succeeded: 2, failed: 4 }]);
  expect(node.engine.counters).toMatchObject({ succeeded: 2, failed: 4 });
});

it('counts failures over the full hour and over several flushes', async () => {
  const { id } = await test.webhook(organization);
  const statistics = new Statistics(pino({ level: 'silent' }));
  const hour = Math.floor(test.time.now / hourMs) * hourMs;
  const pool = test.database.pool;
  for (const status of [500, 500]) statistics.add(result(id, status, hour - 1000));
  await statistics.flush(pool);
  expect((await read(id)).failureCount).toBe(2);
  // A success before the hour, failures on both sides of it: only those after the success count.
  statistics.add(result(id, 200, hour - 900));
  statistics.add(result(id, 500, hour - 800));
  statistics.add(result(id, 404, hour + 1));
  await statistics.flush(pool);
  expect(await read(id)).toMatchObject({ failureCount: 2, lastDeliveryStatus: 404, attempts30d: 5 });
  expect(statistics.pending).toBe(false);
});

it('keeps what could not be written', async () => {
  const { id } = await test.webhook(organization);
  const statistics = new Statistics(pino({ level: 'silent' }));
  const broken = { query: () => Promise.reject(new Error('away')) } as unknown as pg.Pool;
  statistics.add(result(id, 200, test.time.now));
  statistics.add(result(id, 500, test.time.now));
  const flushing = statistics.flush(broken);
  statistics.add(result(id, 500, test.time.now));
  await flushing;
  expect(statistics.pending).toBe(true);
  statistics.add(result(id, 500, test.time.now));
  await statistics.flush(test.database.pool);
  expect(await read(id)).toMatchObject({
    failureCount: 3,
    attempts30d: 4,
    successRate: 1 / 4,
    status: 'failing',
  });
});

it('remembers when the present row of failures began', async () => {
  const { id } = await test.webhook(organization);
  const statistics = new Statistics(pino({ level: 'silent' }));
  const hour = Math.floor(test.time.now / hourMs) * hourMs;
  const add = async (...results: [number, number][]) => {
    for (const [status, startedAt] of results) statistics.add(result(id, status, hour + startedAt));
    await statistics.flush(test.database.pool);
    const { rows } = await test.database.pool.query<{ since: Date | null }>(
      'SELECT failing_since AS since FROM webhook_health WHERE webhook_id = $1',
      [id],
    );
    const since = rows[0]!.since;
    return since === null ? null : since.getTime() - hour;
  };
  expect(await add([200, -5000])).toBeNull();
  expect(await add([500, -4000], [500, -3000])).toBe(-4000);
  expect(await add([500, 1000])).toBe(-4000);
  // A success on this side of the hour, failures on both.
  expect(await add([500, -2000], [200, 2000], [500, 3000], [500, 4000])).toBe(3000);
  expect(await add([500, 5000], [200, 6000])).toBeNull();
  expect(await add([200, -1000], [503, -900], [503, 7000])).toBe(-900);
  // What could not be written is older than what came meanwhile.
  expect(await add([200, 8000])).toBeNull();
  const broken = { query: () => Promise.reject(new Error('away')) } as unknown as pg.Pool;
  statistics.add(result(id, 500, hour + 9000));
  const flushing = statistics.flush(broken);
  statistics.add(result(id, 500, hour + 9500));
  await flushing;
  expect(await add()).toBe(9000);
});
