import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allProviders } from '../../../server/src/providers/all-providers.ts';
import { definitionOf } from './definition.ts';
import { plainDefinition } from './testing/definitions.ts';
import { basic, cameBack, startOAuthSite, TestApp } from './testing/oauth-site.ts';
import type { OAuthSite } from './testing/oauth-site.ts';

/* What a provider does in its own way, and how it says no. */

const definitions = allProviders.flatMap((provider) => definitionOf(provider) ?? []);
const rotatingSlack = {
  ...find('slack'),
  slug: 'slack-rotating',
  like: 'slack',
  refreshable: true,
  ttlSeconds: 43_200,
};
const custom = plainDefinition({ slug: 'custom', userInfoUrl: 'https://plain.example/me' });
let site: OAuthSite;
beforeAll(async () => {
  site = await startOAuthSite([...definitions, rotatingSlack, custom]);
});
afterAll(() => site.close());

function find(slug: string) {
  return definitions.find((definition) => definition.slug === slug)!;
}

const appAt = (slug: string, place: Record<string, string> = {}) => new TestApp(site, find(slug), place);
const contentOf = async (response: Response) => [response.status, await response.json()];
const bearer = (token: string | undefined) => ({ authorization: `Bearer ${token}` });
const isActive = (slug: string, token: string | undefined) => site.oauth.tokenOf(slug, token!)?.active;
/** With the client's own secret, as a program that revokes. */
const signed = ({ client }: TestApp) => ({ client_id: client.clientId, client_secret: client.clientSecret });

describe('Google', () => {
  const offline = { access_type: 'offline' };
  const calendar = 'https://www.googleapis.com/auth/calendar.readonly';
  const events = 'https://www.googleapis.com/auth/calendar.events';

  it('gives a refresh token only offline, and only with a consent', async () => {
    const app = appAt('google-calendar');
    site.oauth.revokeAll('google-calendar');
    expect(await app.connect()).not.toHaveProperty('refresh_token');
    site.oauth.revokeAll('google-calendar');
    expect(await app.connect(offline)).toHaveProperty('refresh_token');
    expect(await app.connect(offline)).not.toHaveProperty('refresh_token');
    expect(await app.connect({ ...offline, prompt: 'consent' })).toHaveProperty('refresh_token');
  });

  it('adds what was granted before, when asked to', async () => {
    const app = appAt('google-calendar');
    site.oauth.revokeAll('google-calendar');
    await app.connect({ scope: `openid email ${calendar}` });
    const alone = await app.connect({ scope: events });
    expect(alone['scope']).toBe(events);
    site.oauth.revokeAll('google-calendar');
    await app.connect({ scope: `openid email ${calendar}` });
    const both = await app.connect({ scope: events, include_granted_scopes: 'true' });
    expect(both['scope']!.split(' ').sort()).toEqual(
      [events, calendar, 'https://www.googleapis.com/auth/userinfo.email', 'openid'].sort(),
    );
  });

  it('says who is connected', async () => {
    const app = appAt('google-calendar');
    const { access_token, id_token } = await app.connect();
    const claims = JSON.parse(Buffer.from(id_token!.split('.')[1]!, 'base64url').toString()) as object;
    expect(claims).toMatchObject({
      iss: 'https://accounts.google.com',
      aud: app.client.clientId,
      email: 'john@company.com',
      hd: 'company.com',
    });
    const url = 'https://openidconnect.googleapis.com/v1/userinfo';
    const [status, info] = await contentOf(await app.get(url, undefined, bearer(access_token)));
    expect([status, info]).toEqual([
      200,
      expect.objectContaining({ email: 'john@company.com', email_verified: true }),
    ]);
    expect((await app.get(url, undefined, bearer('made-up'))).status).toBe(401);
    const noEmail = await app.connect({ scope: calendar });
    expect((await app.get(url, undefined, bearer(noEmail['access_token']))).status).toBe(403);
    const back = await app.approved();
    expect(back.get('iss')).toBe('https://accounts.google.com');
    expect(back.get('scope')).toContain(events);
  });

  it('ends everything with any of its tokens, from whoever has it', async () => {
    const app = appAt('google-calendar');
    const revoke = (token: string) => app.post(`${find('google-calendar').revokeUrl}?token=${token}`, {});
    const before = site.oauth.counters('google-calendar').revocations;
    const first = await app.connect({ ...offline, prompt: 'consent' });
    const second = await app.connect();
    expect((await revoke(second['access_token']!)).status).toBe(200);
    expect(isActive('google-calendar', first['access_token'])).toBe(false);
    expect(await contentOf(await app.refresh(first['refresh_token']!))).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    ]);
    expect(await contentOf(await revoke('made-up'))).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_token' }),
    ]);
    expect(site.oauth.counters('google-calendar').revocations).toBe(before + 1);
  });

  it('has its own word for a wrong redirect URI', async () => {
    const app = appAt('gmail');
    const code = (await app.approved()).get('code')!;
    const response = await app.exchange(code, { redirect_uri: 'https://other.example' });
    expect(await contentOf(response)).toEqual([
      400,
      expect.objectContaining({ error: 'redirect_uri_mismatch' }),
    ]);
  });
});

