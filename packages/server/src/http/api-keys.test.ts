import { apiKeyScopes, scopeOf } from '@trunkline/contract/api-key-scopes';
import type { ApiKeyScope } from '@trunkline/contract/api-key-scopes';
import type { Problem } from '@trunkline/contract/errors';
import { allows } from '@trunkline/contract/permissions';
import type { Permission } from '@trunkline/contract/permissions';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allOperations } from '../bindings.ts';
import { createApiKey } from '../modules/api-keys/create-api-key.ts';
import { endGrace } from '../modules/api-keys/end-grace.ts';
import { getApiKey } from '../modules/api-keys/get-api-key.ts';
import { listApiKeys } from '../modules/api-keys/list-api-keys.ts';
import { regenerateApiKey } from '../modules/api-keys/regenerate-api-key.ts';
import { revokeApiKey } from '../modules/api-keys/revoke-api-key.ts';
import { switchScopedKeys } from '../modules/api-keys/switch-scoped-keys.ts';
import { updateApiKey } from '../modules/api-keys/update-api-key.ts';
import { eventually } from '../testing/eventually.ts';
import { refusalOf } from '../testing/refusal.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { Answer, TestHttp } from '../testing/test-http.ts';

let test: TestApp;
/** Behind a proxy, so that requests can come from anywhere. */
let http: TestHttp;
let organization: TestOrganization;

beforeAll(async () => {
  const plain = await createTestApp();
  const config = { ...plain.app.config, trustProxy: true };
  await plain.close();
  test = await createTestApp({ config });
  // Its own database has another address than the one that `config` was read for; only proxies matter here.
  http = await startTestHttp(test.app);
});
afterAll(async () => {
  await http.close();
  await test.close();
});
beforeEach(async () => {
  organization = await test.createOrganization();
  await switchScopedKeys(administrator(), { enabled: true });
});

const administrator = () => test.as('system_admin', organization);
const bearer = (key: string, from?: string) => ({
  authorization: `Bearer ${key}`,
  ...(from === undefined ? {} : { 'x-forwarded-for': from }),
});

async function scopedKey(scopes: ApiKeyScope[], more: { networks?: string[]; expiresAt?: string } = {}) {
  return createApiKey(administrator(), { name: 'Program', networks: [], expiresAt: null, ...more, scopes });
}

/** The general front and the short way of events. */
const ways: [string, (key: string, from?: string) => Promise<Answer>][] = [
  ['general', (key, from) => http.call('GET', '/api/v1/events', { headers: bearer(key, from) })],
  [
    'short',
    (key, from) =>
      http.call('POST', '/api/v1/events', {
        headers: bearer(key, from),
        body: { type: 'job.created', data: {} },
      }),
  ],
];

const codeOf = ({ json }: Answer) => (json as Problem).code;

describe('scopes', () => {
  it('every permission of API keys belongs to one scope or to the own key alone', () => {
    for (const scope of apiKeyScopes) {
      expect(
        Object.entries(scopeOf).some(
          ([permission, one]) => one === scope && allows('api_key', permission as Permission),
        ),
      ).toBe(true);
    }
  });

  it('each address is open to the keys of its scope and to no other', async () => {
    const keys = new Map<ApiKeyScope, string>();
    for (const scope of apiKeyScopes) keys.set(scope, (await scopedKey([scope])).key);
    const missing = '00000000-0000-7000-8000-000000000000';
    let combinations = 0;
    for (const operation of allOperations) {
      const { permission } = operation;
      if (permission === 'public' || permission === 'session' || operation.people) continue;
      if (!allows('api_key', permission)) continue;
      for (const route of operation.rest) {
        const path = route.path.replaceAll(/\{\w+\}/g, missing);
        for (const [scope, key] of keys) {
          const { status, json } = await http.call(route.method, path, {
            headers: bearer(key),
            ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { body: {} }),
          });
          const refused = status === 403 && (json as Problem).code === 'insufficient_scope';
          expect([route.method, route.path, scope, refused]).toEqual([
            route.method,
            route.path,
            scope,
            scopeOf[permission] !== scope,
          ]);
          combinations += 1;
        }
      }
    }
    expect(combinations).toBeGreaterThan(400);
  }, 60_000);

  it('holds on the short way of events, before the input is looked at', async () => {
    const reader = await scopedKey(['read']);
    const sender = await scopedKey(['events']);
    const send = (key: string, body: unknown) =>
      http.call('POST', '/api/v1/events', { headers: bearer(key), body });
    expect(codeOf(await send(reader.key, { type: 7 }))).toBe('insufficient_scope');
    expect((await send(sender.key, { type: 'job.created', data: {} })).status).toBe(202);
    expect(codeOf(await send(sender.key, { type: 7 }))).toBe('invalid_input');
  });

  it('the own key is for everything that an API key may', async () => {
    const answer = await http.call('GET', '/api/v1/audit', { headers: bearer(organization.apiKey) });
    expect(answer.status).toBe(200);
  });
});

