import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { setLimitsClock } from '../../testing/limits-clock.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { Limiter } from './limiter.ts';
import type { Admission, LimitedKey } from './limiter.ts';

const plenty = { keyPerMinute: 1_000_000, keyPerHour: 1_000_000, organizationPerHour: 1_000_000 };

let test: TestApp;
let organizationId: string;
let monotonic: number;
let query: (sql: unknown, values?: unknown) => Promise<unknown>;
let asked: number;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  organizationId = (await test.createOrganization()).id;
  monotonic = 1_000_000;
  asked = 0;
  query = (sql, values) => test.app.pool.query(sql as string, values as unknown[]);
  await setLimitsClock(test.database.pool, '2026-11-28T10:20:30Z');
});

function node(): Limiter {
  const pool = {
    query: (sql: unknown, values: unknown) => {
      asked += 1;
      return query(sql, values);
    },
  };
  return new Limiter({ pool: pool as never, log: test.app.log, monotonic: () => monotonic });
}

function key(limits: Partial<LimitedKey['limits']> = {}): LimitedKey {
  return { id: randomUUID(), organizationId, limits: { ...plenty, ...limits } };
}

/** As many requests as given, so many of them at once. Gives how many were let in. */
async function admitted(limiter: Limiter, of: LimitedKey, requests: number, atOnce = 1): Promise<number> {
  let count = 0;
  let started = 0;
  const one = async () => {
    while (started < requests) {
      started += 1;
      if ((await limiter.take(of)).admitted) count += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return count;
}

async function used(subject: string, span: string): Promise<number | undefined> {
  const { rows } = await test.database.pool.query<{ used: number }>(
    'SELECT used FROM api_limit_windows WHERE subject_id = $1 AND span = $2',
    [subject, span],
  );
  return rows[0]?.used;
}

describe('one node', () => {
  it('lets in as many as each limit allows, and says which is full and for how long', async () => {
    for (const [limits, quota, resetSeconds] of [
      [{ keyPerMinute: 37 }, 'minute', 30],
      [{ keyPerHour: 37 }, 'hour', 2_370],
      [{ organizationPerHour: 37 }, 'organization', 2_370],
    ] as const) {
      organizationId = (await test.createOrganization()).id;
      const one = key(limits);
      const limiter = node();
      expect(await admitted(limiter, one, 100, 10)).toBe(37);
      const refused = await limiter.take(one);
      expect(refused).toMatchObject({
        admitted: false,
        resetSeconds,
        state: { quota, limit: 37, remaining: 0 },
      });
      expect(refused.state.endsAt).toBe(
        Date.parse(quota === 'minute' ? '2026-11-28T10:21:00Z' : '2026-11-28T11:00:00Z'),
      );
    }
  });

  it('counts down what remains of the nearest limit', async () => {
    const limiter = node();
    const one = key({ keyPerMinute: 10 });
    const remaining: number[] = [];
    for (let index = 0; index < 10; index += 1) remaining.push((await limiter.take(one)).state.remaining);
    expect(remaining).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it('lets in anew with the next minute, and not before', async () => {
    const limiter = node();
    const one = key({ keyPerMinute: 20 });
    expect(await admitted(limiter, one, 30)).toBe(20);
    monotonic += 29_000;
    await setLimitsClock(test.database.pool, '2026-11-28T10:20:59.999Z');
    expect(await admitted(limiter, one, 5)).toBe(0);
    monotonic += 1_000;
    await setLimitsClock(test.database.pool, '2026-11-28T10:21:00Z');
    expect(await admitted(limiter, one, 30)).toBe(20);
  });

  it('uses no permit of a minute that may be over, and gives it back to the hour', async () => {
    const limiter = node();
    const one = key({ keyPerMinute: 1_000, keyPerHour: 2_000 });
    expect(await admitted(limiter, one, 3)).toBe(3);
    monotonic += 30_000;
    await setLimitsClock(test.database.pool, '2026-11-28T10:21:00Z');
    expect(await admitted(limiter, one, 1)).toBe(1);
    await limiter.stop();
    expect([
      await used(one.id, 'minute'),
      await used(one.id, 'hour'),
      await used(organizationId, 'hour'),
    ]).toEqual([1, 4, 4]);
  });

  it.each([
    ['with permits', 3],
    ['that said the limit was full', 0],
  ])('asks again when an answer %s came after its minute', async (_, before) => {
    const limiter = node();
    const one = key({ keyPerMinute: 3, keyPerHour: 100 });
    expect(await admitted(node(), one, 3 - before)).toBe(3 - before);
    let stalled = false;
    query = async (sql, values) => {
      const answer = await test.app.pool.query(sql as string, values as unknown[]);
      if (!stalled) {
        stalled = true;
        monotonic += 30_000;
        await setLimitsClock(test.database.pool, '2026-11-28T10:21:00Z');
      }
      return answer;
    };
    expect(await admitted(limiter, one, 3, 3)).toBe(3);
    expect(await admitted(limiter, one, 3, 3)).toBe(0);
    expect(await used(one.id, 'hour')).toBe(6 - before);
  });

  it('asks the database once for many requests, and less the more come', async () => {
    const limiter = node();
    await admitted(limiter, key(), 20_000, 64);
    expect(asked).toBeLessThan(40);
  });

  it('does not ask for every request over the limit', async () => {
    const limiter = node();
    const one = key({ keyPerMinute: 1 });
    await admitted(limiter, one, 1);
    await admitted(limiter, one, 1);
    const before = asked;
    await admitted(limiter, one, 500, 10);
    expect(asked - before).toBeLessThanOrEqual(1);
  });

  it('gives back what lies idle, so that another node has it', async () => {
    const [first, second] = [node(), node()];
    const one = key({ keyPerMinute: 100 });
    expect(await admitted(first, one, 1)).toBe(1);
    monotonic += 1_500;
    await first.sweep();
    expect(await used(one.id, 'minute')).toBe(1);
    expect(await admitted(second, one, 200)).toBe(99);
  });

  it('holds to limits that were lowered', async () => {
    const limiter = node();
    const one = key();
    expect(await admitted(limiter, one, 10)).toBe(10);
    expect(
      await admitted(limiter, { ...one, limits: { ...plenty, keyPerMinute: 15 } }, 20),
    ).toBeLessThanOrEqual(5);
  });
});

describe('without the database', () => {
  it('uses the permits in hand, and then fails as everything that needs the database', async () => {
    const limiter = node();
    const one = key();
    await admitted(limiter, one, 200, 8);
    query = () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
    let withoutIt = 0;
    const useUp = async () => {
      for (;;) if ((await limiter.take(one)).admitted) withoutIt += 1;
    };
    const failure = await useUp().catch((error: unknown) => error);
    expect(withoutIt).toBeGreaterThan(0);
    expect(failure).toMatchObject({ code: 'ECONNREFUSED' });
    query = (sql, values) => test.app.pool.query(sql as string, values as unknown[]);
    expect((await limiter.take(one)).admitted).toBe(true);
  });

  it('counts what could not be given back as used', async () => {
    const limiter = node();
    const one = key({ keyPerMinute: 40 });
    await admitted(limiter, one, 1);
    const warn = vi.spyOn(test.app.log, 'warn').mockReturnValue(undefined);
    query = () => Promise.reject(new Error('away'));
    await limiter.stop();
    expect(warn).toHaveBeenCalled();
    warn.mockRestore();
    query = (sql, values) => test.app.pool.query(sql as string, values as unknown[]);
    const rest = await admitted(node(), one, 100);
    expect(rest).toBeLessThan(39);
    expect(await used(one.id, 'minute')).toBe(40);
  });
});

describe('several nodes', () => {
  it('let in exactly the limit together, whatever the limit', async () => {
    for (const limits of [{ keyPerMinute: 100 }, { keyPerHour: 333 }, { organizationPerHour: 61 }]) {
      organizationId = (await test.createOrganization()).id;
      const one = key(limits);
      const counts = await Promise.all([1, 2, 3].map(() => admitted(node(), one, 500, 16)));
      expect([limits, counts.reduce((sum, count) => sum + count, 0)]).toEqual([
        limits,
        Object.values(limits)[0],
      ]);
    }
  });

  it('share the hour of an organization between keys', async () => {
    const keys = [1, 2, 3, 4].map(() => key({ organizationPerHour: 100, keyPerMinute: 60 }));
    const counts = await Promise.all(keys.map((one) => admitted(node(), one, 100, 8)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
    expect(Math.max(...counts)).toBeLessThanOrEqual(60);
  });
});

it('gives an admission, not a promise, while it has permits in hand', async () => {
  const limiter = node();
  const one = key();
  await limiter.take(one);
  const taken = limiter.take(one);
  expect(taken).not.toBeInstanceOf(Promise);
  expect((taken as Admission).admitted).toBe(true);
});
