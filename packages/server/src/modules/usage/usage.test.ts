import { getUsage as operation } from '@trunkline/contract/usage';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pdfText } from '../../testing/pdf-text.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { startTestHttp } from '../../testing/test-http.ts';
import type { TestHttp } from '../../testing/test-http.ts';
import { exportUsage } from './export-usage.ts';
import { getUsage } from './get-usage.ts';
import { latencyClass, noLatencies, quantile } from './latencies.ts';
import { listRequests } from './list-requests.ts';
import { listThrottled } from './list-throttled.ts';
import { readSpan } from './rules.ts';
import type { KeyRequest } from './types.ts';
import { UsageMeter } from './usage-meter.ts';
import { usagePdf } from './usage-pdf.ts';

let test: TestApp;
let http: TestHttp;
let organization: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  http = await startTestHttp(test.app);
});
afterAll(async () => {
  await http.close();
  await test.close();
});
beforeEach(async () => {
  organization = await test.createOrganization();
});

const viewer = () => test.as('viewer', organization);
const page = { limit: 50 };

function request(more: Partial<KeyRequest> = {}): KeyRequest {
  return {
    keyId: organization.apiKeyId,
    organizationId: organization.id,
    endpoint: 'GET /api/v1/events',
    status: 200,
    startedAt: test.time.now - 12,
    errorCode: null,
    throttledBy: null,
    ip: '192.0.2.1',
    userAgent: 'program/1',
    requestId: 'req_1',
    ...more,
  };
}

