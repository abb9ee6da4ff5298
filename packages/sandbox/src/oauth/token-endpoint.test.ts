import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plainDefinition } from './testing/definitions.ts';
import { basic, startOAuthSite, TestApp } from './testing/oauth-site.ts';
import type { OAuthSite } from './testing/oauth-site.ts';

const post = plainDefinition();
const byBasic = plainDefinition({ slug: 'by-basic', tokenAuthMethod: 'basic', pkce: null });
const signInOnly = plainDefinition({ slug: 'sign-in-only', clientCredentials: null, rotates: false });
const appOnly = plainDefinition({ slug: 'app-only', authorizationUrl: null });
const noRefresh = plainDefinition({ slug: 'no-refresh', refreshable: false, ttlSeconds: null });
const shops = plainDefinition({
  slug: 'shops',
  authorizationUrl: 'https://{shop}.shops.example/authorize',
  tokenUrl: 'https://{shop}.shops.example/token',
});

let site: OAuthSite;
let app: TestApp;
beforeAll(async () => {
  site = await startOAuthSite([post, byBasic, signInOnly, appOnly, noRefresh, shops]);
});
afterAll(() => site.close());
beforeEach(() => {
  app = new TestApp(site, post);
});

/** Status and error of an answer, and what the log calls it. */
async function refusalOf(response: Response, slug = 'plain') {
  const { error } = (await response.json()) as { error: string };
  return [response.status, error, site.oauth.log(slug).at(-1)!.outcome];
}

const codeOf = async (from: TestApp = app) => (await from.approved()).get('code')!;

describe('a code', () => {
  it('becomes tokens that nobody may keep', async () => {
    const response = await app.exchange(await codeOf());
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const answer = (await response.json()) as Record<string, string>;
    expect(answer).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.any(String),
      scope: 'read write',
    });
    expect(site.oauth.tokenOf('plain', answer['access_token']!)).toMatchObject({
      active: true,
      scopes: ['read', 'write'],
      account: { email: 'john@company.com' },
      clientId: app.client.clientId,
    });
  });

  it('works once; the second time it revokes what it gave', async () => {
    const before = site.oauth.counters('plain');
    const code = await codeOf();
    const tokens = (await (await app.exchange(code)).json()) as Record<string, string>;
    expect(await refusalOf(await app.exchange(code))).toEqual([400, 'invalid_grant', 'code_reused']);
    expect(site.oauth.tokenOf('plain', tokens['access_token']!)?.active).toBe(false);
    expect(await refusalOf(await app.refresh(tokens['refresh_token']!))).toEqual([
      400,
      'invalid_grant',
      'refresh_revoked',
    ]);
    expect(site.oauth.counters('plain')).toMatchObject({
      codeExchanges: before.codeExchanges + 1,
      reuseDetected: before.reuseDetected + 1,
    });
  });

  it('lives for a minute', async () => {
    const code = await codeOf();
    site.now += 59_999;
    expect((await app.exchange(code)).status).toBe(200);
    const late = await codeOf();
    site.now += 60_000;
    expect(await refusalOf(await app.exchange(late))).toEqual([400, 'invalid_grant', 'code_expired']);
  });

  it('is of no use to another app', async () => {
    const other = new TestApp(site, post, {}, 'Another app');
    expect(other.client.clientId).not.toBe(app.client.clientId);
    const code = await codeOf();
    const injected = await other.exchange(code, { code_verifier: app.verifier });
    expect(await refusalOf(injected)).toEqual([400, 'invalid_grant', 'code_of_other_client']);
    expect((await app.exchange(code)).status).toBe(200);
  });

  it('is of no use in another session of the same app: PKCE finds an injected one', async () => {
    const attacker = new TestApp(site, post);
    const stolen = await codeOf();
    expect(await refusalOf(await attacker.exchange(stolen))).toEqual([
      400,
      'invalid_grant',
      'verifier_wrong',
    ]);
  });

  it.each([
    ['code_unknown', { code: 'made-up' }, 400, 'invalid_grant'],
    ['malformed', { code: undefined }, 400, 'invalid_request'],
    ['malformed', { grant_type: undefined }, 400, 'invalid_request'],
    ['malformed', { redirect_uri: undefined }, 400, 'invalid_request'],
    ['redirect_mismatch', { redirect_uri: 'http://127.0.0.1:4000/oauth/callback/' }, 400, 'invalid_grant'],
    ['verifier_missing', { code_verifier: undefined }, 400, 'invalid_grant'],
    ['verifier_wrong', { code_verifier: 'x'.repeat(43) }, 400, 'invalid_grant'],
    ['unsupported_grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['unknown_client', { client_id: 'made-up' }, 401, 'invalid_client'],
    ['wrong_secret', { client_secret: 'made-up' }, 401, 'invalid_client'],
    ['no_authentication', { client_secret: undefined }, 401, 'invalid_client'],
  ])('is refused: %s (%j)', async (reason, changes, status, error) => {
    const code = await codeOf();
    expect(await refusalOf(await app.exchange(code, changes))).toEqual([status, error, reason]);
    expect((await app.exchange(code)).status).toBe(200);
  });

  it('that was asked for without PKCE takes no verifier: somebody has taken the challenge out', async () => {
    const downgraded = new TestApp(site, byBasic);
    const back = await downgraded.approved({ code_challenge: undefined, code_challenge_method: undefined });
    const code = back.get('code')!;
    expect(await refusalOf(await downgraded.exchange(code), 'by-basic')).toEqual([
      400,
      'invalid_grant',
      'verifier_unexpected',
    ]);
    expect((await downgraded.exchange(code, { code_verifier: undefined })).status).toBe(200);
  });

  it('is good only where it was given', async () => {
    const acme = new TestApp(site, shops, { shop: 'acme' });
    const code = await codeOf(acme);
    const rival = new TestApp(site, shops, { shop: 'rival' });
    expect(await refusalOf(await rival.exchange(code, { code_verifier: acme.verifier }), 'shops')).toEqual([
      400,
      'invalid_grant',
      'code_of_other_place',
    ]);
    const tokens = (await (await acme.exchange(code)).json()) as Record<string, string>;
    expect(site.oauth.tokenOf('shops', tokens['access_token']!)?.place).toEqual({ shop: 'acme' });
    expect(await refusalOf(await rival.refresh(tokens['refresh_token']!), 'shops')).toEqual([
      400,
      'invalid_grant',
      'refresh_of_other_place',
    ]);
  });

  it('gives no refresh token and no end where the provider has none', async () => {
    const tokens = await new TestApp(site, noRefresh).connect();
    expect(Object.keys(tokens)).toEqual(['access_token', 'token_type', 'scope']);
    site.now += 10 * 365 * 86_400_000;
    expect(site.oauth.tokenOf('no-refresh', tokens['access_token']!)?.active).toBe(true);
  });
});