describe.each(ways)('a key on the %s way', (_, call) => {
  it('works only from its networks, whatever the spelling of an address', async () => {
    const both: ApiKeyScope[] = ['read', 'events'];
    const { key } = await scopedKey(both, { networks: ['203.0.113.0/24', '2001:db8::/32', '192.0.2.7'] });
    const inside = ['203.0.113.9', '::ffff:203.0.113.9', '2001:db8:1::1', '2001:DB8:0:0::1', '192.0.2.7'];
    const outside = ['203.0.114.1', '::ffff:203.0.114.1', '2001:db9::1', '192.0.2.8', '::1'];
    for (const from of inside) expect([from, (await call(key, from)).status < 300]).toEqual([from, true]);
    for (const from of outside) {
      const answer = await call(key, from);
      expect([from, answer.status, codeOf(answer)]).toEqual([from, 403, 'address_not_allowed']);
    }
    // What the client wrote itself stands before what the proxy wrote.
    expect((await call(key, '203.0.113.9, 198.51.100.1')).status).toBe(403);
    expect((await call(key, '198.51.100.1, 203.0.113.9')).status).toBeLessThan(300);
    // Without a proxy before it the address is that of the connection.
    expect((await call(key)).status).toBe(403);
  });

  it('ends when it expires, is revoked, or scoped keys are switched off', async () => {
    const expiresAt = new Date(test.time.now + 60_000).toISOString();
    const both: ApiKeyScope[] = ['read', 'events'];
    const expiring = await scopedKey(both, { expiresAt });
    const other = await scopedKey(both);
    expect((await call(expiring.key)).status).toBeLessThan(300);
    test.time.advance(60_000);
    const expired = await call(expiring.key);
    expect([expired.status, codeOf(expired)]).toEqual([401, 'api_key_expired']);

    await switchScopedKeys(administrator(), { enabled: false });
    await eventually(async () => expect(codeOf(await call(other.key))).toBe('scoped_keys_off'));
    expect((await call(organization.apiKey)).status).toBeLessThan(300);
    await switchScopedKeys(administrator(), { enabled: true });
    await eventually(async () => expect((await call(other.key)).status).toBeLessThan(300));

    await revokeApiKey(administrator(), { id: other.id });
    await eventually(async () => {
      const revoked = await call(other.key);
      expect([revoked.status, codeOf(revoked)]).toEqual([401, 'api_key_revoked']);
    });
  });

  it('rotates without a gap, and an older key ends when its grace is ended', async () => {
    const { key } = await regenerateApiKey(administrator(), { graceSeconds: 3_600 });
    expect([(await call(key)).status, (await call(organization.apiKey)).status].every((s) => s < 300)).toBe(
      true,
    );
    await endGrace(administrator(), { id: organization.apiKeyId });
    await eventually(async () => expect(codeOf(await call(organization.apiKey))).toBe('unauthenticated'));
    expect((await call(key)).status).toBeLessThan(300);
  });
});