describe('counting', () => {
  it('counts each request once, by the template of its address, on every front', async () => {
    const headers = { authorization: `Bearer ${organization.apiKey}` };
    const missing = '00000000-0000-7000-8000-000000000000';
    const body = { type: 'job.created', data: {} };
    for (let index = 0; index < 3; index += 1) await http.call('POST', '/api/v1/events', { headers, body });
    await http.call('POST', '/api/v1/events', { headers, body: { type: 7 } });
    // With a header that the short way does not read, the same request takes the general one.
    await http.call('POST', '/api/v1/events', { headers: { ...headers, 'idempotency-key': 'a' }, body });
    await http.call('GET', `/api/v1/webhooks/${missing}`, { headers });
    await http.call('GET', '/api/v1/webhooks?limit=1', { headers });
    await http.call('GET', '/api/v1/secret-token-in-an-address', { headers });
    await http.call('GET', '/api/trpc/webhooks.listWebhooks?input=%7B%7D', { headers });
    await http.call('POST', '/api/v1/events', { headers: { authorization: 'Bearer wrong' }, body });
    await http.call('GET', '/api/v1/events', { headers: await http.signIn(organization.people.viewer) });
    await http.access.usage.flush();
    const usage = await getUsage(viewer(), { range: '24h' });
    expect(usage.totals).toMatchObject({ requests: 9, clientErrors: expect.any(Number), serverErrors: 0 });
    const counts = Object.fromEntries(
      usage.endpoints.map((row) => [row.endpoint, [row.requests, row.clientErrors]]),
    );
    expect(counts).toMatchObject({
      'POST /api/v1/events': [5, 1],
      'GET /api/v1/webhooks/{id}': [1, 1],
      'GET /api/v1/webhooks': [1, 0],
      'Unknown address': [1, 1],
    });
    expect(JSON.stringify(usage)).not.toContain('secret-token');
    expect(usage.keys).toMatchObject([{ keyId: organization.apiKeyId, name: 'API key', requests: 9 }]);
    const { data } = await listRequests(viewer(), page);
    expect(data).toHaveLength(9);
    expect(data.find(({ status }) => status === 422)).toMatchObject({
      errorCode: 'invalid_input',
      endpoint: 'POST /api/v1/events',
      ip: '127.0.0.1',
    });
  });

  it('adds up over minutes, hours and nodes, with percentages, durations and every bar', async () => {
    const [first, second] = [new UsageMeter(test.app), new UsageMeter(test.app)];
    const started = test.time.now;
    for (let index = 0; index < 90; index += 1) first.add(request());
    for (let index = 0; index < 7; index += 1) second.add(request({ status: 404, errorCode: 'not_found' }));
    await Promise.all([first.flush(), second.flush()]);
    test.time.advance(3 * 3_600_000);
    for (let index = 0; index < 3; index += 1) {
      first.add(request({ status: 503, startedAt: test.time.now - 4_000, endpoint: 'POST /api/v1/events' }));
    }
    await first.stop();
    await first.stop();
    for (const range of ['24h', '7d', '30d'] as const) {
      const usage = await getUsage(viewer(), { range });
      expect(usage.totals).toEqual({
        requests: 100,
        succeeded: 90,
        clientErrors: 7,
        serverErrors: 3,
        succeededPercent: 90,
        clientErrorsPercent: 7,
        serverErrorsPercent: 3,
        throttled: 0,
      });
      expect(usage.latency.p50Ms).toBeGreaterThan(10);
      expect(usage.latency.p95Ms).toBeLessThanOrEqual(15);
      expect(usage.series.reduce((sum, { requests }) => sum + requests, 0)).toBe(100);
      expect(usage.series.length).toBeGreaterThan(40);
    }
    const custom = {
      range: 'custom' as const,
      since: new Date(started + 3_600_000).toISOString(),
      until: new Date(test.time.now).toISOString(),
    };
    test.time.advance(60_000);
    const late = await getUsage(viewer(), { ...custom, until: new Date(test.time.now).toISOString() });
    expect(late.totals.requests).toBe(3);
    const endpoints = late.endpoints.map(({ endpoint, latency }) => [endpoint, latency.p50Ms]);
    expect(endpoints).toEqual([['POST /api/v1/events', expect.any(Number)]]);
    expect(endpoints[0]![1]).toBeGreaterThan(3_000);
    expect((await getUsage(viewer(), { range: '24h', keyId: test.app.newId() })).totals.requests).toBe(0);
  });

  it('keeps what could not be written, and writes it once', async () => {
    let broken = true;
    const pool = {
      query: (...values: Parameters<typeof test.app.pool.query>) =>
        broken ? Promise.reject(new Error('away')) : test.app.pool.query(...values),
    };
    const meter = new UsageMeter({ ...test.app, pool: pool as never });
    meter.add(request());
    meter.add(request({ status: 429, throttledBy: 'hour', errorCode: 'rate_limited' }));
    await meter.flush();
    meter.add(request());
    broken = false;
    await meter.flush();
    await meter.flush();
    const usage = await getUsage(viewer(), { range: '24h' });
    expect(usage.totals).toMatchObject({ requests: 3, succeeded: 2, clientErrors: 1, throttled: 1 });
    expect((await listRequests(viewer(), page)).data).toHaveLength(3);
  });

  it('keeps a bounded sample: failures first, some of the others', async () => {
    const meter = new UsageMeter(test.app);
    for (let index = 0; index < 500; index += 1) {
      meter.add(request({ userAgent: `agent ${index}` }));
      meter.add(request({ status: 500, errorCode: 'internal' }));
    }
    await meter.flush();
    const { rows } = await test.database.pool.query<{ status: number; count: number }>(
      'SELECT status, count(*)::int4 FROM api_requests WHERE organization_id = $1 GROUP BY 1 ORDER BY 1',
      [organization.id],
    );
    expect(rows).toEqual([
      { status: 200, count: 10 },
      { status: 500, count: 50 },
    ]);
    const callers = await test.database.pool.query('SELECT FROM api_key_callers WHERE organization_id = $1', [
      organization.id,
    ]);
    expect(callers.rowCount).toBe(10);
    expect((await getUsage(viewer(), { range: '24h' })).totals.requests).toBe(1_000);
  });

  it('loses nothing of others when an organization is gone', async () => {
    const meter = new UsageMeter(test.app);
    meter.add(request());
    meter.add(request({ organizationId: test.app.newId(), status: 429, throttledBy: 'minute' }));
    await meter.flush();
    expect((await getUsage(viewer(), { range: '24h' })).totals.requests).toBe(1);
  });
});