describe('the app', () => {
  it('authenticates by HTTP basic only, where the provider says so', async () => {
    const client = new TestApp(site, byBasic);
    const { clientId, clientSecret } = client.client;
    const ask = async (form: Record<string, string>, headers = {}) => {
      const response = await client.post(
        byBasic.tokenUrl,
        { grant_type: 'client_credentials', ...form },
        headers,
      );
      return response.ok ? 'ok' : refusalOf(response, 'by-basic');
    };
    const both = { client_id: clientId, client_secret: clientSecret };
    expect(await ask({}, { authorization: basic(clientId, clientSecret) })).toBe('ok');
    expect(await ask(both)).toEqual([401, 'invalid_client', 'wrong_authentication']);
    expect(await ask(both, { authorization: basic(clientId, clientSecret) })).toEqual([
      400,
      'invalid_request',
      'two_authentications',
    ]);
    expect(await ask({}, { authorization: basic(clientId, 'made-up') })).toEqual([
      401,
      'invalid_client',
      'wrong_secret',
    ]);
    expect(await ask({})).toEqual([401, 'invalid_client', 'no_authentication']);
  });

  it('does not authenticate by HTTP basic where the provider wants the form', async () => {
    const { clientId, clientSecret } = app.client;
    const response = await app.post(
      post.tokenUrl,
      { grant_type: 'client_credentials' },
      { authorization: basic(clientId, clientSecret) },
    );
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(await refusalOf(response)).toEqual([401, 'invalid_client', 'wrong_authentication']);
  });

  it('has the same credentials after every start, and others at every provider', async () => {
    const again = await startOAuthSite([post, byBasic]);
    expect(again.oauth.client('plain')).toMatchObject({
      clientId: app.client.clientId,
      clientSecret: app.client.clientSecret,
      redirectUris: [],
    });
    expect(again.oauth.client('by-basic').clientSecret).not.toBe(app.client.clientSecret);
    await again.close();
  });

  it('may be given from outside', async () => {
    const client = { clientId: 'given-id', clientSecret: 'given-secret' };
    const given = await startOAuthSite([plainDefinition({ client })]);
    expect(given.oauth.client('plain')).toMatchObject(client);
    await given.close();
  });

  it('sends a form, by POST, each parameter once, and no secret in the address', async () => {
    const { clientId: client_id, clientSecret: client_secret } = app.client;
    const form = { grant_type: 'client_credentials', client_id, client_secret };
    const send = (url: string, init: RequestInit) => site.call('plain', url, { method: 'POST', ...init });
    const json = { body: JSON.stringify(form), headers: { 'content-type': 'application/json' } };
    expect(await refusalOf(await send(post.tokenUrl, json))).toEqual([400, 'invalid_request', 'malformed']);
    const twice = new URLSearchParams(form);
    twice.append('grant_type', 'client_credentials');
    expect(await refusalOf(await send(post.tokenUrl, { body: twice }))).toEqual([
      400,
      'invalid_request',
      'repeated_parameter',
    ]);
    const inAddress = `${post.tokenUrl}?client_secret=${client_secret}`;
    expect(await refusalOf(await send(inAddress, { body: new URLSearchParams(form) }))).toEqual([
      400,
      'invalid_request',
      'secret_in_address',
    ]);
    expect(await refusalOf(await app.get(post.tokenUrl, new URLSearchParams(form)))).toEqual([
      405,
      'invalid_request',
      'malformed',
    ]);
  });

  it('gets a token for itself, where the provider has that', async () => {
    const before = site.oauth.counters('plain').clientCredentials;
    const response = await app.token({ grant_type: 'client_credentials', scope: 'read' });
    const answer = (await response.json()) as Record<string, string>;
    expect(answer).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'read',
    });
    expect(site.oauth.tokenOf('plain', answer['access_token']!)).toMatchObject({
      account: null,
      scopes: ['read'],
    });
    expect(site.oauth.counters('plain').clientCredentials).toBe(before + 1);
    const unknown = await app.token({ grant_type: 'client_credentials', scope: 'fly' });
    expect(await refusalOf(unknown)).toEqual([400, 'invalid_scope', 'scope_unknown']);
    const elsewhere = await new TestApp(site, signInOnly).token({ grant_type: 'client_credentials' });
    expect(await refusalOf(elsewhere, 'sign-in-only')).toEqual([
      400,
      'unauthorized_client',
      'grant_not_allowed',
    ]);
  });

  it.each(['authorization_code', 'refresh_token'])('has no %s where nobody signs in', async (grant_type) => {
    const response = await new TestApp(site, appOnly).token({ grant_type, code: 'x', refresh_token: 'x' });
    expect(await refusalOf(response, 'app-only')).toEqual([400, 'unauthorized_client', 'grant_not_allowed']);
  });
});