it('says who still uses an older key', async () => {
  const call = (agent: string) =>
    http.call('GET', '/api/v1/events', {
      headers: { ...bearer(organization.apiKey, '198.51.100.3'), 'user-agent': agent },
    });
  await call('before');
  await http.access.usage.flush();
  test.time.advance(1_000);
  await regenerateApiKey(administrator(), { graceSeconds: 3_600 });
  test.time.advance(1_000);
  await call('late/1.0');
  await call('late/1.0');
  await http.access.usage.flush();
  const { expiring } = await getApiKey(test.as('viewer', organization), {});
  expect(expiring.map(({ callers }) => callers)).toEqual([
    [
      {
        ip: '198.51.100.3',
        userAgent: 'late/1.0',
        requests: 2,
        lastUsedAt: new Date(test.time.now).toISOString(),
      },
    ],
  ]);
  expect(expiring[0]!.moreCallers).toBe(0);
  for (let index = 0; index < 12; index += 1) {
    test.time.advance(1_000);
    await call(`program ${index}`);
    // A node keeps ten callers of a key a second.
    if (index === 5) await http.access.usage.flush();
  }
  await http.access.usage.flush();
  const [older] = (await getApiKey(test.as('viewer', organization), {})).expiring;
  expect(older!.callers.map(({ userAgent }) => userAgent)).toEqual(
    Array.from({ length: 10 }, (_, index) => `program ${11 - index}`),
  );
  expect(older!.moreCallers).toBe(3);
});

describe('managing scoped keys', () => {
  it('shows a key once and stores it as its hash; nothing else holds it', async () => {
    const { key, ...made } = await scopedKey(['read'], { networks: ['10.0.0.1', '10.0.0.1/32'] });
    expect(made).toMatchObject({
      status: 'active',
      networks: ['10.0.0.1/32'],
      scopes: ['read'],
      name: 'Program',
    });
    const { keys, enabled } = await listApiKeys(test.as('viewer', organization), {});
    expect([enabled, keys]).toEqual([true, [made]]);
    const { rows } = await test.database.pool.query(
      'SELECT to_jsonb(s)::text AS row FROM scoped_keys s UNION ALL SELECT to_jsonb(a)::text FROM audit_log a',
    );
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  it('changes and refuses what makes no sense', async () => {
    const { id } = await scopedKey(['read']);
    await updateApiKey(administrator(), {
      id,
      name: 'Other',
      scopes: ['events', 'events'],
      networks: ['::/0'],
    });
    const [changed] = (await listApiKeys(administrator(), {})).keys;
    expect(changed).toMatchObject({ name: 'Other', scopes: ['events'], networks: ['::/0'] });
    const refused = (input: Parameters<typeof updateApiKey>[1]) =>
      refusalOf(updateApiKey(administrator(), input));
    expect((await refused({ id, networks: ['10.0.0.1/8'] })).errors?.[0]?.pointer).toBe('/networks/0');
    expect((await refused({ id, expiresAt: '2020-01-01T00:00:00Z' })).errors?.[0]?.pointer).toBe(
      '/expiresAt',
    );
    await revokeApiKey(administrator(), { id });
    expect((await refused({ id, name: 'Again' })).code).toBe('conflict');
    await switchScopedKeys(administrator(), { enabled: false });
    expect((await refusalOf(scopedKey(['read']))).code).toBe('scoped_keys_off');
  });

  it('limits the own key to networks, and keeps them when it is regenerated', async () => {
    await updateApiKey(administrator(), { id: organization.apiKeyId, networks: ['203.0.113.0/24'] });
    const call = (key: string, from: string) =>
      http.call('GET', '/api/v1/events', { headers: bearer(key, from) });
    expect((await call(organization.apiKey, '198.51.100.1')).status).toBe(403);
    const { key, networks } = await regenerateApiKey(administrator(), { graceSeconds: 0 });
    expect(networks).toEqual(['203.0.113.0/24']);
    expect([(await call(key, '203.0.113.1')).status, (await call(key, '198.51.100.1')).status]).toEqual([
      200, 403,
    ]);
  });
});
