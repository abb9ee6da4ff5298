import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plainDefinition } from './testing/definitions.ts';
import { cameBack, redirectUri, startOAuthSite, TestApp, transactionOn } from './testing/oauth-site.ts';
import type { OAuthSite } from './testing/oauth-site.ts';

const plain = plainDefinition({ name: 'Plain & <Simple>' });
const strictGoogle = plainDefinition({ slug: 'in-parts', name: 'In Parts', like: 'gmail' });
const withoutPkce = plainDefinition({ slug: 'without-pkce', pkce: false });
const maybePkce = plainDefinition({ slug: 'maybe-pkce', pkce: null });
const withoutScopes = plainDefinition({ slug: 'without-scopes', scopes: [] });

let site: OAuthSite;
let app: TestApp;
beforeAll(async () => {
  site = await startOAuthSite([plain, strictGoogle, withoutPkce, maybePkce, withoutScopes]);
});
afterAll(() => site.close());
beforeEach(() => {
  app = new TestApp(site, plain);
  for (const slug of ['plain', 'in-parts', 'maybe-pkce']) site.oauth.setDecision(slug, 'ask');
});

/** Answers the page as the browser of a person does. */
async function answerPage(from: TestApp, page: string, fields: [string, string][]): Promise<Response> {
  const action = /<form[^>]* action="([^"]+)"/.exec(page)![1]!.replaceAll('&amp;', '&');
  const body = new URLSearchParams([['transaction', transactionOn(page)], ...fields]);
  expect(action).toBe(site.at(from.definition.slug, from.definition.authorizationUrl!));
  return fetch(action, { method: 'POST', body, redirect: 'manual' });
}

const accountsOn = (page: string) => [
  ...page.matchAll(/name="account" value="([^"]+)"( required checked)?/g),
];