describe('Microsoft', () => {
  const place = { tenantId: 'common' };

  it('needs offline_access for a refresh token, and does not call it a scope', async () => {
    const app = appAt('microsoft-365', place);
    const tokens = await app.connect({ scope: 'openid offline_access User.Read' });
    expect(tokens).toMatchObject({ scope: 'openid User.Read', ext_expires_in: 3600 });
    expect(tokens).toHaveProperty('refresh_token');
    expect(await app.connect({ scope: 'User.Read' })).not.toHaveProperty('refresh_token');
    const claims = JSON.parse(Buffer.from(tokens['id_token']!.split('.')[1]!, 'base64url').toString()) as {
      iss: string;
      tid: string;
    };
    expect(claims).toMatchObject({ preferred_username: 'john@company.com' });
    expect(claims.iss).toBe(`https://login.microsoftonline.com/${claims.tid}/v2.0`);
    expect(claims.tid).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says by number what is wrong', async () => {
    const app = appAt('microsoft-365', place);
    const refused = await app.token({
      grant_type: 'refresh_token',
      refresh_token: 'x',
      client_secret: 'made-up',
    });
    expect(await contentOf(refused)).toEqual([
      401,
      expect.objectContaining({
        error: 'invalid_client',
        error_codes: [7_000_215],
        error_description: expect.stringMatching(/^AADSTS7000215: .* Trace ID: .* Timestamp: 20/),
      }),
    ]);
  });
});

describe('Slack', () => {
  it('answers in its own way, and adds what was granted before', async () => {
    const app = appAt('slack');
    site.oauth.revokeAll('slack');
    await app.connect({ scope: 'chat:write' });
    const tokens = await app.connect({ scope: 'channels:read,incoming-webhook' });
    expect(tokens).toMatchObject({
      ok: true,
      token_type: 'bot',
      access_token: expect.stringMatching(/^xoxb-/),
      scope: 'channels:read,incoming-webhook,chat:write',
      team: { id: expect.stringMatching(/^T/), name: 'Company' },
      authed_user: { id: expect.stringMatching(/^U/) },
      incoming_webhook: {
        channel: '#general',
        url: expect.stringMatching(/^https:\/\/hooks\.slack\.com\/services\/T/),
      },
    });
    expect(tokens).not.toHaveProperty('refresh_token');
  });

  it.each([
    ['invalid_code', { code: 'made-up' }],
    ['bad_redirect_uri', { redirect_uri: 'https://other.example' }],
    ['invalid_grant_type', { grant_type: 'password' }],
    ['invalid_arguments', { code: undefined }],
  ])('says %s with status 200', async (error, changes) => {
    const app = appAt('slack');
    const code = (await app.approved()).get('code')!;
    expect(await contentOf(await app.exchange(code, changes))).toEqual([200, { ok: false, error }]);
  });

  it('says so when a code or a secret is of no use', async () => {
    const app = appAt('slack');
    const code = (await app.approved()).get('code')!;
    await app.exchange(code);
    expect(await contentOf(await app.exchange(code))).toEqual([
      200,
      { ok: false, error: 'code_already_used' },
    ]);
    const authorization = basic(app.client.clientId, 'made-up');
    const wrong = await app.post(
      find('slack').tokenUrl,
      { grant_type: 'authorization_code' },
      { authorization },
    );
    expect(await contentOf(wrong)).toEqual([200, { ok: false, error: 'bad_client_secret' }]);
  });

  it('fails in its own way on command, except when it is down', async () => {
    const app = appAt('slack');
    site.oauth.nextTokenFails('slack', 'invalid_code');
    expect(await contentOf(await app.exchange('x'))).toEqual([200, { ok: false, error: 'invalid_code' }]);
    site.oauth.nextTokenFails('slack', 'server_error');
    expect((await app.exchange('x')).status).toBe(500);
  });

  it('ends the token that a call is made with', async () => {
    const app = appAt('slack');
    const { access_token } = await app.connect();
    const revoke = (form = {}) => app.post(find('slack').revokeUrl!, form, bearer(access_token));
    expect(await contentOf(await revoke({ test: '1' }))).toEqual([200, { ok: true, revoked: false }]);
    expect(isActive('slack', access_token)).toBe(true);
    expect(await contentOf(await revoke())).toEqual([200, { ok: true, revoked: true }]);
    expect(isActive('slack', access_token)).toBe(false);
    expect(await contentOf(await revoke())).toEqual([200, { ok: false, error: 'invalid_auth' }]);
  });

  it('rotates where the app has that switched on', async () => {
    const app = new TestApp(site, rotatingSlack);
    const tokens = await app.connect();
    expect(tokens).toMatchObject({ expires_in: 43_200, refresh_token: expect.stringMatching(/^xoxe-1-/) });
    expect((await (await app.refresh(tokens['refresh_token']!)).json()) as object).toMatchObject({
      ok: true,
    });
    expect(await contentOf(await app.refresh(tokens['refresh_token']!))).toEqual([
      200,
      { ok: false, error: 'invalid_refresh_token' },
    ]);
  });
});

