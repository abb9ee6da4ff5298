import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { disconnectOAuth } from './disconnect-oauth.ts';
import { freshToken } from '../../connections/tokens.ts';
import { findProvider } from '../../providers/all-providers.ts';
import { signInOnce } from '../../testing/oauth-flow.ts';
import { pendingIntegration, storeApp } from '../../testing/oauth-integrations.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { startTestHttp } from '../../testing/test-http.ts';
import type { TestHttp } from '../../testing/test-http.ts';

/*
 * A certified authorization server that is not ours in the place of two providers: Okta (HTTP basic, userinfo, RFC 7009)
 * and Google (client secret in the body, a signed id_token, `iss` in its answers). Both want PKCE, rotate refresh tokens
 * and revoke the grant when one is used twice.
 */

const client = { clientId: 'client-1', clientSecret: 'a secret: with/odd+signs%' };
const email = 'john@company.example';

interface Part {
  slug: string;
  origins: string[];
  issuer: string;
  routes: NonNullable<Configuration['routes']>;
}

const parts: Part[] = [
  {
    slug: 'okta',
    origins: ['https://acme.okta.com'],
    issuer: 'https://acme.okta.com',
    routes: {
      authorization: '/oauth2/v1/authorize',
      token: '/oauth2/v1/token',
      revocation: '/oauth2/v1/revoke',
      userinfo: '/oauth2/v1/userinfo',
    },
  },
  {
    slug: 'google-calendar',
    origins: ['https://accounts.google.com', 'https://oauth2.googleapis.com'],
    issuer: 'https://accounts.google.com',
    routes: { authorization: '/o/oauth2/v2/auth', token: '/token', revocation: '/revoke' },
  },
];

let test: TestApp;
let http: TestHttp;
let works: TestOrganization;
const servers: Server[] = [];
const bases = new Map<string, string>();
/** What the judge complained about. */
const complaints: string[] = [];

beforeAll(async () => {
  // It warns that it runs with defaults, which is what it is to do here.
  for (const method of ['info', 'warn'] as const) vi.spyOn(console, method).mockReturnValue();
  for (const part of parts) bases.set(part.slug, await startJudge(part));
  const reroute = (slug: string, url: string): string => {
    const part = parts.find((each) => each.slug === slug);
    const origin = part?.origins.find((each) => url.startsWith(each));
    return origin === undefined ? url : url.replace(origin, bases.get(slug)!);
  };
  test = await createTestApp({ reroute });
  http = await startTestHttp(test.app);
  works = await test.createOrganization('Works');
});
afterAll(async () => {
  await http?.close();
  await test?.close();
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

async function startJudge({ slug, issuer, routes }: Part): Promise<string> {
  const auth = findProvider(slug)!.auth.find((each) => each.type === 'oauth2')!;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: ['http://trunkline.test/api/integrations/oauth/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method:
          auth.tokenAuthMethod === 'basic' ? 'client_secret_basic' : 'client_secret_post',
      },
    ],
    routes,
    scopes: auth.scopes.map(({ scope }) => scope),
    claims: { openid: ['sub'], email: ['email'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, email, name: 'John' }),
    }),
    pkce: { required: () => true },
    issueRefreshToken: () => Promise.resolve(true),
    rotateRefreshToken: true,
    features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
    cookies: { keys: ['for tests'] },
    ttl: {
      AccessToken: 3600,
      RefreshToken: 86_400,
      Grant: 86_400,
      Session: 3600,
      Interaction: 600,
      IdToken: 600,
    },
  });
  const complain = (_context: unknown, error: Error): void =>
    void complaints.push(`${slug}: ${error.message}`);
  provider.on('authorization.error', complain);
  provider.on('grant.error', complain);
  provider.on('revocation.error', complain);
  provider.on('server_error', complain);
  const handle = provider.callback();
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A person who signs in at the judge and agrees; gives the address that they are sent back to. */
async function agree(address: string): Promise<string> {
  const cookies = new Map<string, string>();
  const base = new URL(address).origin;
  let [url, form] = [address, null as URLSearchParams | null];
  for (let step = 0; step < 12; step += 1) {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === null ? {} : { method: 'POST', body: form }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = answer.headers.get('location');
    if (location !== null) {
      const target = new URL(location, url);
      if (target.hostname === 'trunkline.test') return target.href;
      [url, form] = [`${base}${target.pathname}${target.search}`, null];
      continue;
    }
    const page = await answer.text();
    const action = /<form[^>]+action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
    if (action === undefined || prompt === undefined)
      throw new Error(`no way on: ${page.replaceAll(/<[^>]*>|\s+/g, ' ').slice(-400)}`);
    const { pathname } = new URL(action, base);
    [url, form] = [`${base}${pathname}`, new URLSearchParams({ prompt, login: 'john', password: 'any' })];
  }
  throw new Error('the judge goes round in circles');
}

async function pending(slug: string): Promise<string> {
  if (slug === 'google-calendar') {
    await storeApp(test.app, works.id, slug, client);
    return pendingIntegration(test.app, works.id, slug);
  }
  return pendingIntegration(test.app, works.id, slug, {
    plain: { domain: 'acme.okta.com', clientId: client.clientId },
    secrets: { clientSecret: client.clientSecret },
  });
}

describe.each(parts.map(({ slug }) => slug))('a certified server in the place of %s', (slug) => {
  it('is content from the first sign-in to the last renewal', async () => {
    complaints.length = 0;
    const integrationId = await pending(slug);
    const headers = await signInOnce(http, works.people.system_admin);
    const begun = await http.call('POST', `/api/v1/integrations/${integrationId}/connect`, {
      headers,
      body: {},
    });
    const { authorizationUrl, attemptId } = begun.json as { authorizationUrl: string; attemptId: string };
    const back = new URL(await agree(authorizationUrl));
    expect(back.searchParams.get('iss')).toBe(parts.find((part) => part.slug === slug)!.issuer);
    await http.call('GET', `${back.pathname}${back.search}`, { headers });
    const attempt = await http.call('GET', `/api/v1/oauth-attempts/${attemptId}`, { headers });
    expect(attempt.json).toMatchObject({ state: 'succeeded', account: email, missingScopes: [] });

    const first = await freshToken(test.app, works.id, integrationId);
    const second = await freshToken(test.app, works.id, integrationId, { refused: first.accessToken });
    const third = await freshToken(test.app, works.id, integrationId, { refused: second.accessToken });
    expect(new Set([first, second, third].map(({ accessToken }) => accessToken)).size).toBe(3);
    expect(third.expiresAt!.getTime()).toBe(test.time.now + 3_600_000);
    expect(complaints).toEqual([]);
  });
});

it('is told that it is over by the standard', async () => {
  complaints.length = 0;
  const integrationId = await pending('okta');
  const headers = await signInOnce(http, works.people.system_admin);
  const begun = await http.call('POST', `/api/v1/integrations/${integrationId}/connect`, {
    headers,
    body: {},
  });
  const back = new URL(await agree((begun.json as { authorizationUrl: string }).authorizationUrl));
  await http.call('GET', `${back.pathname}${back.search}`, { headers });
  const { accessToken } = await freshToken(test.app, works.id, integrationId);
  const userinfo = () =>
    fetch(`${bases.get('okta')}/oauth2/v1/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
  expect((await userinfo()).status).toBe(200);
  const outcome = await disconnectOAuth(test.as('system_admin', works), { integrationId });
  expect(outcome.revoked).toBe(true);
  expect((await userinfo()).status).toBe(401);
  expect(complaints).toEqual([]);
});
