import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { getIntegration } from '../integrations/get-integration.ts';
import { updateIntegration } from '../integrations/update-integration.ts';
import { listLogs } from '../logs/list-logs.ts';

let world: ActionWorld;
let organization: TestOrganization;
let twilio: string;
let bucket: string;
const logged: string[] = [];

beforeAll(async () => {
  // Without the nets of the real log: nothing may reach it in the first place.
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  world = await startActionWorld({ log });
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

/** A provider that tells of the first bytes as they come, and answers when it has all of them. */
async function startProvider() {
  const received: Buffer[] = [];
  let first = (): void => undefined;
  const begun = new Promise<void>((resolve) => (first = resolve));
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      received.push(chunk);
      first();
    });
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'text/plain', 'x-answer': 'answer-header-secret' });
      response.end('answer-body-secret');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    begun,
    text: () => Buffer.concat(received).toString(),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

it('passes a body on while it is still being sent, and keeps none of it', async () => {
  const provider = await startProvider();
  const { reroute } = world.app;
  world.app.reroute = (slug, url) => (slug === 'twilio' ? provider.url : reroute(slug, url));
  try {
    const sending = httpRequest(`${world.http.url}/api/v1/proxy/${messages()}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${organization.apiKey}`,
        'content-type': 'text/plain',
        'x-custom': 'request-header-secret',
      },
    });
    const answered = once(sending, 'response');
    sending.write('first-body-secret ');
    // A proxy that collects the body before it asks would wait here for ever.
    await provider.begun;
    expect(provider.text()).toBe('first-body-secret ');
    sending.end('last-body-secret');
    const [answer] = (await answered) as [IncomingMessage];
    expect([answer.statusCode, answer.headers['x-answer']]).toEqual([200, 'answer-header-secret']);
    expect(Buffer.concat(await answer.toArray()).toString()).toBe('answer-body-secret');
    expect(provider.text()).toBe('first-body-secret last-body-secret');
  } finally {
    world.app.reroute = reroute;
    await provider.close();
  }
  // What goes wrong may not tell more: the provider is gone.
  world.app.reroute = (slug, url) => (slug === 'twilio' ? provider.url : reroute(slug, url));
  const body = Buffer.from('failed-body-secret');
  const failed = await call(messages(), {
    method: 'POST',
    body,
    headers: { 'x-custom': 'failed-header-secret' },
  });
  world.app.reroute = reroute;
  expect(failed.status).toBe(502);

  await world.app.logs.flush();
  const { rows } = await world.app.pool.query<{ text: string; proxied: number }>(
    `SELECT (SELECT coalesce(json_agg(l)::text, '') FROM log_entries l WHERE organization_id = $1)
       || (SELECT coalesce(json_agg(a)::text, '') FROM actions a WHERE organization_id = $1)
       || (SELECT coalesce(json_agg(u)::text, '') FROM audit_log u WHERE organization_id = $1) AS text,
       (SELECT count(*)::int FROM log_entries
        WHERE organization_id = $1 AND integration_id = $2 AND event = 'action.proxied') AS proxied`,
    [organization.id, twilio],
  );
  expect(rows[0]!.proxied).toBeGreaterThanOrEqual(2);
  expect(logged.length).toBeGreaterThan(0);
  const secrets = [
    ...['first-body', 'last-body', 'answer-body', 'failed-body'].map((name) => `${name}-secret`),
    ...['request-header', 'answer-header', 'failed-header'].map((name) => `${name}-secret`),
    account()['authToken']!,
    organization.apiKey,
  ];
  for (const [place, text] of Object.entries({ kept: rows[0]!.text, logged: logged.join('') }))
    expect([place, secrets.filter((secret) => text.includes(secret))]).toEqual([place, []]);
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

it('tells of a provider that takes no more calls, and that it takes them again', async () => {
  const state = async () => {
    await world.app.logs.flush();
    const { status, problem } = await getIntegration(world.as('viewer', organization), { id: twilio });
    const { data } = await listLogs(world.as('viewer', organization), { integrationId: twilio, limit: 1 });
    return { status, fault: problem?.fault ?? null, line: data[0]! };
  };
  world.sandbox.setCondition('twilio', 'rateLimited');
  const answer = await call(messages());
  world.sandbox.setCondition('twilio', 'healthy');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    429,
    expect.stringContaining('application/json'),
  ]);
  const throttled = await state();
  expect(throttled).toMatchObject({ status: 'degraded', fault: 'rateLimit' });
  expect(throttled.line).toMatchObject({
    level: 'warn',
    event: 'action.proxied',
    error: { code: 'rateLimit' },
  });
  expect(throttled.line.details).toMatchObject({ status: 429, host: 'api.twilio.com' });
  const { rows } = await world.app.pool.query<{ data: unknown }>(
    `SELECT data FROM own_events WHERE organization_id = $1 AND type = 'integration.throttled'`,
    [organization.id],
  );
  expect(rows).toMatchObject([{ data: { integrationId: twilio, setBy: 'provider' } }]);
  const body = new URLSearchParams({ To: '+14155550123', From: account()['from']!, Body: 'Again' });
  expect((await call(messages(), { method: 'POST', body })).status).toBe(201);
  expect(await state()).toMatchObject({ status: 'active', fault: null });
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
  const answer = await world.impatiently(() => call(`${bucket}/folder/by%20proxy.bin`));
  world.sandbox.setCondition('aws-s3', 'healthy');
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([502, 'provider_failed']);
});