describe('Salesforce', () => {
  const place = { domain: 'acme.my.salesforce.com' };

  it('says where the organization is and who signed in, and not how long it lasts', async () => {
    const app = appAt('salesforce', place);
    const tokens = await app.connect();
    expect(tokens).toMatchObject({
      instance_url: 'https://acme.my.salesforce.com',
      id: expect.stringMatching(/^https:\/\/acme\.my\.salesforce\.com\/id\/00D\w{15}\/005\w{15}$/),
      issued_at: String(site.now),
    });
    expect(tokens).not.toHaveProperty('expires_in');
    const [status, identity] = await contentOf(
      await app.get(tokens['id']!, undefined, bearer(tokens['access_token'])),
    );
    expect([status, identity]).toEqual([
      200,
      expect.objectContaining({ email: 'john@company.com', active: true }),
    ]);
    const info = await app.get(
      'https://{domain}/services/oauth2/userinfo',
      undefined,
      bearer(tokens['access_token']),
    );
    expect(info.status).toBe(200);
  });

  it('needs refresh_token among the scopes', async () => {
    expect(await appAt('salesforce', place).connect({ scope: 'api' })).not.toHaveProperty('refresh_token');
  });

  it('tells about a token, and ends one without a secret', async () => {
    const app = appAt('salesforce', place);
    const { access_token, refresh_token } = await app.connect();
    const ask = () =>
      app.post('https://{domain}/services/oauth2/introspect', { token: access_token, ...signed(app) });
    expect(await contentOf(await ask())).toEqual([
      200,
      expect.objectContaining({ active: true, username: 'john@company.com' }),
    ]);
    expect((await app.post(find('salesforce').revokeUrl!, { token: refresh_token })).status).toBe(200);
    expect(await contentOf(await ask())).toEqual([200, { active: false }]);
    expect((await app.post(find('salesforce').revokeUrl!, { token: refresh_token })).status).toBe(400);
    expect(await contentOf(await app.refresh(refresh_token!))).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'expired access/refresh token' },
    ]);
  });

  it('calls an unknown app invalid_client_id', async () => {
    const response = await appAt('salesforce', place).exchange('x', { client_id: 'made-up' });
    expect(await contentOf(response)).toEqual([400, expect.objectContaining({ error: 'invalid_client_id' })]);
  });
});