describe('reading', () => {
  it('filters the log and turns its pages', async () => {
    const meter = new UsageMeter(test.app);
    const other = test.app.newId();
    for (let index = 0; index < 5; index += 1) {
      meter.add(request({ status: 404, errorCode: 'not_found', requestId: `req_${index}` }));
      test.time.advance(1_000);
    }
    meter.add(request({ keyId: other, endpoint: 'POST /api/v1/events', status: 202 }));
    await meter.flush();
    const ids = async (filter: object) => (await listRequests(viewer(), { ...page, ...filter })).data.length;
    expect(await ids({ status: '4xx' })).toBe(5);
    expect(await ids({ status: '2xx' })).toBe(1);
    expect(await ids({ keyId: other })).toBe(1);
    expect(await ids({ endpoint: 'POST /api/v1/events' })).toBe(1);
    expect(await ids({ since: new Date(test.time.now - 2_500).toISOString() })).toBe(3);
    const seen: string[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const answer = await listRequests(viewer(), { limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...answer.data.map(({ id }) => id));
      cursor = answer.nextCursor;
    }
    expect([seen.length, new Set(seen).size]).toEqual([6, 6]);
  });

  it('turns the pages of throttled requests', async () => {
    const meter = new UsageMeter(test.app);
    for (const throttledBy of ['minute', 'hour', 'organization'] as const) {
      meter.add(request({ status: 429, throttledBy }));
      meter.add(request({ status: 429, throttledBy, keyId: test.app.newId() }));
    }
    await meter.flush();
    let rows = 0;
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const answer = await listThrottled(viewer(), { limit: 4, ...(cursor ? { cursor } : {}) });
      rows += answer.data.length;
      cursor = answer.nextCursor;
    }
    expect(rows).toBe(6);
    expect((await refusalOf(listThrottled(viewer(), { limit: 4, cursor: 'bm9uZQ' }))).code).toBe(
      'invalid_input',
    );
  });

  it('gives a report as CSV and as PDF, each with the numbers of the screen', async () => {
    const meter = new UsageMeter(test.app);
    const second = test.app.newId();
    const add = (times: number, more: Partial<KeyRequest>) => {
      for (let index = 0; index < times; index += 1) meter.add(request(more));
    };
    add(1_234, {});
    add(61, { status: 404, errorCode: 'not_found', endpoint: 'GET /api/v1/webhooks/{id}' });
    add(5, { status: 503, endpoint: 'POST /api/v1/events', startedAt: test.time.now - 4_000 });
    add(7, { keyId: second, status: 202, endpoint: 'POST /api/v1/events' });
    await meter.flush();
    const usage = await getUsage(viewer(), { range: '24h' });

    const csv = await exportUsage(viewer(), { range: '24h', format: 'csv' });
    expect(csv.name).toMatch(/^api-usage-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
    const [names, ...rows] = parse(Buffer.from(csv.content, 'base64'));
    expect(names).toEqual(['hour', 'key', 'endpoint', 'status', 'requests', 'p50_ms', 'p95_ms']);
    const sum = (column: number, value: string) =>
      rows.filter((row) => row[column] === value).reduce((whole, row) => whole + Number(row[4]), 0);
    for (const { endpoint, requests } of usage.endpoints) expect(sum(2, endpoint)).toBe(requests);
    for (const { name, requests } of usage.keys) expect(sum(1, name)).toBe(requests);
    expect(['2xx', '4xx', '5xx'].map((status) => sum(3, status))).toEqual([1_241, 61, 5]);

    const pdf = await exportUsage(viewer(), { range: '24h', format: 'pdf' });
    expect(pdf.contentType).toBe('application/pdf');
    const lines = await pdfText(Buffer.from(pdf.content, 'base64'));
    const text = lines.map((cells) => cells.join(' '));
    expect(text).toEqual(
      expect.arrayContaining([
        'Requests: 1,307',
        'Success (2xx): 1,241 (95 %)',
        'Client errors (4xx): 61 (4.7 %), of these over a limit: 0',
        'Server errors (5xx): 5 (0.4 %)',
        `Duration: p50 ${usage.latency.p50Ms} ms, p95 ${usage.latency.p95Ms} ms`,
      ]),
    );
    const table = (title: string) => {
      const rest = lines.slice(lines.findIndex(([first]) => first === title) + 2);
      return rest.slice(
        0,
        rest.findIndex(({ length }) => length === 1),
      );
    };
    expect(table('Top endpoints')).toEqual([
      ['GET /api/v1/events', '1,234', '0', '0', `${usage.endpoints[0]!.latency.p95Ms} ms`],
      ['GET /api/v1/webhooks/{id}', '61', '61', '0', `${usage.endpoints[1]!.latency.p95Ms} ms`],
      ['POST /api/v1/events', '12', '0', '5', `${usage.endpoints[2]!.latency.p95Ms} ms`],
    ]);
    expect(table('Keys')).toEqual([
      ['API key', '1,300', '61', '5'],
      ['Former API key', '7', '0', '0'],
    ]);
    expect(text.at(-1)).toBe('Requests are not limited.');
    const limits = {
      keys: [
        {
          id: second,
          name: 'API key',
          keyPreview: 'tk_…',
          minute: { limit: 100, used: 3, resetsAt: usage.until },
          hour: { limit: 1_000, used: 30, resetsAt: usage.until },
        },
      ],
      organization: { limit: 10_000, used: 4_321, resetsAt: usage.until },
    };
    const limited = await pdfText(await usagePdf('Works', { ...usage, limits }, new Date(test.time.now)));
    expect(limited.at(-1)).toEqual([
      'A key: 100 a minute, 1,000 an hour. The organization: 10,000 an hour; 4,321 in the running hour.',
    ]);
  });

  it('writes names in the letters of their language, and marks what it cannot write', async () => {
    organization = await test.createOrganization('Łódź Жилищный Ελληνικά Հայ საქ Việt 会社 AG');
    const pdf = await exportUsage(viewer(), { range: '24h', format: 'pdf' });
    const [title, name] = await pdfText(Buffer.from(pdf.content, 'base64'));
    expect(title).toEqual(['API usage']);
    expect(name!.join('')).toMatch(/^Łódź Жилищный Ελληνικά Հայ საქ Việt \u{FFFD}{2} AG · \d{4}-/u);
  });

  it('is for members, and about their organization', async () => {
    await expectRefusals(test, organization, operation, (ctx) => getUsage(ctx, { range: '24h' }));
    new UsageMeter(test.app).add(request());
    await http.access.usage.flush();
    const other = await test.createOrganization();
    expect((await getUsage(test.as('viewer', other), { range: '24h' })).totals.requests).toBe(0);
  });
});

describe('ranges', () => {
  const now = Date.parse('2026-11-28T10:20:30Z');
  const custom = (since: string, until?: string) => readSpan({ range: 'custom', since, until }, now);

  it('uses sums by minute as far back as they are kept, and hours beyond', () => {
    expect(readSpan({ range: '24h' }, now)).toMatchObject({ by: 'minute', bucketMs: 1_800_000 });
    expect(readSpan({ range: '7d' }, now)).toMatchObject({
      by: 'hour',
      since: Date.parse('2026-11-21T10:00:00Z'),
    });
    expect(custom('2026-11-28T10:00:00Z')).toMatchObject({ by: 'minute', bucketMs: 60_000, until: now });
    expect(custom('2026-11-20T00:00:00Z', '2026-11-20T02:00:00Z')).toMatchObject({
      by: 'hour',
      bucketMs: 3_600_000,
    });
  });

  it('refuses a range that is none', async () => {
    for (const read of [
      () => readSpan({ range: 'custom' }, now),
      () => custom('2026-11-28T10:00:00Z', '2026-11-28T09:00:00Z'),
      () => custom('2026-01-01T00:00:00Z'),
      () => custom('2027-01-01T00:00:00Z'),
    ]) {
      expect((await refusalOf((async () => read())())).code).toBe('invalid_input');
    }
  });
});

describe('durations', () => {
  it('interpolates in the class that a quantile falls into', () => {
    const counts = noLatencies();
    expect(quantile(counts, 0.5)).toBeNull();
    for (let index = 0; index < 100; index += 1) counts[latencyClass(12)]! += 1;
    expect(quantile(counts, 0.5)).toBe(12.5);
    expect(quantile(counts, 1)).toBe(15);
    counts[latencyClass(99_999)]! += 900;
    expect(quantile(counts, 0.95)).toBe(10_000);
  });

  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [10_000, 22],
    [10_001, 23],
  ])('%i ms belong to class %i', (duration, index) => {
    expect(latencyClass(duration)).toBe(index);
  });
});