describe('a refresh', () => {
  it('gives a new refresh token and ends the old one', async () => {
    const first = await app.connect();
    const response = await app.refresh(first['refresh_token']!);
    const second = (await response.json()) as Record<string, string>;
    expect(second['refresh_token']).not.toBe(first['refresh_token']);
    expect(second['access_token']).not.toBe(first['access_token']);
    expect((await app.refresh(second['refresh_token']!)).status).toBe(200);
  });

  it('with an old token revokes the whole family', async () => {
    const before = site.oauth.counters('plain');
    const first = await app.connect();
    const second = (await (await app.refresh(first['refresh_token']!)).json()) as Record<string, string>;
    expect(await refusalOf(await app.refresh(first['refresh_token']!))).toEqual([
      400,
      'invalid_grant',
      'refresh_reused',
    ]);
    expect(await refusalOf(await app.refresh(second['refresh_token']!))).toEqual([
      400,
      'invalid_grant',
      'refresh_revoked',
    ]);
    expect(site.oauth.tokenOf('plain', first['access_token']!)?.active).toBe(false);
    expect(site.oauth.tokenOf('plain', second['access_token']!)?.active).toBe(false);
    expect(site.oauth.counters('plain')).toMatchObject({
      refreshes: before.refreshes + 1,
      reuseDetected: before.reuseDetected + 1,
    });
  });

  it('by fifty callers at once is one exchange, and the family is lost', async () => {
    const before = site.oauth.counters('plain');
    const { refresh_token } = await app.connect();
    const responses = await Promise.all(Array.from({ length: 50 }, () => app.refresh(refresh_token!)));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(site.oauth.counters('plain')).toMatchObject({
      refreshes: before.refreshes + 1,
      reuseDetected: before.reuseDetected + 1,
    });
  });

  it('keeps the refresh token where the provider does not rotate', async () => {
    const still = new TestApp(site, signInOnly);
    const { refresh_token } = await still.connect();
    for (let turn = 0; turn < 2; turn += 1) {
      const answer = (await (await still.refresh(refresh_token!)).json()) as Record<string, string>;
      expect(answer['access_token']).toEqual(expect.any(String));
      expect(answer).not.toHaveProperty('refresh_token');
    }
    expect(site.oauth.counters('sign-in-only').reuseDetected).toBe(0);
  });

  it('counts an unknown rotation as one', async () => {
    const unknown = plainDefinition({ rotates: null });
    const own = await startOAuthSite([unknown]);
    const { refresh_token } = await new TestApp(own, unknown).connect();
    const answer = (await (await new TestApp(own, unknown).refresh(refresh_token!)).json()) as Record<
      string,
      string
    >;
    expect(answer['refresh_token']).not.toBe(refresh_token);
    await own.close();
  });

  it('may ask for less, and not for more', async () => {
    const { refresh_token } = await app.connect({ scope: 'read' });
    const more = await app.refresh(refresh_token!, { scope: 'read write' });
    expect(await refusalOf(more)).toEqual([400, 'invalid_scope', 'scope_exceeded']);
    const both = await app.connect();
    const less = (await (await app.refresh(both['refresh_token']!, { scope: 'read' })).json()) as Record<
      string,
      string
    >;
    expect(site.oauth.tokenOf('plain', less['access_token']!)?.scopes).toEqual(['read']);
  });

  it('is refused with a made-up token, and with that of another app', async () => {
    expect(await refusalOf(await app.refresh('made-up'))).toEqual([400, 'invalid_grant', 'refresh_unknown']);
    const { refresh_token } = await app.connect();
    const other = new TestApp(site, post, {}, 'Another app');
    expect(await refusalOf(await other.refresh(refresh_token!))).toEqual([
      400,
      'invalid_grant',
      'refresh_of_other_client',
    ]);
    expect((await app.refresh(refresh_token!)).status).toBe(200);
  });
});

