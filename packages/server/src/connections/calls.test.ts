import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tenantTransaction } from '../db/tenant.ts';
import { createIntegrationSamples } from '../testing/sample-integrations.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp } from '../testing/test-app.ts';
import { Calls } from './calls.ts';
import type { Admission, Limited } from './calls.ts';
import { readUsage } from './limits.ts';

const hourMs = 3_600_000;
/** Ten minutes before an hour is full, and not the last one of its day. */
const start = Date.parse('2026-11-23T10:50:00Z');

let test: TestApp;
let organizationId: string;
let integrationId: string;
let now = start;
/** The full limits that were told of. */
let told: string[] = [];

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  now = start;
  told = [];
  organizationId = (await test.createOrganization()).id;
  integrationId = await createIntegrationSamples(test, organizationId, 'm').integration();
  await test.app.pool.query('DELETE FROM integration_usage WHERE integration_id = $1', [integrationId]);
});

/** What a node has; each one counts by itself. */
function node({ monotonic = () => 0, nodes = 1 }: { monotonic?: () => number; nodes?: number } = {}): Calls {
  return new Calls({
    pool: test.app.pool,
    clock: () => now,
    monotonic,
    log: pino({ level: 'silent' }),
    liveNodes: () => nodes,
    onFull: async (_limited, { window, limit }) => void told.push(`${limit} a ${window}`),
  });
}

const limited = (limits: Limited['limits'], perSecond?: number): Limited => ({
  organizationId,
  integrationId,
  limits,
  provider: { limits: perSecond === undefined ? {} : { perSecond } },
});
const unlimited = { perHour: null, perDay: null };
const usage = () =>
  tenantTransaction(test.app.pool, organizationId, (tx) => readUsage(tx, integrationId, now));
const admitted = (answers: readonly Admission[]) => answers.filter((answer) => answer.admitted).length;

describe('a limit', () => {
  it('is admitted exactly, however many ask at several nodes at once, and only what is admitted counts', async () => {
    const nodes = [node(), node(), node()];
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        nodes[index % 3]!.take(limited({ perHour: 17, perDay: null }), 0),
      ),
    );
    expect(admitted(answers)).toBe(17);
    expect(answers.find((answer) => !answer.admitted)).toEqual({
      admitted: false,
      window: 'hour',
      limit: 17,
      retryAfterMs: 10 * 60_000,
    });
    expect(await usage()).toEqual({ hour: 17, day: 17 });
  });

  it('begins anew with the next hour, while the day goes on', async () => {
    const calls = node();
    const take = () => calls.take(limited({ perHour: 2, perDay: 3 }), 0);
    expect(admitted([await take(), await take(), await take()])).toBe(2);
    now += hourMs;
    expect(await take()).toEqual({ admitted: true });
    expect(await take()).toEqual({
      admitted: false,
      window: 'day',
      limit: 3,
      retryAfterMs: Date.parse('2026-11-24T00:00:00Z') - now,
    });
    expect(await usage()).toEqual({ hour: 1, day: 3 });
    now += 23 * hourMs;
    expect(await take()).toEqual({ admitted: true });
    expect(await usage()).toEqual({ hour: 1, day: 1 });
  });

  it('that is full is told of once, and now and then again while it is', async () => {
    const calls = node();
    const take = (perHour: number) => calls.take(limited({ perHour, perDay: null }), 0);
    await take(2);
    await take(2);
    expect(told).toEqual([]);
    await Promise.all([take(2), take(2), take(2)]);
    expect(told).toEqual(['2 a hour']);
    now += 30_000;
    await take(2);
    expect(told).toEqual(['2 a hour', '2 a hour']);
    await take(3);
    await take(3);
    expect(told.at(-1)).toBe('3 a hour');
  });

  it('gets a call back that was not made', async () => {
    const calls = node();
    const one = limited({ perHour: 1, perDay: null });
    expect(admitted([await calls.take(one, 0), await calls.take(one, 0)])).toBe(1);
    await calls.giveBack(one);
    expect(admitted([await calls.take(one, 0), await calls.take(one, 0)])).toBe(1);
  });

  it('does not admit what it cannot count, and is never passed by without asking', async () => {
    const broken = new Calls({
      onFull: () => Promise.reject(new Error('never full')),
      pool: { query: () => Promise.reject(new Error('away')) } as never,
      clock: () => now,
      monotonic: () => 0,
      log: pino({ level: 'silent' }),
      liveNodes: () => 1,
    });
    await expect(broken.take(limited({ perHour: 5, perDay: null }), 0)).rejects.toThrow('away');
    expect(broken.tryTake(limited({ perHour: 5, perDay: null }))).toBe(false);
    expect(broken.tryTake(limited(unlimited))).toBe(true);
  });
});

describe('without a limit', () => {
  it('calls are counted too, of all nodes, and what could not be written is written later', async () => {
    let away = true;
    const query = (...args: unknown[]) =>
      away ? Promise.reject(new Error('away')) : test.app.pool.query(...(args as [string, unknown[]]));
    const flaky = new Calls({
      onFull: () => Promise.reject(new Error('never full')),
      pool: { query } as never,
      clock: () => now,
      monotonic: () => 0,
      log: pino({ level: 'silent' }),
      liveNodes: () => 1,
    });
    const other = node();
    expect(flaky.tryTake(limited(unlimited))).toBe(true);
    await flaky.take(limited(unlimited), 0);
    await other.take(limited(unlimited), 0);
    await flaky.flush();
    await other.flush();
    expect(await usage()).toEqual({ hour: 1, day: 1 });
    away = false;
    await flaky.stop();
    expect(await usage()).toEqual({ hour: 3, day: 3 });
  });
});

describe('calls a second', () => {
  it('are kept apart, and divided by the nodes at work', async () => {
    let at = 0;
    const calls = node({ monotonic: () => at, nodes: 2 });
    const one = limited(unlimited, 10);
    expect(calls.tryTake(one)).toBe(true);
    // Two nodes share ten a second: each makes one in 200 ms.
    expect(calls.tryTake(one)).toBe(false);
    at = 199;
    expect(calls.tryTake(one)).toBe(false);
    at = 200;
    expect(calls.tryTake(one)).toBe(true);
  });

  it('send away who would wait for too long, each to a moment of its own, and count none of them', async () => {
    const calls = node();
    const one = limited(unlimited, 1);
    const answers = await Promise.all([1, 2, 3, 4].map(() => calls.take(one, 0)));
    expect(answers).toEqual([
      { admitted: true },
      ...[2_000, 3_000, 4_000].map((retryAfterMs) => ({
        admitted: false,
        window: 'second',
        limit: 1,
        retryAfterMs,
      })),
    ]);
    await calls.flush();
    expect(await usage()).toEqual({ hour: 1, day: 1 });
  });

  it('wait for their turn, in the order of asking', async () => {
    const calls = node({ monotonic: () => performance.now() });
    const one = limited(unlimited, 20);
    const before = performance.now();
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((name) => calls.take(one, 1_000).then(() => order.push(name))));
    expect(order).toEqual([1, 2, 3]);
    expect(performance.now() - before).toBeGreaterThanOrEqual(99);
    await calls.stop();
  });
});