describe('others', () => {
  it('HubSpot says which account it is, and BAD_REFRESH_TOKEN', async () => {
    const app = appAt('hubspot');
    const tokens = await app.connect({ response_type: undefined });
    expect(tokens).toMatchObject({ hub_id: expect.any(Number), user_id: expect.any(Number) });
    expect(tokens['scopes']).toContain('crm.objects.contacts.read');
    expect(await contentOf(await app.refresh('made-up'))).toEqual([
      400,
      expect.objectContaining({ status: 'BAD_REFRESH_TOKEN', error: 'invalid_grant' }),
    ]);
    const revoked = await app.post(find('hubspot').revokeUrl!, {
      token: tokens['refresh_token'],
      ...signed(app),
    });
    expect(revoked.status).toBe(200);
    expect(isActive('hubspot', tokens['access_token'])).toBe(false);
  });

  it('Zoom gives a reason, and a word for success', async () => {
    const app = appAt('zoom');
    const { access_token, scope, api_url } = await app.connect();
    expect([scope!.includes(','), api_url]).toEqual([false, 'https://api.zoom.us']);
    const authorization = basic(app.client.clientId, app.client.clientSecret);
    const revoked = await app.post(find('zoom').revokeUrl!, { token: access_token }, { authorization });
    expect(await contentOf(revoked)).toEqual([200, { status: 'success' }]);
    expect(await contentOf(await app.refresh('made-up'))).toEqual([
      400,
      { reason: expect.any(String), error: 'invalid_grant' },
    ]);
  });

  it('Docusign says in userinfo where the API is', async () => {
    const app = appAt('docusign', { accountHost: 'account-d.docusign.com' });
    const { access_token } = await app.connect();
    const info = await app.get('https://{accountHost}/oauth/userinfo', undefined, bearer(access_token));
    expect(await contentOf(info)).toEqual([
      200,
      expect.objectContaining({
        email: 'john@company.com',
        accounts: [expect.objectContaining({ is_default: true, base_uri: 'https://demo.docusign.net' })],
      }),
    ]);
  });

  it('Shopify signs the way back, is each shop by itself, and ends tokens only when asked to', async () => {
    const app = appAt('shopify', { shop: 'my-store' });
    const back = await app.approved({ response_type: undefined });
    const { hmac, ...rest } = Object.fromEntries(back);
    const text = Object.keys(rest)
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => `${name}=${rest[name]}`)
      .join('&');
    expect(hmac).toBe(createHmac('sha256', app.client.clientSecret).update(text).digest('hex'));
    expect(rest['shop']).toBe('my-store.myshopify.com');
    const endless = (await (await app.exchange(back.get('code')!)).json()) as Record<string, string>;
    expect(Object.keys(endless)).toEqual(['access_token', 'scope']);
    const expiring = await app.connect({}, { expiring: '1' });
    expect(expiring).toMatchObject({ expires_in: 3600, refresh_token_expires_in: 7_776_000 });
    const other = appAt('shopify', { shop: 'other-store' });
    expect((await other.refresh(expiring['refresh_token']!)).status).toBe(400);
    expect((await app.refresh(expiring['refresh_token']!)).status).toBe(200);
  });

  it('Stripe Connect gives an account, and takes that to disconnect', async () => {
    const app = appAt('stripe-connect');
    const { access_token, stripe_user_id } = await app.connect();
    expect(stripe_user_id).toMatch(/^acct_[A-Za-z0-9]+$/);
    const { clientId: client_id, clientSecret } = app.client;
    const end = (headers: Record<string, string>, account = stripe_user_id) =>
      app.post(find('stripe-connect').revokeUrl!, { client_id, stripe_user_id: account }, headers);
    expect((await end(bearer('sk_test_made_up'))).status).toBe(401);
    expect((await end(bearer(clientSecret), 'acct_other')).status).toBe(401);
    expect(await contentOf(await end({ authorization: basic(clientSecret, '') }))).toEqual([
      200,
      { stripe_user_id },
    ]);
    expect(isActive('stripe-connect', access_token)).toBe(false);
    expect((await end(bearer(clientSecret))).status).toBe(401);
    expect(site.oauth.counters('stripe-connect').revocations).toBe(1);
  });

  it('Mailchimp says elsewhere which data center it is', async () => {
    const app = appAt('mailchimp');
    const tokens = await app.connect();
    expect(tokens).toEqual({ access_token: expect.any(String), expires_in: 0, scope: null });
    const authorization = `OAuth ${tokens['access_token']}`;
    const metadata = await app.get('https://login.mailchimp.com/oauth2/metadata', undefined, {
      authorization,
    });
    expect(await contentOf(metadata)).toEqual([
      200,
      expect.objectContaining({ dc: 'us6', api_endpoint: 'https://us6.api.mailchimp.com' }),
    ]);
  });

  it('LinkedIn says invalid_request for a code, and knows who it is', async () => {
    const app = appAt('linkedin');
    expect(await contentOf(await app.exchange('made-up'))).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_request' }),
    ]);
    const { access_token } = await app.connect();
    const info = await app.get('https://api.linkedin.com/v2/userinfo', undefined, bearer(access_token));
    expect(await contentOf(info)).toEqual([200, expect.objectContaining({ name: 'John Carter' })]);
  });

  it('GitHub answers with a form unless JSON is asked for, and says no with status 200', async () => {
    const app = appAt('github');
    const code = (await app.approved()).get('code')!;
    const form = await app.post(find('github').tokenUrl, {
      ...signed(app),
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://127.0.0.1:4000/oauth/callback',
      code_verifier: app.verifier,
    });
    const token = new URLSearchParams(await form.text()).get('access_token')!;
    expect(token).toMatch(/^gho_/);
    expect(await contentOf(await app.exchange('made-up'))).toEqual([
      200,
      expect.objectContaining({ error: 'bad_verification_code' }),
    ]);
    const end = (body: string) =>
      site.call('github', `https://api.github.com/applications/${app.client.clientId}/token`, {
        method: 'DELETE',
        headers: { authorization: basic(app.client.clientId, app.client.clientSecret) },
        body,
      });
    expect((await end('{}')).status).toBe(422);
    expect((await end('not JSON')).status).toBe(422);
    expect((await end(JSON.stringify({ access_token: token }))).status).toBe(204);
    expect(isActive('github', token)).toBe(false);
    expect((await end(JSON.stringify({ access_token: token }))).status).toBe(404);
  });

  it('Zendesk ends both old tokens with a refresh, and one by itself', async () => {
    const app = appAt('zendesk', { subdomain: 'acme' });
    const first = await app.connect();
    const second = (await (await app.refresh(first['refresh_token']!)).json()) as Record<string, string>;
    expect(isActive('zendesk', first['access_token'])).toBe(false);
    const end = () =>
      site.call('zendesk', 'https://acme.zendesk.com/api/v2/oauth/tokens/current.json', {
        method: 'DELETE',
        headers: bearer(second['access_token']),
      });
    expect((await end()).status).toBe(204);
    expect(isActive('zendesk', second['access_token'])).toBe(false);
    expect((await end()).status).toBe(401);
  });

  it('Calendly says whose token it is', async () => {
    const tokens = await appAt('calendly').connect();
    expect(tokens['owner']).toMatch(/^https:\/\/api\.calendly\.com\/users\/[0-9a-f-]{36}$/);
  });

  it('Lever, Auth0 and BambooHR want to hear what for', async () => {
    site.oauth.setDecision('lever', 'approve');
    site.oauth.setDecision('bamboohr', 'approve');
    expect(cameBack(await appAt('lever').open()).get('error')).toBe('invalid_request');
    expect(cameBack(await appAt('bamboohr', { subdomain: 'acme' }).open()).get('error')).toBe(
      'invalid_request',
    );
    const response = await appAt('auth0', { domain: 'acme.auth0.com' }).token({
      grant_type: 'client_credentials',
    });
    expect(await contentOf(response)).toEqual([403, expect.objectContaining({ error: 'invalid_request' })]);
  });

  it('a provider of one’s own can name the account too', async () => {
    const app = new TestApp(site, custom);
    const { access_token } = await app.connect();
    const info = await app.get(custom.userInfoUrl!, undefined, bearer(access_token));
    expect(await contentOf(info)).toEqual([200, expect.objectContaining({ email: 'john@company.com' })]);
    const own = (await (await app.token({ grant_type: 'client_credentials' })).json()) as Record<
      string,
      string
    >;
    expect((await app.get(custom.userInfoUrl!, undefined, bearer(own['access_token']))).status).toBe(403);
  });
});