describe('on command', () => {
  it('an answer is lost after the exchange was done', async () => {
    const { refresh_token } = await app.connect();
    const before = site.oauth.counters('plain').refreshes;
    site.oauth.loseNextAnswer('plain');
    await expect(app.refresh(refresh_token!)).rejects.toThrow('fetch failed');
    expect(site.oauth.counters('plain').refreshes).toBe(before + 1);
    expect(await refusalOf(await app.refresh(refresh_token!))).toEqual([
      400,
      'invalid_grant',
      'refresh_reused',
    ]);
  });

  it.each([
    ['temporarily_unavailable', 503],
    ['server_error', 500],
    ['invalid_grant', 400],
    ['invalid_client', 401],
  ])('the next request fails with %s, and nothing has changed', async (error, status) => {
    const { refresh_token } = await app.connect();
    site.oauth.nextTokenFails('plain', error);
    expect(await refusalOf(await app.refresh(refresh_token!))).toEqual([status, error, 'commanded']);
    expect((await app.refresh(refresh_token!)).status).toBe(200);
  });

  it('access tokens expire, and refresh tokens go on', async () => {
    const { access_token, refresh_token } = await app.connect();
    site.oauth.expireTokens('plain');
    expect(site.oauth.tokenOf('plain', access_token!)?.active).toBe(false);
    const renewed = (await (await app.refresh(refresh_token!)).json()) as Record<string, string>;
    expect(site.oauth.tokenOf('plain', renewed['access_token']!)?.active).toBe(true);
  });

  it('everything is revoked', async () => {
    const { access_token, refresh_token } = await app.connect();
    const pending = await codeOf();
    site.oauth.revokeAll('plain');
    expect(site.oauth.tokenOf('plain', access_token!)?.active).toBe(false);
    expect(await refusalOf(await app.refresh(refresh_token!))).toEqual([
      400,
      'invalid_grant',
      'refresh_revoked',
    ]);
    expect(await refusalOf(await app.exchange(pending))).toEqual([400, 'invalid_grant', 'code_expired']);
  });

  it('access tokens live as long as one says', async () => {
    site.oauth.setTtl('plain', 30);
    const tokens = await app.connect();
    expect(tokens['expires_in']).toBe(30);
    site.now += 29_999;
    expect(site.oauth.tokenOf('plain', tokens['access_token']!)?.active).toBe(true);
    site.now += 1;
    expect(site.oauth.tokenOf('plain', tokens['access_token']!)?.active).toBe(false);
    site.oauth.setTtl('plain', 3600);
  });
});
