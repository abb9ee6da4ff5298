import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OAuthFlow } from '../../testing/oauth-flow.ts';
import { startOAuthWorld } from '../../testing/oauth-world.ts';
import type { OAuthWorld } from '../../testing/oauth-world.ts';

/* People and programs who connect by consent, over real HTTP, against the sandbox's strict authorization servers. */

let world: OAuthWorld;
let sandbox: OAuthWorld['sandbox'];
let test: OAuthWorld['test'];
let http: OAuthWorld['http'];
let works: OAuthWorld['works'];

beforeAll(async () => {
  world = await startOAuthWorld();
  ({ sandbox, test, http, works } = world);
});
afterAll(() => world?.close());
beforeEach(() => {
  for (const slug of ['slack', 'google-calendar', 'zoom', 'salesforce']) {
    sandbox.oauth.setDecision(slug, 'approve');
    sandbox.oauth.setIssuer(slug, undefined);
  }
});

const flowOf = (provider: string): Promise<OAuthFlow> => world.flowOf(provider);
const rows = async <Row extends object>(sql: string, values: unknown[]): Promise<Row[]> =>
  (await test.database.pool.query<Row>(sql, values)).rows;
const tokensOf = (flow: OAuthFlow) =>
  rows('SELECT access_box, version FROM oauth_tokens WHERE integration_id = $1', [flow.integrationId]);

/** Whom they are connected as, where the authorization server itself says it. */
const accounts: Record<string, unknown> = {
  slack: 'Company',
  gmail: 'john@company.com',
  'google-calendar': 'john@company.com',
  'google-meet': 'john@company.com',
  'google-analytics': 'john@company.com',
  salesforce: 'john@company.com',
  docusign: 'john@company.com',
  mailchimp: 'john@company.com',
  shopify: 'acme.myshopify.com',
  linkedin: 'John Carter',
  bamboohr: 'acme.bamboohr.com',
  'stripe-connect': expect.stringMatching(/^acct_/),
};

