import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainDefinition } from './testing/definitions.ts';
import { startOAuthSite, TestApp } from './testing/oauth-site.ts';
import type { OAuthSite } from './testing/oauth-site.ts';

const plain = plainDefinition();
let site: OAuthSite;
let app: TestApp;
beforeAll(async () => {
  site = await startOAuthSite([plain]);
  app = new TestApp(site, plain);
});
afterAll(() => site.close());

const revoke = (token: string | undefined, from = app, changes: Record<string, string | undefined> = {}) =>
  from.post(plain.revokeUrl!, {
    client_id: from.client.clientId,
    client_secret: from.client.clientSecret,
    token,
    ...changes,
  });
const isActive = (token: string | undefined) => site.oauth.tokenOf('plain', token!)?.active;

it('ends an access token alone', async () => {
  const { access_token, refresh_token } = await app.connect();
  expect((await revoke(access_token)).status).toBe(200);
  expect(isActive(access_token)).toBe(false);
  const renewed = (await (await app.refresh(refresh_token!)).json()) as Record<string, string>;
  expect(isActive(renewed['access_token'])).toBe(true);
});

it('ends a refresh token with its whole family, and counts it once', async () => {
  const before = site.oauth.counters('plain').revocations;
  const { access_token, refresh_token } = await app.connect();
  expect((await revoke(refresh_token, app, { token_type_hint: 'access_token' })).status).toBe(200);
  expect((await revoke(refresh_token)).status).toBe(200);
  expect(isActive(access_token)).toBe(false);
  expect((await app.refresh(refresh_token!)).status).toBe(400);
  expect(site.oauth.counters('plain').revocations).toBe(before + 1);
});

it('takes a token that it does not know, or that is another app’s, without an error and without effect', async () => {
  const before = site.oauth.counters('plain').revocations;
  const { access_token } = await app.connect();
  const other = new TestApp(site, plain, {}, 'Another app');
  expect((await revoke('made-up')).status).toBe(200);
  expect((await revoke(access_token, other)).status).toBe(200);
  expect(isActive(access_token)).toBe(true);
  expect(site.oauth.counters('plain').revocations).toBe(before);
});

it.each([
  ['wrong_secret', { client_secret: 'made-up' }, 401],
  ['no_authentication', { client_secret: undefined }, 401],
  ['malformed', { token: undefined }, 400],
])('refuses: %s', async (reason, changes, status) => {
  const { access_token } = await app.connect();
  expect((await revoke(access_token, app, changes)).status).toBe(status);
  expect(site.oauth.log('plain').at(-1)).toMatchObject({ endpoint: 'revoke', outcome: reason });
  expect(isActive(access_token)).toBe(true);
});

it('takes POST only', async () => {
  expect((await app.get(plain.revokeUrl!)).status).toBe(405);
});
