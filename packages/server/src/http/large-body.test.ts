import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSamples } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp } from '../testing/test-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { TestHttp } from '../testing/test-http.ts';

let test: TestApp;
let http: TestHttp;
let headers: Record<string, string>;
let session: { cookie: string };
let integrationId: string;

beforeAll(async () => {
  test = await createTestApp();
  http = await startTestHttp(test.app);
  const organization = await test.createOrganization();
  headers = { authorization: `Bearer ${organization.apiKey}` };
  session = await http.signIn({ email: organization.people.system_admin.email });
  const samples = createSamples(test, organization, { marker: 'large', url: 'http://127.0.0.1:9' });
  integrationId = await samples.exchangeIntegration();
});
afterAll(async () => {
  await http?.close();
  await test?.close();
});

const file = (bytes: number) => ({
  integrationId,
  name: 'large.txt',
  content: Buffer.alloc(bytes, 'x').toString('base64'),
});
const byRest = ({ integrationId: id, ...body }: ReturnType<typeof file>) =>
  http.call('POST', `/api/v1/integrations/${id}/files/upload`, { headers, body });
const byTrpc = (body: object, procedure = 'integrations.uploadExchangeFile') =>
  http.call('POST', `/api/trpc/${procedure}`, { headers: session, body });

it('takes a file of ten megabytes on both fronts, and none that is larger', async () => {
  const largest = file(10 * 1_048_576);
  expect((await byRest(largest)).status).toBe(201);
  expect((await byTrpc(largest)).status).toBe(200);
  const larger = file(10 * 1_048_576 + 3);
  expect((await byRest(larger)).status).toBe(422);
  expect((await byTrpc(larger)).status).toBe(422);
  expect((await byRest(file(13 * 1_048_576))).status).toBe(413);
});

it('keeps the usual limit for everything else', async () => {
  const answer = await byTrpc({ name: 'x'.repeat(2 * 1_048_576) }, 'integrations.createWebhook');
  expect(answer.status).toBe(413);
});