describe('a person who connects', () => {
  it.each([
    ...Object.keys(accounts),
    'zoom',
    'hubspot',
    'calendly',
    'discord',
    'github',
    'microsoft-365',
    'microsoft-teams',
    'ringcentral',
    'zendesk',
    'gusto',
  ])('%s: leaves, agrees, comes back, and is connected', async (provider) => {
    const flow = await flowOf(provider);
    const { authorizationUrl, attemptId } = await flow.initiate();
    expect(await flow.attempt(attemptId)).toMatchObject({ state: 'waiting', provider, missingScopes: [] });
    const answer = await flow.comeBack(await sandbox.visit(authorizationUrl));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/connect/${attemptId}`]);
    const attempt = await flow.attempt(attemptId);
    expect(attempt).toMatchObject({ state: 'succeeded', detail: null, missingScopes: [] });
    expect([provider, attempt['account']]).toEqual([provider, accounts[provider] ?? null]);
    const status = await flow.status();
    expect(status).toMatchObject({
      connected: true,
      needsReauthentication: false,
      account: attempt['account'],
      app: 'organization',
    });
  });

  it('stores the tokens sealed, and tells of it once', async () => {
    const flow = await flowOf('google-calendar');
    await test.announced();
    await flow.connect();
    const [token] = await rows<Record<string, unknown>>(
      'SELECT access_box, refresh_box, scopes, expires_at, extra, version FROM oauth_tokens WHERE integration_id = $1',
      [flow.integrationId],
    );
    expect(token).toMatchObject({ version: 1, extra: {} });
    expect(token!['scopes']).toEqual(
      expect.arrayContaining(['openid', 'email', 'https://www.googleapis.com/auth/calendar.events']),
    );
    expect((token!['expires_at'] as Date).getTime()).toBe(test.time.now + 3_600_000);
    const [row] = await rows(
      `SELECT connected_by_name, account, check_due_at, problem FROM integrations i
       JOIN integration_health h ON h.integration_id = i.id WHERE i.id = $1`,
      [flow.integrationId],
    );
    expect(row).toEqual({
      connected_by_name: works.people.system_admin.name,
      account: 'john@company.com',
      check_due_at: new Date(test.time.now),
      problem: null,
    });
    const audit = await rows<{ action: string }>(
      'SELECT action FROM audit_log WHERE organization_id = $1 AND target_id = $2 ORDER BY sequence',
      [works.id, flow.integrationId],
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'integration.connect_started',
      'integration.connected',
    ]);
    expect(await test.announced()).toContainEqual(
      expect.objectContaining({ topic: 'integrations', ids: [flow.integrationId] }),
    );
    const told = await rows<{ data: unknown }>(
      `SELECT data FROM own_events WHERE type = 'integration.connected' AND data ->> 'integrationId' = $1`,
      [flow.integrationId],
    );
    expect(told).toMatchObject([{ data: { provider: 'google-calendar', account: 'john@company.com' } }]);
  });

  it('says no, and is told what to do', async () => {
    const flow = await flowOf('slack');
    sandbox.oauth.setDecision('slack', 'deny');
    const { authorizationUrl, attemptId } = await flow.initiate();
    await flow.comeBack(await sandbox.visit(authorizationUrl));
    expect(await flow.attempt(attemptId)).toMatchObject({
      state: 'denied',
      detail: 'Access was not granted at Slack. Connect again and agree, or let somebody do it who may.',
    });
    expect(await tokensOf(flow)).toEqual([]);
    expect(await flow.status()).toMatchObject({ connected: false });
  });

  it.each([
    ['one of the permissions', (scopes: string[]) => scopes.slice(0, 1), 'succeeded'],
    ['none of those that are needed', () => [], 'failed'],
  ])('agrees to %s', async (_name, pick, state) => {
    const flow = await flowOf('google-calendar');
    sandbox.oauth.setDecision('google-calendar', 'ask');
    const { authorizationUrl, attemptId } = await flow.initiate();
    const page = await (await fetch(authorizationUrl)).text();
    const offered = [...page.matchAll(/name="scope" value="([^"]+)"/g)].map((match) => match[1]!);
    const answer = await fetch(authorizationUrl.split('?')[0]!, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams([
        ['transaction', /name="transaction" value="([^"]+)"/.exec(page)![1]!],
        ['account', /name="account" value="([^"]+)"/.exec(page)![1]!],
        ['decision', 'allow'],
        ...pick(offered).map((scope): [string, string] => ['scope', scope]),
      ]),
    });
    await flow.comeBack(answer.headers.get('location')!);
    const attempt = await flow.attempt(attemptId);
    expect(attempt).toMatchObject({ state });
    expect((attempt['missingScopes'] as { means: string }[]).map(({ means }) => means)).toContain(
      'Create, change and delete calendar events',
    );
  });

  it('takes longer than ten minutes, and nothing is exchanged', async () => {
    const flow = await flowOf('zoom');
    const { authorizationUrl, attemptId } = await flow.initiate();
    const back = await sandbox.visit(authorizationUrl);
    const before = sandbox.oauth.counters('zoom').codeExchanges;
    test.time.advance(10 * 60_000);
    expect((await flow.comeBack(back)).headers.get('location')).toBe(`/connect/${attemptId}`);
    expect(await flow.attempt(attemptId)).toMatchObject({ state: 'expired' });
    expect(sandbox.oauth.counters('zoom').codeExchanges).toBe(before);
  });

  it('reloads the page of the way back, and sees the same; nothing happens twice', async () => {
    const flow = await flowOf('zoom');
    const { authorizationUrl, attemptId } = await flow.initiate();
    const back = await sandbox.visit(authorizationUrl);
    const answers = await Promise.all([flow.comeBack(back), flow.comeBack(back), flow.comeBack(back)]);
    for (const answer of answers) expect(answer.headers.get('location')).toBe(`/connect/${attemptId}`);
    expect(await tokensOf(flow)).toEqual([expect.objectContaining({ version: 1 })]);
    expect(sandbox.oauth.counters('zoom').reuseDetected).toBe(0);
  });

  it('asks for more later, and keeps what was granted', async () => {
    const flow = await flowOf('zoom');
    await flow.connect();
    const more = 'meeting:delete:meeting';
    const { authorizationUrl, attemptId } = await flow.initiate({ scopes: [more] });
    const asked = new URL(authorizationUrl).searchParams.get('scope')!.split(',');
    expect(asked.toSorted()).toEqual(['meeting:delete:meeting', 'meeting:write:meeting', 'user:read:user']);
    await flow.comeBack(await sandbox.visit(authorizationUrl));
    expect(await flow.attempt(attemptId)).toMatchObject({ state: 'succeeded' });
    const { scopes } = (await flow.status()) as {
      scopes: { scope: string; granted: boolean; means: string }[];
    };
    expect(
      scopes
        .filter(({ granted }) => granted)
        .map(({ scope }) => scope)
        .toSorted(),
    ).toEqual(asked.toSorted());
    expect(scopes.every(({ means }) => means.length > 5)).toBe(true);
    const refused = await http.call('POST', `/api/v1/integrations/${flow.integrationId}/connect`, {
      headers: flow.headers,
      body: { scopes: ['everything'] },
    });
    expect(refused.json).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/scopes/0' }] });
  });
});

describe('PKCE', () => {
  it.each([
    ['zoom', true],
    ['slack', false],
  ])('%s: S256 unless the provider refuses it', async (provider, sent) => {
    const { searchParams } = new URL((await (await flowOf(provider)).initiate()).authorizationUrl);
    expect(searchParams.get('code_challenge_method')).toBe(sent ? 'S256' : null);
    expect(searchParams.has('code_challenge')).toBe(sent);
    expect(searchParams.get('state')).toMatch(/^[\w-]{43}$/);
  });

  it('a downgrade on the way is noticed by the provider, and nothing is connected', async () => {
    const flow = await flowOf('hubspot');
    const { authorizationUrl, attemptId } = await flow.initiate();
    const url = new URL(authorizationUrl);
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    await flow.comeBack(await sandbox.visit(url.href));
    expect(await flow.attempt(attemptId)).toMatchObject({ state: 'failed' });
    expect(await tokensOf(flow)).toEqual([]);
  });
});

describe('the nonce of OpenID Connect', () => {
  const nonceOf = async (flow: OAuthFlow) =>
    new URL((await flow.initiate()).authorizationUrl).searchParams.get('nonce');

  it('is sent where an id_token is asked for, another with each attempt', async () => {
    const flow = await flowOf('google-calendar');
    const nonces = [await nonceOf(flow), await nonceOf(flow)];
    expect(nonces).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.stringMatching(/^[\w-]{43}$/)]);
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(await nonceOf(await flowOf('zoom'))).toBeNull();
  });

  it.each([
    ['is missing', (url: URL) => url.searchParams.delete('nonce')],
    ['belongs to another attempt', (url: URL) => url.searchParams.set('nonce', 'n'.repeat(43))],
  ])('of an id_token that %s connects nothing', async (_, change) => {
    const flow = await flowOf('google-calendar');
    const { authorizationUrl, attemptId } = await flow.initiate();
    const url = new URL(authorizationUrl);
    change(url);
    await flow.comeBack(await sandbox.visit(url.href));
    expect(await flow.attempt(attemptId)).toMatchObject({ state: 'failed' });
    expect(await tokensOf(flow)).toEqual([]);
  });
});

describe('an answer that is not ours', () => {
  it('with a code of somebody else is refused by the provider', async () => {
    const [mine, other] = [await flowOf('zoom'), await flowOf('zoom')];
    const begun = await mine.initiate();
    const stolen = new URL(await sandbox.visit((await other.initiate()).authorizationUrl));
    const back = await sandbox.visit(begun.authorizationUrl);
    await mine.comeBack(back, (url) => url.searchParams.set('code', stolen.searchParams.get('code')!));
    const attempt = await mine.attempt(begun.attemptId);
    expect(attempt).toMatchObject({ state: 'failed' });
    expect(attempt['detail']).toMatch(/Connect again\.$/);
    expect(await tokensOf(mine)).toEqual([]);
  });

  it.each([
    ['another session of the same person', async () => http.signIn(works.people.system_admin)],
    ['another person', async () => http.signIn(works.people.utility_admin)],
    ['nobody signed in', async () => ({})],
    [
      'somebody of another organization',
      async () => http.signIn((await test.createOrganization()).people.system_admin),
    ],
  ])('%s: the state is burnt and nothing is connected', async (_name, headersOf) => {
    const flow = await flowOf('zoom');
    const { authorizationUrl, attemptId } = await flow.initiate();
    const back = await sandbox.visit(authorizationUrl);
    const before = sandbox.oauth.counters('zoom').codeExchanges;
    const headers = (await headersOf()) as Record<string, string>;
    const answer = await flow.comeBack(back, undefined, headers);
    expect(answer.headers.get('location') ?? answer.status).toBe(
      'cookie' in headers ? '/connect/unknown' : 400,
    );
    expect(answer.text).not.toContain(attemptId);
    // The right browser comes too late.
    await flow.comeBack(back);
    const attempt = await flow.attempt(attemptId);
    expect(attempt).toMatchObject({ state: 'failed' });
    expect(attempt['detail']).toMatch(/another browser or session/);
    expect(sandbox.oauth.counters('zoom').codeExchanges).toBe(before);
    expect(await tokensOf(flow)).toEqual([]);
  });

  it('is refused after the person lost the right to connect', async () => {
    const flow = await flowOf('zoom');
    const { authorizationUrl } = await flow.initiate();
    const back = await sandbox.visit(authorizationUrl);
    const person = [works.id, works.people.system_admin.id];
    const role = (name: string) =>
      test.database.pool.query('UPDATE members SET role = $3 WHERE organization_id = $1 AND user_id = $2', [
        ...person,
        name,
      ]);
    await role('viewer');
    expect((await flow.comeBack(back)).headers.get('location')).toBe('/connect/unknown');
    await role('system_admin');
    expect(await tokensOf(flow)).toEqual([]);
  });

  it('without a state, with a wrong one or two is shown the door', async () => {
    const flow = await flowOf('zoom');
    const back = await sandbox.visit((await flow.initiate()).authorizationUrl);
    for (const change of [
      (url: URL) => url.searchParams.delete('state'),
      (url: URL) => url.searchParams.set('state', 'guessed'),
      (url: URL) => url.searchParams.append('state', 'second'),
    ]) {
      expect((await flow.comeBack(back, change)).headers.get('location')).toBe('/connect/unknown');
    }
    expect(await tokensOf(flow)).toEqual([]);
  });

  it('from another issuer is not used', async () => {
    const flow = await flowOf('gmail');
    sandbox.oauth.setIssuer('gmail', 'https://evil.example');
    const { authorizationUrl, attemptId } = await flow.initiate();
    const before = sandbox.oauth.counters('gmail').codeExchanges;
    await flow.comeBack(await sandbox.visit(authorizationUrl));
    const attempt = await flow.attempt(attemptId);
    expect(attempt).toMatchObject({ state: 'failed' });
    expect(attempt['detail']).toMatch(/does not come from Gmail/);
    expect(sandbox.oauth.counters('gmail').codeExchanges).toBe(before);
    sandbox.oauth.setIssuer('gmail', undefined);
  });

  it('with a signature of Shopify that does not fit is not used', async () => {
    const flow = await flowOf('shopify');
    const { authorizationUrl, attemptId } = await flow.initiate();
    const back = await sandbox.visit(authorizationUrl);
    await flow.comeBack(back, (url) => url.searchParams.set('shop', 'evil.myshopify.com'));
    expect(await flow.attempt(attemptId)).toMatchObject({ state: 'failed' });
    expect(await tokensOf(flow)).toEqual([]);
  });

  it('at another address than the one that was sent is not used', async () => {
    const flow = await flowOf('zoom');
    const own = `/api/company/integrations/${flow.integrationId}/callback`;
    const { authorizationUrl, attemptId } = await flow.initiate();
    await flow.comeBack(await sandbox.visit(authorizationUrl), (url) => (url.pathname = own));
    const attempt = await flow.attempt(attemptId);
    expect(attempt).toMatchObject({ state: 'failed' });
    expect(attempt['detail']).toMatch(/another address/);

    sandbox.oauth.allowRedirect('zoom', `${test.app.config.publicUrl}${own}`);
    const second = await flow.initiate({ callback: 'integration' });
    const back = await sandbox.visit(second.authorizationUrl);
    expect(new URL(back).pathname).toBe(own);
    await flow.comeBack(back);
    expect(await flow.attempt(second.attemptId)).toMatchObject({ state: 'succeeded' });
  });
});

describe('a program that connects for somebody', () => {
  const key = () => ({ authorization: `Bearer ${works.apiKey}` });
  async function link(flow: OAuthFlow) {
    const path = `/api/company/integrations/${flow.integrationId}/connect`;
    const { status, json } = await http.call('POST', path, { headers: key(), body: {} });
    expect(status).toBe(200);
    const { authorizationUrl, attemptId } = json as { authorizationUrl: string; attemptId: string };
    expect(authorizationUrl).toMatch(
      /^http:\/\/trunkline\.test\/api\/integrations\/oauth\/start\/[\w-]{43}$/,
    );
    return { start: new URL(authorizationUrl).pathname, attemptId };
  }

  it('gets a link that binds the first browser, and a page that says how it went', async () => {
    const flow = await flowOf('zoom');
    const { start, attemptId } = await link(flow);
    expect((await http.call('HEAD', start)).status).toBe(204);
    const opened = await http.call('GET', start);
    expect(opened.status).toBe(303);
    const [setCookie = ''] = opened.headers.getSetCookie();
    expect(setCookie).toMatch(/; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await http.call('GET', start)).text).toContain('This link does not work any more');
    const back = await sandbox.visit(opened.headers.get('location')!);
    const cookie = setCookie.split(';')[0]!;
    const answer = await flow.comeBack(back, undefined, { cookie });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('Zoom is connected')]);
    expect(await flow.attempt(attemptId)).toMatchObject({ state: 'succeeded' });
    const [audit] = await rows('SELECT actor_type FROM audit_log WHERE action = $1 AND target_id = $2', [
      'integration.connected',
      flow.integrationId,
    ]);
    expect(audit).toEqual({ actor_type: 'api_key' });
  });

  it('is refused in any other browser, even one of a person who may', async () => {
    const flow = await flowOf('zoom');
    const { start, attemptId } = await link(flow);
    const opened = await http.call('GET', start);
    const back = await sandbox.visit(opened.headers.get('location')!);
    expect((await flow.comeBack(back, undefined, {})).status).toBe(400);
    expect((await flow.comeBack(back)).headers.get('location')).toBe('/connect/unknown');
    expect(await flow.attempt(attemptId)).toMatchObject({ state: 'failed' });
    expect(await tokensOf(flow)).toEqual([]);
  });

  it('has ten minutes for the link', async () => {
    const flow = await flowOf('zoom');
    const { start } = await link(flow);
    test.time.advance(10 * 60_000);
    expect((await http.call('GET', start)).status).toBe(404);
  });
});

describe('somebody in a portal who connects', () => {
  const origin = 'https://app.example.com';
  const key = () => ({ authorization: `Bearer ${works.apiKey}` });

  async function enter() {
    await http.call('PUT', '/api/v1/portal/settings', { headers: key(), body: { origins: [origin] } });
    const made = await http.call('POST', '/api/v1/portal/tokens', {
      headers: key(),
      body: { parts: ['integrations'], role: 'utility_admin', subject: 'jane' },
    });
    const { id, token } = made.json as { id: string; token: string };
    const exchanged = await http.call('POST', '/api/trpc/portal.exchangePortalToken', {
      body: { token, organizationId: works.id, origin },
    });
    const { session } = (exchanged.json as { result: { data: { session: string } } }).result.data;
    return { id, headers: { authorization: `Bearer ${session}` } };
  }

  async function agree(flow: OAuthFlow, headers: Record<string, string>) {
    const { json } = await http.call('POST', '/api/trpc/integrations.initiateOAuth', {
      headers,
      body: { integrationId: flow.integrationId },
    });
    const { authorizationUrl, attemptId } = (
      json as { result: { data: { authorizationUrl: string; attemptId: string } } }
    ).result.data;
    const opened = await http.call('GET', new URL(authorizationUrl).pathname);
    const back = await sandbox.visit(opened.headers.get('location')!);
    const cookie = opened.headers.getSetCookie()[0]!.split(';')[0]!;
    return { attemptId, comeBack: () => flow.comeBack(back, undefined, { cookie }) };
  }

  it('agrees in a window of the same browser, and it is done in the name of their token', async () => {
    const flow = await flowOf('zoom');
    const session = await enter();
    const { comeBack, attemptId } = await agree(flow, session.headers);
    expect((await comeBack()).text).toContain('Zoom is connected');
    expect(await flow.attempt(attemptId)).toMatchObject({ state: 'succeeded' });
    const [audit] = await rows(
      'SELECT actor_type, actor_id, actor_name FROM audit_log WHERE action = $1 AND target_id = $2',
      ['integration.connected', flow.integrationId],
    );
    expect(audit).toEqual({ actor_type: 'portal', actor_id: session.id, actor_name: 'jane via portal' });
  });

  it('connects nothing once the token was revoked', async () => {
    const flow = await flowOf('zoom');
    const session = await enter();
    const { comeBack, attemptId } = await agree(flow, session.headers);
    await http.call('POST', `/api/v1/portal/tokens/${session.id}/revoke`, { headers: key() });
    expect((await comeBack()).text).toContain('was taken away');
    expect(await flow.attempt(attemptId)).toMatchObject({ state: 'failed' });
    expect(await tokensOf(flow)).toEqual([]);
  });
});
