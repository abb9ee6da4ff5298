import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CustomDefinition, checkCustomProvider as operation } from '@trunkline/contract/custom-providers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { createIntegration } from '../integrations/create-integration.ts';
import { testIntegration } from '../integrations/test-integration.ts';
import { checkCustomProvider } from './check-custom-provider.ts';
import { createCustomProvider } from './create-custom-provider.ts';

let test: TestApp;
let here: TestOrganization;
let admin: Ctx;
let api: Server;
let origin: string;

/** Lets in whoever brings the word "right" in one of the usual ways. */
const accepted = [
  (url: URL) => url.searchParams.get('api_key') === 'right & proper' && url.searchParams.get('page') === '1',
  (_: URL, header: (name: string) => string) => header('x-api-key') === 'Token right',
  (_: URL, header: (name: string) => string) => header('authorization') === 'Bearer right',
  (_: URL, header: (name: string) => string) =>
    header('authorization') === `Basic ${Buffer.from('me:right').toString('base64')}`,
];

beforeAll(async () => {
  test = await createTestApp();
  here = await test.createOrganization();
  admin = test.as('system_admin', here);
  api = createServer((request, answer) => {
    const url = new URL(request.url ?? '/', origin);
    const header = (name: string) => String(request.headers[name] ?? '');
    const right = url.pathname === '/v1/me' && accepted.some((one) => one(url, header));
    answer.writeHead(right ? 200 : 401, { 'content-type': 'application/json' });
    answer.end(right ? '{"account":"me"}' : '{"error":"who are you?"}');
  });
  await new Promise<void>((done) => {
    api.listen(0, '127.0.0.1', done);
  });
  origin = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
});
afterAll(async () => {
  api.closeAllConnections();
  api.close();
  await test.close();
});

const rest = (auth: object, health: object = {}, name = 'Acme') =>
  CustomDefinition.parse({
    kind: 'rest',
    name,
    category: 'automation',
    baseUrl: `${origin}/v1`,
    auth,
    health: { path: '/me', mustContain: '"account"', ...health },
  });
const check = (definition: CustomDefinition, values: Record<string, string>, ctx = admin) =>
  checkCustomProvider(ctx, { definition, values });

const ways = [
  ['header', { type: 'header', header: 'X-Api-Key', prefix: 'Token ' }, { apiKey: 'right' }],
  ['query', { type: 'query', parameter: 'api_key' }, { apiKey: 'right & proper' }],
  ['bearer', { type: 'bearer' }, { token: 'right' }],
  ['basic', { type: 'basic' }, { username: 'me', password: 'right' }],
] as const;

describe('a custom REST API', () => {
  it.each(ways)('is asked with a key by %s', async (type, auth, values) => {
    const health = type === 'query' ? { path: '/me?page=1' } : {};
    expect(await check(rest(auth, health), values)).toMatchObject({ ok: true, problem: null });
    const wrong = Object.fromEntries(Object.keys(values).map((key) => [key, 'wrong-credential']));
    const report = await check(rest(auth, health), wrong);
    expect([report.ok, report.problem?.fault]).toEqual([false, 'reauth']);
    expect(JSON.stringify(report)).not.toContain('wrong-credential');
  });

  it('is connected and checked like every other provider', async () => {
    const { slug } = await createCustomProvider(admin, {
      definition: rest({ type: 'query', parameter: 'api_key' }, { path: '/me?page=1' }, 'Acme Hours'),
    });
    const connect = (apiKey: string) =>
      createIntegration(test.as('utility_admin', here), {
        provider: slug,
        values: { apiKey },
        check: 'require',
      });
    expect((await refusalOf(connect('wrong'))).code).toBe('connection_failed');
    const made = await connect('right & proper');
    expect(made).toMatchObject({ status: 'active', provider: { slug, custom: true } });
    expect((await testIntegration(admin, { id: made.id })).ok).toBe(true);
  });
});

describe('checkCustomProvider', () => {
  it('tells where a mail server does not answer', async () => {
    const definition = CustomDefinition.parse({
      kind: 'smtp',
      name: 'Acme Mail',
      category: 'email',
      host: '127.0.0.1',
      port: 2525,
    });
    const values = { username: 'me', password: 'hush-hush', fromEmail: 'me@example.com' };
    const report = await check(definition, values);
    expect(report.ok).toBe(false);
    expect(report.steps.map(({ label, detail }) => label + detail).join(' ')).toContain('2525');
    expect(JSON.stringify(report)).not.toContain('hush-hush');
  });

  it('says what is missing, and that consent cannot be tried', async () => {
    const missing = await check(rest({ type: 'bearer' }), {});
    expect(missing.steps.map(({ key, status }) => [key, status])).toEqual([['values', 'failed']]);
    const oauth2 = CustomDefinition.parse({
      kind: 'oauth2',
      name: 'Acme Login',
      category: 'sso',
      authorizationUrl: `${origin}/authorize`,
      tokenUrl: `${origin}/token`,
    });
    const report = await check(oauth2, { clientId: 'a', clientSecret: 'b' });
    expect(report.steps.at(-1)).toMatchObject({ key: 'token', status: 'skipped' });
  });

  it('refuses what must not be called, and reads no variable of the server', async () => {
    const bearer = rest({ type: 'bearer' });
    const inside = await refusalOf(
      check({ ...bearer, baseUrl: 'https://10.0.0.1/' } as CustomDefinition, {}),
    );
    expect(inside.errors?.[0]?.pointer).toBe('/definition/baseUrl');
    const variable = await refusalOf(check(bearer, { token: 'env:HOME' }));
    expect([variable.code, variable.errors?.[0]?.pointer]).toEqual(['invalid_input', '/values/token']);
    await expectRefusals(test, here, operation, (ctx) => check(bearer, { token: 'right' }, ctx));
  });
});
