import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signInOnce, startFlow } from '../../testing/oauth-flow.ts';
import { pendingIntegration, storeApp } from '../../testing/oauth-integrations.ts';
import { startSandboxOAuth } from '../../testing/sandbox-oauth.ts';
import type { SandboxOAuth } from '../../testing/sandbox-oauth.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { startTestHttp } from '../../testing/test-http.ts';
import type { TestHttp } from '../../testing/test-http.ts';

/* Where tokens and the values of an integration meet: what was granted for one place goes to no other. */

let sandbox: SandboxOAuth;
let test: TestApp;
let http: TestHttp;
let works: TestOrganization;
let headers: { cookie: string };

beforeAll(async () => {
  sandbox = await startSandboxOAuth(() => test.time.now);
  test = await createTestApp({ reroute: sandbox.reroute });
  http = await startTestHttp(test.app);
  works = await test.createOrganization('Works');
  headers = await signInOnce(http, works.people.system_admin);
});
afterAll(async () => {
  await http?.close();
  await test?.close();
  await sandbox?.close();
});
beforeEach(() => {
  sandbox.calls.length = 0;
});

const call = (method: string, path: string, body?: unknown) =>
  http.call(method, `/api/v1${path}`, { headers, ...(body === undefined ? {} : { body }) });
const tokensLeft = async (id: string) =>
  (await test.database.pool.query('SELECT 1 FROM oauth_tokens WHERE integration_id = $1', [id])).rowCount;

/** Okta at one domain, connected. */
async function connectedOkta(): Promise<string> {
  const { clientId, clientSecret } = sandbox.oauth.client('okta');
  const id = await pendingIntegration(test.app, works.id, 'okta', {
    plain: { domain: 'acme.okta.com', clientId },
    secrets: { clientSecret },
  });
  sandbox.oauth.allowRedirect('okta', 'http://trunkline.test/api/integrations/oauth/callback');
  const begun = await call('POST', `/integrations/${id}/connect`, {});
  const back = new URL(await sandbox.visit((begun.json as { authorizationUrl: string }).authorizationUrl));
  await http.call('GET', `${back.pathname}${back.search}`, { headers });
  expect(await tokensLeft(id)).toBe(1);
  sandbox.calls.length = 0;
  return id;
}

describe('a connection at another address', () => {
  const elsewhere = { domain: 'evil.okta.com', clientId: 'x', clientSecret: 'typed' };
  const bearers = () =>
    sandbox.calls.filter(({ url, headers: sent }) => url.includes('evil') && 'authorization' in sent);

  it('is tried without the token of the first', async () => {
    const id = await connectedOkta();
    const tried = await call('POST', '/integrations/test-connection', {
      provider: 'okta',
      integrationId: id,
      values: elsewhere,
    });
    expect(tried.json).toMatchObject({ ok: false, problem: { fault: 'reauth' } });
    expect(bearers()).toEqual([]);
    // At the same address it is used.
    const { clientId } = sandbox.oauth.client('okta');
    await call('POST', '/integrations/test-connection', {
      provider: 'okta',
      integrationId: id,
      values: { domain: 'acme.okta.com', clientId },
    });
    expect(sandbox.calls.some(({ headers: sent }) => sent['authorization']?.startsWith('Bearer '))).toBe(
      true,
    );
  });

  it('takes over without it, and has to be connected anew', async () => {
    const id = await connectedOkta();
    const replaced = await call('PUT', `/integrations/${id}/credentials`, {
      values: elsewhere,
      check: 'skip',
    });
    expect(replaced.json).toMatchObject({ activated: true });
    expect(await tokensLeft(id)).toBe(0);
    expect((await call('GET', `/integrations/${id}/oauth`)).json).toMatchObject({
      connected: false,
      account: null,
    });
    expect(bearers()).toEqual([]);
  });

  it('is not what new secrets of the same place make', async () => {
    const id = await connectedOkta();
    const { clientId, clientSecret } = sandbox.oauth.client('okta');
    const values = { domain: 'acme.okta.com', clientId, clientSecret };
    await call('PUT', `/integrations/${id}/credentials`, { values, check: 'skip' });
    expect(await tokensLeft(id)).toBe(1);
    expect((await call('GET', `/integrations/${id}/oauth`)).json).toMatchObject({ connected: true });
  });
});

describe('a client without a person', () => {
  it('is connected when it gets a token, and not when it gets none', async () => {
    const input = { provider: 'indeed', authType: 'client_credentials', values: {} };
    const without = await call('POST', '/integrations', input);
    expect(without.json).toMatchObject({ code: 'connection_failed' });
    expect(without.text).toContain('of your Indeed app first');
    expect(sandbox.calls).toEqual([]);
    const { clientId, clientSecret } = sandbox.oauth.client('indeed');
    await storeApp(test.app, works.id, 'indeed', { clientId, clientSecret });
    const created = await call('POST', '/integrations', input);
    expect(created.status).toBe(201);
    const { id, status } = created.json as { id: string; status: string };
    expect(status).toBe('active');
    const checked = await call('POST', `/integrations/${id}/test`, {});
    expect(checked.json).toMatchObject({ ok: true });
    expect((await call('GET', `/integrations/${id}/oauth`)).json).toMatchObject({
      grant: 'client_credentials',
      connected: true,
      autoRefresh: true,
      app: 'organization',
    });
  });
});

it('deleting an integration revokes what was granted', async () => {
  const flow = await startFlow(test, http, sandbox, works, 'zoom');
  await flow.connect();
  const before = sandbox.oauth.counters('zoom').revocations;
  const deleted = await call('DELETE', `/integrations/${flow.integrationId}`);
  expect(deleted.json).toEqual({ revoked: true, detail: 'Zoom confirmed that the access has ended.' });
  expect(sandbox.oauth.counters('zoom').revocations).toBeGreaterThan(before);
  expect(await tokensLeft(flow.integrationId)).toBe(0);
});
