import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshForMs } from '../authorize.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { TestHttp } from '../testing/test-http.ts';

let test: TestApp;
let http: TestHttp;
let organization: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  http = await startTestHttp(test.app);
  organization = await test.createOrganization();
});
afterAll(async () => {
  await http.close();
  await test.close();
});

it('gives what the plan says, as a file, to those who may read the log', async () => {
  const headers = { authorization: `Bearer ${organization.apiKey}` };
  const planned = await http.call('GET', '/api/v1/audit/export/plan?format=ndjson&action=member', {
    headers,
  });
  const { rows, path, fileName } = planned.json as { rows: number; path: string; fileName: string };
  expect([planned.status, rows]).toEqual([200, 1]);
  // What is written meanwhile does not count.
  const session = await http.signIn(organization.people.viewer);
  const file = await http.call('GET', path, { headers: session });
  expect(file.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${fileName}"`);
  const lines = file.text.trimEnd().split('\n');
  expect(lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual(['id', 'checkpoint']);
  expect(lines[0]).toContain('member.joined');
  expect((await http.call('GET', path)).status).toBe(401);
  expect((await http.call('GET', '/api/v1/audit/export?format=pdf', { headers })).status).toBe(422);
  expect((await http.call('GET', '/api/v1/audit/export?format=csv&search=%00', { headers })).status).toBe(
    422,
  );
});

it('is for people who have just confirmed who they are, and for keys', async () => {
  const session = await http.signIn(organization.people.system_admin);
  const bearer = { authorization: `Bearer ${organization.apiKey}` };
  test.time.advance(freshForMs + 1);
  for (const path of ['/api/v1/audit/export?format=csv', '/api/v1/audit/export/plan?format=csv']) {
    const refused = await http.call('GET', path, { headers: session });
    expect([refused.status, (refused.json as { code: string }).code]).toEqual([
      403,
      'reauthentication_required',
    ]);
    expect((await http.call('GET', path, { headers: bearer })).status).toBe(200);
  }
});
