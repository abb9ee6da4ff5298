import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tenantTransaction } from '../db/tenant.ts';
import { createIntegrationSamples } from '../testing/sample-integrations.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp } from '../testing/test-app.ts';
import { admitCall, readUsage } from './limits.ts';
import type { Admission } from './limits.ts';

const hourMs = 3_600_000;
/** Ten minutes before an hour is full, and not the last one of its day. */
const now = Date.parse('2026-11-23T10:50:00Z');

let test: TestApp;
let organizationId: string;
let integrationId: string;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  organizationId = (await test.createOrganization()).id;
  integrationId = await createIntegrationSamples(test, organizationId, 'm').integration();
  await test.app.pool.query('DELETE FROM integration_usage WHERE integration_id = $1', [integrationId]);
});

/** Each call in a transaction and on a connection of its own, as on any number of nodes. */
const call = (limits: { perHour: number | null; perDay: number | null }, at = now): Promise<Admission> =>
  tenantTransaction(test.app.pool, organizationId, (tx) => admitCall(tx, integrationId, limits, at));
const usage = (at = now) =>
  tenantTransaction(test.app.pool, organizationId, (tx) => readUsage(tx, integrationId, at));

describe('admitCall', () => {
  it('admits exactly the limit, however many ask at once, and counts only what it admits', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => call({ perHour: 7, perDay: null })));
    expect(answers.filter(({ admitted }) => admitted)).toHaveLength(7);
    expect(answers.find(({ admitted }) => !admitted)).toEqual({
      admitted: false,
      window: 'hour',
      limit: 7,
      retryAfterMs: 10 * 60_000,
    });
    expect(await usage()).toEqual({ hour: 7, day: 7 });
  });

  it('begins anew with the next hour, while the day goes on', async () => {
    const limits = { perHour: 2, perDay: 3 };
    const admitted = async (at: number) => (await call(limits, at)).admitted;
    expect([await admitted(now), await admitted(now), await admitted(now)]).toEqual([true, true, false]);
    expect(await admitted(now + hourMs)).toBe(true);
    expect(await call(limits, now + hourMs)).toEqual({
      admitted: false,
      window: 'day',
      limit: 3,
      retryAfterMs: Date.parse('2026-11-24T00:00:00Z') - (now + hourMs),
    });
    expect(await usage(now + hourMs)).toEqual({ hour: 1, day: 3 });
    expect(await admitted(now + 24 * hourMs)).toBe(true);
    expect(await usage(now + 24 * hourMs)).toEqual({ hour: 1, day: 1 });
  });

  it('counts without a limit too', async () => {
    await call({ perHour: null, perDay: null });
    expect(await usage()).toEqual({ hour: 1, day: 1 });
  });
});