describe('the consent page', () => {
  it('names provider, app, accounts and scopes, and needs nothing else', async () => {
    const response = await app.open();
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/127\.0\.0\.1:4000; frame-ancestors 'none'/,
    );
    const [, style] = /<style>([^<]+)<\/style>/.exec(page)!;
    const digest = createHash('sha256').update(style!).digest('base64');
    expect(response.headers.get('content-security-policy')).toContain(`'sha256-${digest}'`);
    for (const text of ['Sandbox', 'Trunkline wants to use', 'john@company.com', 'ada@example.com'])
      expect(page).toContain(text);
    for (const text of [
      'Read everything',
      '<code>read</code>',
      'Allow</button>',
      'Deny</button>',
      '127.0.0.1:4000',
    ])
      expect(page).toContain(text);
    expect(page).toContain('Plain &amp; &lt;Simple&gt;');
    expect(page).not.toMatch(/<Simple>|<script|type="checkbox"|(src|href)=/);
  });

  it('sends the person back with a code for the account they chose', async () => {
    const page = await (await app.open()).text();
    const [john, ada] = accountsOn(page);
    expect(john![2]).toBeDefined();
    const back = cameBack(
      await answerPage(app, page, [
        ['account', ada![1]!],
        ['decision', 'allow'],
      ]),
    );
    expect([...back.keys()]).toEqual(['code', 'state']);
    expect(back.get('state')).toBe('state-1');
    const tokens = (await (await app.exchange(back.get('code')!)).json()) as Record<string, string>;
    expect(site.oauth.tokenOf('plain', tokens['access_token']!)?.account?.email).toBe('ada@example.com');
  });

  it('chooses the account that the app hints at', async () => {
    const page = await (await app.open({ login_hint: 'Ada@Example.com' })).text();
    expect(accountsOn(page).map((match) => match[2] !== undefined)).toEqual([false, true]);
  });

  it('sends the person back with an error when they deny', async () => {
    const page = await (await app.open()).text();
    const back = cameBack(
      await answerPage(app, page, [
        ['account', 'x'],
        ['decision', 'deny'],
      ]),
    );
    expect(Object.fromEntries(back)).toEqual({
      error: 'access_denied',
      error_description: expect.any(String),
      state: 'state-1',
    });
    expect(site.oauth.log('plain').at(-1)).toMatchObject({ endpoint: 'consent', outcome: 'denied' });
  });

  it('can be answered once, and for ten minutes', async () => {
    const page = await (await app.open()).text();
    const answer: [string, string][] = [
      ['account', accountsOn(page)[0]![1]!],
      ['decision', 'allow'],
    ];
    expect((await answerPage(app, page, answer)).status).toBe(303);
    expect((await answerPage(app, page, answer)).status).toBe(400);
    const late = await (await app.open()).text();
    site.now += 600_000;
    expect((await answerPage(app, late, answer)).status).toBe(400);
  });

  it('refuses an account that is not on it', async () => {
    const page = await (await app.open()).text();
    const response = await answerPage(app, page, [
      ['account', 'made-up'],
      ['decision', 'allow'],
    ]);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  it('has a checkbox for each scope where one may agree in part', async () => {
    const parts = new TestApp(site, strictGoogle);
    const scope = 'openid email read write';
    const page = await (await parts.open({ scope })).text();
    expect(
      [...page.matchAll(/type="checkbox" name="scope" value="(\w+)" checked/g)].map(([, word]) => word),
    ).toEqual(['read', 'write']);
    const account = accountsOn(page)[0]![1]!;
    const back = cameBack(
      await answerPage(parts, page, [
        ['account', account],
        ['scope', 'read'],
        ['decision', 'allow'],
      ]),
    );
    const tokens = (await (await parts.exchange(back.get('code')!)).json()) as Record<string, string>;
    expect(site.oauth.tokenOf('in-parts', tokens['access_token']!)?.scopes).toEqual([
      'openid',
      'email',
      'read',
    ]);
  });

  it('takes agreeing to nothing as denying', async () => {
    const parts = new TestApp(site, strictGoogle);
    const page = await (await parts.open({ scope: 'read write' })).text();
    const account = accountsOn(page)[0]![1]!;
    const back = cameBack(
      await answerPage(parts, page, [
        ['account', account],
        ['decision', 'allow'],
      ]),
    );
    expect(back.get('error')).toBe('access_denied');
  });

  it('cannot be talked into more than was asked for', async () => {
    const parts = new TestApp(site, strictGoogle);
    const page = await (await parts.open({ scope: 'read' })).text();
    const account = accountsOn(page)[0]![1]!;
    const back = cameBack(
      await answerPage(parts, page, [
        ['account', account],
        ['scope', 'read'],
        ['scope', 'write'],
        ['decision', 'allow'],
      ]),
    );
    const tokens = (await (await parts.exchange(back.get('code')!)).json()) as Record<string, string>;
    expect(site.oauth.tokenOf('in-parts', tokens['access_token']!)?.scopes).toEqual(['read']);
  });

  it('can be asked for by POST as well', async () => {
    const response = await app.post(plain.authorizationUrl!, Object.fromEntries(app.authorization()));
    expect(response.status).toBe(200);
    expect(transactionOn(await response.text())).toEqual(expect.any(String));
  });
});

describe('what is shown to the person and sent nowhere', () => {
  it.each([
    ['unknown_client', { client_id: 'made-up' }],
    ['unknown_client', { client_id: undefined }],
    ['malformed', { redirect_uri: undefined }],
    ['unregistered_redirect', { redirect_uri: 'https://evil.example/callback' }],
    ['unregistered_redirect', { redirect_uri: `${redirectUri}/more` }],
    ['unregistered_redirect', { redirect_uri: `${redirectUri}?x=1` }],
    ['unregistered_redirect', { redirect_uri: redirectUri.toUpperCase() }],
  ])('%s (%j)', async (reason, changes) => {
    site.oauth.setDecision('plain', 'approve');
    const response = await app.open(changes);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(await response.text()).toContain(reason);
    expect(site.oauth.log('plain').at(-1)).toMatchObject({ endpoint: 'authorize', outcome: reason });
  });

  it.each(['client_id', 'redirect_uri'])('%s twice', async (name) => {
    const query = app.authorization();
    query.append(name, query.get(name)!);
    const response = await app.get(plain.authorizationUrl!, query);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });

  it('an address that was registered for another app', async () => {
    site.oauth.allowRedirect('plain', 'http://127.0.0.1:5000/other', 'Another app');
    expect((await app.open({ redirect_uri: 'http://127.0.0.1:5000/other' })).status).toBe(400);
  });

  it('another method', async () => {
    expect((await site.call('plain', plain.authorizationUrl!, { method: 'PUT' })).status).toBe(405);
  });
});

describe('what goes back to the app as an error', () => {
  it.each([
    ['response_type_missing', 'invalid_request', { response_type: undefined }],
    ['response_type_unsupported', 'unsupported_response_type', { response_type: 'token' }],
    ['response_mode_unsupported', 'invalid_request', { response_mode: 'fragment' }],
    ['challenge_missing', 'invalid_request', { code_challenge: undefined, code_challenge_method: undefined }],
    ['challenge_missing', 'invalid_request', { code_challenge: undefined }],
    ['challenge_plain', 'invalid_request', { code_challenge_method: undefined }],
    ['challenge_plain', 'invalid_request', { code_challenge_method: 'plain' }],
    ['challenge_malformed', 'invalid_request', { code_challenge: 'short' }],
    ['scope_missing', 'invalid_scope', { scope: undefined }],
    ['scope_unknown', 'invalid_scope', { scope: 'read fly' }],
    ['scope_unknown', 'invalid_scope', { scope: 'read,write' }],
    ['consent_required', 'consent_required', { prompt: 'none', scope: 'write' }],
  ])('%s: %s (%j)', async (reason, error, changes) => {
    site.oauth.revokeAll('plain');
    const before = site.oauth.counters('plain').authorize;
    const back = cameBack(await app.open(changes));
    expect([back.get('error'), back.get('state'), back.get('code')]).toEqual([error, 'state-1', null]);
    expect(site.oauth.log('plain').at(-1)).toMatchObject({ outcome: reason });
    expect(site.oauth.counters('plain').authorize).toBe(before + (reason === 'consent_required' ? 1 : 0));
  });

  it('a parameter that comes twice', async () => {
    const query = app.authorization();
    query.append('state', 'state-2');
    const back = cameBack(await app.get(plain.authorizationUrl!, query));
    expect([back.get('error'), back.get('state')]).toEqual(['invalid_request', 'state-1']);
  });

  it('PKCE where the provider does not take it', async () => {
    const refusing = new TestApp(site, withoutPkce);
    const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' };
    expect(cameBack(await refusing.open(challenge)).get('error')).toBe('invalid_request');
    expect((await refusing.connect())['access_token']).toEqual(expect.any(String));
  });

  it('without a state, when there was none', async () => {
    const back = cameBack(await app.open({ state: undefined, response_type: 'token' }));
    expect([...back.keys()]).toEqual(['error', 'error_description']);
  });

  it('a denial on command', async () => {
    site.oauth.setDecision('plain', 'deny');
    expect(cameBack(await app.open()).get('error')).toBe('access_denied');
  });
});

describe('a person who is not asked', () => {
  it('agrees on command, and later by prompt=none', async () => {
    expect((await app.approved()).get('code')).toEqual(expect.any(String));
    site.oauth.setDecision('plain', 'ask');
    expect(cameBack(await app.open({ prompt: 'none', scope: 'read' })).get('code')).toEqual(
      expect.any(String),
    );
    site.oauth.revokeAll('plain');
    expect(cameBack(await app.open({ prompt: 'none', scope: 'read' })).get('error')).toBe('consent_required');
  });

  it('may use PKCE or not where nothing is known of it', async () => {
    const maybe = new TestApp(site, maybePkce);
    expect((await maybe.approved()).get('code')).toEqual(expect.any(String));
    const bare = await maybe.approved({ code_challenge: undefined, code_challenge_method: undefined });
    expect(bare.get('code')).toEqual(expect.any(String));
  });

  it('is asked for no scopes where the provider has none', async () => {
    const bare = new TestApp(site, withoutScopes);
    expect(await (await bare.open()).text()).toContain('knows no single permissions');
  });
});

describe('the issuer in the answer', () => {
  it('is named where the provider does so, and another one to play a mix-up', async () => {
    expect((await app.approved()).has('iss')).toBe(false);
    const parts = new TestApp(site, strictGoogle);
    expect((await parts.approved()).get('iss')).toBe('https://accounts.google.com');
    site.oauth.setIssuer('in-parts', 'https://attacker.example');
    expect((await parts.approved()).get('iss')).toBe('https://attacker.example');
    expect(cameBack(await parts.open({ scope: 'fly' })).get('iss')).toBe('https://attacker.example');
    site.oauth.setIssuer('in-parts', null);
    expect((await parts.approved()).has('iss')).toBe(false);
    site.oauth.setIssuer('in-parts', undefined);
    expect((await parts.approved()).get('iss')).toBe('https://accounts.google.com');
  });
});
