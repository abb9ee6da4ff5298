import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { TestHttp } from '../testing/test-http.ts';

let test: TestApp;
let http: TestHttp;
let organization: TestOrganization;
let headers: Record<string, string>;

beforeAll(async () => {
  test = await createTestApp();
  http = await startTestHttp(test.app);
  organization = await test.createOrganization();
  headers = { authorization: `Bearer ${organization.apiKey}` };
});
afterAll(async () => {
  await http.close();
  await test.close();
});

async function write(lines: number): Promise<void> {
  const { logs } = test.app;
  for (let n = 0; n < lines; n += 1) {
    logs.write({
      organizationId: organization.id,
      source: 'check',
      level: n % 2 === 0 ? 'warn' : 'info',
      event: 'check.slow',
      message: `Slow response ${n}`,
    });
    if (n % 2_000 === 1_999) await logs.flush();
  }
  await logs.flush();
}

describe('the address of an export', () => {
  it('gives what the plan says, as a file', async () => {
    await write(2_400);
    const planned = await http.call('GET', '/api/v1/logs/export/plan?format=ndjson&level=warn&search=slow', {
      headers,
    });
    const { rows, path, fileName } = planned.json as { rows: number; path: string; fileName: string };
    expect([planned.status, rows]).toEqual([200, 1_200]);
    const file = await http.call('GET', path, { headers });
    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${fileName}"`);
    expect(file.headers.get('content-length')).toBeNull();
    expect(file.text.trimEnd().split('\n')).toHaveLength(1_200);
  });

  it('reads no further than somebody takes, and stops when they leave', async () => {
    await write(12_000);
    let pages = 0;
    const { pool } = test.app;
    const connect = pool.connect.bind(pool);
    pool.connect = ((...args: []) => {
      pages += 1;
      return connect(...args);
    }) as typeof pool.connect;
    try {
      const abort = new AbortController();
      const response = await fetch(`${http.url}/api/v1/logs/export?format=ndjson`, {
        headers,
        signal: abort.signal,
      });
      const reader = response.body!.getReader();
      expect((await reader.read()).value?.length).toBeGreaterThan(1_000);
      abort.abort();
      await reader.closed.catch(() => undefined);
      const whole = await http.call('GET', '/api/v1/logs/export?format=csv', { headers });
      expect(whole.text.split('\r\n').length).toBeGreaterThan(12_000);
    } finally {
      pool.connect = connect;
    }
    // Fourteen pieces and two audit records for the whole; the one that was left took not nearly as many.
    expect(pages).toBeLessThan(16 + 12);
  });

  it('is for members of the organization, and for filters that it knows', async () => {
    const get = async (query: string, more = {}) => {
      const answer = await http.call('GET', `/api/v1/logs/export?${query}`, { headers: more });
      return [answer.status, (answer.json as { code: string }).code];
    };
    expect(await get('format=csv')).toEqual([401, 'unauthenticated']);
    expect(await get('format=xlsx', headers)).toEqual([422, 'invalid_input']);
    expect(await get(`format=csv&webhookId=${test.app.newId()}`, headers)).toEqual([404, 'not_found']);
    expect(await get('format=csv&search=%00', headers)).toEqual([422, 'invalid_input']);
  });
});
