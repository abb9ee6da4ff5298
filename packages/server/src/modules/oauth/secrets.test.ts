import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { disconnectOAuth } from './disconnect-oauth.ts';
import { openTokens } from '../../connections/seal-tokens.ts';
import { readTokenRow } from '../../connections/token-row.ts';
import { freshToken } from '../../connections/tokens.ts';
import { startFlow } from '../../testing/oauth-flow.ts';
import { startSandboxOAuth } from '../../testing/sandbox-oauth.ts';
import type { SandboxOAuth } from '../../testing/sandbox-oauth.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { startTestHttp } from '../../testing/test-http.ts';
import type { Answer, TestHttp } from '../../testing/test-http.ts';

let sandbox: SandboxOAuth;
let test: TestApp;
let http: TestHttp;
const logged: string[] = [];

beforeAll(async () => {
  sandbox = await startSandboxOAuth(() => test.time.now);
  // Without the nets of the real log: nothing may reach it in the first place.
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  test = await createTestApp({ reroute: sandbox.reroute, log });
  http = await startTestHttp(test.app);
});
afterAll(async () => {
  await http?.close();
  await test?.close();
  await sandbox?.close();
});

it('no code, state, verifier, token or client secret shows anywhere, whatever goes well or wrong', async () => {
  const works = await test.createOrganization('Works');
  const secrets = new Set<string>();
  const seen: string[] = [];
  const note = (answer: Answer): Answer => {
    seen.push(answer.text, JSON.stringify([...answer.headers]));
    return answer;
  };
  const keepTokens = async (integrationId: string): Promise<void> => {
    const place = { organizationId: works.id, integrationId };
    const row = await readTokenRow(test.app.pool, place);
    const { accessToken, refreshToken } = openTokens(test.app, place, row!);
    for (const token of [accessToken, refreshToken]) if (token !== null) secrets.add(token);
  };
  for (const provider of ['zoom', 'gmail', 'slack']) {
    const flow = await startFlow(test, http, sandbox, works, provider);
    secrets.add(sandbox.oauth.client(provider).clientSecret);
    const come = async (authorizationUrl: string, change?: (url: URL) => void) => {
      const back = await sandbox.visit(authorizationUrl);
      for (const name of ['code', 'state']) secrets.add(new URL(back).searchParams.get(name) ?? '');
      note(await flow.comeBack(back, change));
    };
    // Refused, tampered with, failing, and at last connected.
    sandbox.oauth.setDecision(provider, 'deny');
    await come((await flow.initiate()).authorizationUrl);
    sandbox.oauth.setDecision(provider, 'approve');
    await come((await flow.initiate()).authorizationUrl, (url) => url.searchParams.set('code', 'tampered'));
    sandbox.oauth.nextTokenFails(provider, 'invalid_client');
    await come((await flow.initiate()).authorizationUrl);
    const { authorizationUrl, attemptId } = await flow.initiate();
    await come(authorizationUrl);
    expect(await flow.attempt(attemptId)).toMatchObject({ state: 'succeeded' });
    await keepTokens(flow.integrationId);
    test.time.advance(61 * 60_000);
    const fresh = await freshToken(test.app, works.id, flow.integrationId);
    await keepTokens(flow.integrationId);
    // Renewals that go wrong: lost, refused, revoked.
    sandbox.oauth.loseNextAnswer(provider);
    const errors = [
      await freshToken(test.app, works.id, flow.integrationId, { refused: fresh.accessToken }).catch(String),
    ];
    sandbox.oauth.revokeAll(provider);
    errors.push(await freshToken(test.app, works.id, flow.integrationId, { refused: 'x' }).catch(String));
    seen.push(...errors.filter((error) => typeof error === 'string'));
    const read = (path: string) => http.call('GET', path, { headers: flow.headers });
    note(await read(`/api/v1/integrations/${flow.integrationId}/oauth`));
    note(await read(`/api/v1/oauth-attempts/${attemptId}`));
    note(await read(`/api/v1/oauth-apps/${provider}`));
    const link = await http.call('POST', `/api/v1/integrations/${flow.integrationId}/connect`, {
      headers: { authorization: `Bearer ${works.apiKey}` },
      body: {},
    });
    const start = new URL((link.json as { authorizationUrl: string }).authorizationUrl).pathname;
    secrets.add(start.split('/').at(-1)!);
    await http.call('HEAD', start);
    await http.call('GET', start);
    const ctx = test.as('system_admin', works);
    seen.push(JSON.stringify(await disconnectOAuth(ctx, { integrationId: flow.integrationId })));
  }
  note(
    await http.call('GET', '/api/v1/oauth-apps', { headers: { authorization: `Bearer ${works.apiKey}` } }),
  );
  for (const { body } of sandbox.calls) {
    const form = new URLSearchParams(body);
    for (const name of ['code_verifier', 'refresh_token', 'code', 'client_secret', 'token']) {
      const value = form.get(name);
      if (value !== null && value !== 'tampered') secrets.add(value);
    }
  }
  const { rows: tables } = await test.database.pool.query<{ text: string }>(
    `SELECT (SELECT coalesce(json_agg(a)::text, '') FROM audit_log a) || (SELECT coalesce(json_agg(o)::text, '') FROM oauth_attempts o)
       || (SELECT coalesce(json_agg(t)::text, '') FROM oauth_tokens t) || (SELECT coalesce(json_agg(p)::text, '') FROM oauth_apps p)
       || (SELECT coalesce(json_agg(h)::text, '') FROM integration_health h) || (SELECT coalesce(json_agg(e)::text, '') FROM events e) AS text`,
  );
  secrets.delete('');
  expect(secrets.size).toBeGreaterThan(30);
  expect(logged.length).toBeGreaterThan(20);
  const places = { logs: logged.join(''), answers: seen.join('\n'), database: tables[0]!.text };
  for (const [place, text] of Object.entries(places)) {
    expect(text.length).toBeGreaterThan(1_000);
    const found = [...secrets].filter((secret) => text.includes(secret));
    expect([place, found]).toEqual([place, []]);
  }
});
