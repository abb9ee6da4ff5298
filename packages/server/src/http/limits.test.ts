import type { Problem } from '@trunkline/contract/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { getLimits } from '../modules/limits/get-limits.ts';
import { updateLimits } from '../modules/limits/update-limits.ts';
import { listThrottled } from '../modules/usage/list-throttled.ts';
import { eventually } from '../testing/eventually.ts';
import { setLimitsClock } from '../testing/limits-clock.ts';
import { refusalOf } from '../testing/refusal.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { Answer, TestHttp } from '../testing/test-http.ts';

const rateLimits = { keyPerMinute: 5, keyPerHour: 1_000, organizationPerHour: 10_000 };

let test: TestApp;
let http: TestHttp;
let organization: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  test.app.config = { ...test.app.config, rateLimits };
  http = await startTestHttp(test.app);
});
afterAll(async () => {
  await http.close();
  await test.close();
});
beforeEach(async () => {
  organization = await test.createOrganization();
  await setLimitsClock(test.database.pool, '2026-11-28T10:20:30Z');
});

const ways: [string, () => Promise<Answer>][] = [
  ['general', () => http.call('GET', '/api/v1/events', { headers: key() })],
  ['short', () => http.call('POST', '/api/v1/events', { headers: key(), body: [event, event] })],
];
const event = { type: 'job.created', data: {} };
const key = () => ({ authorization: `Bearer ${organization.apiKey}` });
const headersOf = ({ headers }: Answer) =>
  Object.fromEntries(
    [
      'ratelimit-policy',
      'ratelimit',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
      'retry-after',
    ].map((name) => [name, headers.get(name)]),
  );

describe.each(ways)('on the %s way', (_, call) => {
  it('says how far the limit is used, and refuses what is over it', async () => {
    const policy = '"minute";q=5;w=60, "hour";q=1000;w=3600, "organization";q=10000;w=3600';
    for (let remaining = 4; remaining >= 0; remaining -= 1) {
      const answer = await call();
      expect(answer.status).toBeLessThan(300);
      expect(headersOf(answer)).toEqual({
        'ratelimit-policy': policy,
        ratelimit: expect.stringMatching(new RegExp(`^"minute";r=${remaining};t=(30|29)$`)),
        'x-ratelimit-limit': '5',
        'x-ratelimit-remaining': String(remaining),
        'x-ratelimit-reset': String(Date.parse('2026-11-28T10:21:00Z') / 1000),
        'retry-after': null,
      });
    }
    const refused = await call();
    expect(refused.status).toBe(429);
    expect(refused.json).toMatchObject({ code: 'rate_limited', type: '/docs/errors/rate_limited' });
    expect((refused.json as Problem).detail).toMatch(/^5 requests a minute with one key are allowed\./);
    const { 'retry-after': retryAfter, 'x-ratelimit-remaining': remaining } = headersOf(refused);
    expect([Number(retryAfter) > 25, remaining]).toEqual([true, '0']);

    await http.access.usage.flush();
    const { data } = await listThrottled(test.as('viewer', organization), { limit: 10 });
    expect(data).toMatchObject([
      { keyId: organization.apiKeyId, quota: 'minute', requests: 1, keyName: 'API key' },
    ]);

    await setLimitsClock(test.database.pool, '2026-11-28T10:21:00Z');
    await eventually(async () => expect((await call()).status).toBeLessThan(300));
  });
});

it('does not count what people do who are signed in', async () => {
  const session = await http.signIn(organization.people.viewer);
  for (let index = 0; index < 12; index += 1) {
    const answer = await http.call('GET', '/api/v1/events', { headers: session });
    expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, null]);
  }
});

it('an organization lowers its limits, and no further up than the installation allows', async () => {
  const administrator = test.as('system_admin', organization);
  const none = { keyPerMinute: null, keyPerHour: null, organizationPerHour: null };
  const settings = await updateLimits(administrator, { ...none, keyPerMinute: 2 });
  expect(settings).toMatchObject({
    installation: rateLimits,
    own: { keyPerMinute: 2 },
    effective: { ...rateLimits, keyPerMinute: 2 },
  });
  const statuses: number[] = [];
  for (let index = 0; index < 4; index += 1) {
    statuses.push((await http.call('GET', '/api/v1/events', { headers: key() })).status);
  }
  expect(statuses).toEqual([200, 200, 429, 429]);
  expect((await getLimits(administrator, {})).use).toMatchObject({
    organization: { used: 2, limit: 10_000, resetsAt: '2026-11-28T11:00:00.000Z' },
    keys: [{ id: organization.apiKeyId, minute: { used: 2, limit: 2 }, hour: { used: 2, limit: 1_000 } }],
  });
  const refused = await refusalOf(updateLimits(administrator, { ...none, keyPerHour: 1_001 }));
  expect([refused.code, refused.errors?.[0]?.pointer]).toEqual(['invalid_input', '/keyPerHour']);
});

it('refuses with 503 when it has no permit in hand and the database is away', async () => {
  await http.call('GET', '/api/v1/webhooks', { headers: key() });
  const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  const query = vi.spyOn(test.app.pool, 'query').mockRejectedValue(away);
  try {
    const answers: Answer[] = [];
    for (let index = 0; index < 6; index += 1) {
      answers.push(await http.call('GET', '/api/v1/no-such-address', { headers: key() }));
    }
    const last = answers.at(-1)!;
    expect([last.status, (last.json as Problem).code, last.headers.get('retry-after')]).toEqual([
      503,
      'database_unavailable',
      '2',
    ]);
  } finally {
    query.mockRestore();
  }
});
