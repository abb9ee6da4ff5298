import { afterAll, beforeAll, expect, it } from 'vitest';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { updateIntegration } from '../integrations/update-integration.ts';

let world: ActionWorld;
let organization: TestOrganization;
let twilio: string;
let bucket: string;

beforeAll(async () => {
  world = await startActionWorld();
  organization = await world.createOrganization();
  twilio = await world.connect(organization, 'twilio');
  bucket = await world.connect(organization, 'aws-s3');
});
afterAll(() => world.close());

interface Call {
  method?: string;
  body?: URLSearchParams | Buffer<ArrayBuffer>;
  headers?: Record<string, string>;
}

function call(path: string, init: Call = {}): Promise<Response> {
  return fetch(`${world.http.url}/api/v1/proxy/${path}`, {
    ...init,
    headers: { authorization: `Bearer ${organization.apiKey}`, ...init.headers },
  });
}
const account = () => world.sandbox.account('twilio').values;
const messages = () => `${twilio}/2010-04-01/Accounts/${account()['accountSid']}/Messages.json`;

it('calls the provider’s own API with the stored credentials, and passes its answer back', async () => {
  const body = new URLSearchParams({ To: '+14155550123', From: account()['from']!, Body: 'By proxy' });
  const answer = await call(messages(), { method: 'POST', body });
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ body: 'By proxy', status: 'queued' });
  const refused = await call(messages(), { method: 'POST', body: new URLSearchParams({ To: 'nobody' }) });
  expect([refused.status, ((await refused.json()) as { code: number }).code]).toEqual([400, 21603]);
});

it('signs what a provider wants signed, over the whole body', async () => {
  const bytes = Buffer.alloc(300_000, 7);
  const put = await call(`${bucket}/folder/by%20proxy.bin`, { method: 'PUT', body: bytes });
  expect(put.status).toBe(200);
  const got = await call(`${bucket}/folder/by%20proxy.bin`);
  expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);
  expect(got.headers.get('content-security-policy')).toContain('sandbox');
});

it('leads nowhere but to the provider', async () => {
  for (const path of [
    '%2e%2e/other',
    'a/%2e%2e/%2e%2e/b',
    '%5c%5cevil.example',
    '/evil.example/x',
    'a%00b',
    '%zz',
  ]) {
    const answer = await call(`${twilio}/${path}`);
    expect([path, [400, 404, 422].includes(answer.status)]).toEqual([path, true]);
  }
  // A name in braces is text and no place for a stored value.
  await call(`${twilio}/{authToken}`);
  const urls = world.sandbox.traffic('twilio').map(({ url }) => url);
  expect(urls.every((url) => url.startsWith('https://api.twilio.com/'))).toBe(true);
  expect(urls.join(' ')).toContain('%7BauthToken%7D');
});

it('gives neither the caller’s credentials away nor the provider’s cookies back', async () => {
  const answer = await call(messages(), { headers: { cookie: 'a=b' } });
  expect(answer.headers.get('set-cookie')).toBeNull();
  const { credentials } = world.sandbox.traffic('twilio')[0]!;
  expect(credentials).toMatch(/^authorization: Basic /);
});

it('is for programs of the organization, within its limits', async () => {
  const other = await world.createOrganization();
  const path = `${world.http.url}/api/v1/proxy/${messages()}`;
  const foreign = await fetch(path, { headers: { authorization: `Bearer ${other.apiKey}` } });
  expect(foreign.status).toBe(404);
  expect((await fetch(path)).status).toBe(401);
  const session = await world.http.signIn(organization.people.system_admin);
  expect((await fetch(path, { headers: session })).status).toBe(403);
  await updateIntegration(world.as('system_admin', organization), {
    id: twilio,
    limits: { perHour: 1, perDay: null, onLimit: 'queue' },
  });
  const limited = await call(messages());
  expect([limited.status, limited.headers.has('retry-after')]).toEqual([429, true]);
});

it('says so when no answer comes', async () => {
  world.sandbox.setCondition('aws-s3', 'timeout');
  const answer = await call(`${bucket}/folder/by%20proxy.bin`);
  world.sandbox.setCondition('aws-s3', 'healthy');
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([502, 'provider_failed']);
});
