import { createHash } from 'node:crypto';
import type { SandboxOAuth2, SandboxProvider } from '@trunkline/sandbox/definition';
import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { fill } from '@trunkline/sandbox/template';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProvider } from '../providers/all-providers.ts';
import type { OAuth2Auth } from '../providers/provider.ts';
import { sandboxDefinitions } from './sandbox-definitions.ts';

/* Tokens that the simulated authorization servers give are good for the simulated APIs, and for nothing after they end. */

const definitions = sandboxDefinitions();
const redirectUri = 'http://127.0.0.1:3000/api/integrations/oauth/callback';
const verifier = 'v'.repeat(64);
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ providers: definitions, countLimits: false });
});
afterAll(() => sandbox.close());

const ways = definitions.flatMap((definition) =>
  definition.auth
    .filter((auth) => auth.type === 'oauth2')
    .map((auth) => [`${definition.slug} by ${auth.grant}`, definition, auth] as const),
);

/** What differs from the standard, and is said in the documents of the provider. */
const extra: Record<string, (values: Readonly<Record<string, string>>) => Record<string, string>> = {
  auth0: ({ audience }) => ({ audience: audience! }),
};

async function connect(
  definition: SandboxProvider,
  auth: SandboxOAuth2,
): Promise<{ access: string; status: number }> {
  const { slug } = definition;
  const { values } = sandbox.account(slug);
  const scope = auth.scopes.map((each) => each.scope).join(auth.scopeSeparator);
  const code = auth.authorizationUrl === null ? null : await authorize(slug, auth, values, scope);
  const usesPkce = auth.pkce !== false;
  const parameters = new URLSearchParams({
    ...(code === null
      ? { grant_type: 'client_credentials', scope }
      : { grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
    ...(code !== null && usesPkce ? { code_verifier: verifier } : {}),
    ...(auth.tokenAuthMethod === 'post'
      ? { client_id: values['clientId']!, client_secret: values['clientSecret']! }
      : {}),
    ...extra[slug]?.(values),
  });
  const basic = [values['clientId']!, values['clientSecret']!].map(encodeURIComponent).join(':');
  const response = await fetch(sandbox.reroute(slug, fill(auth.tokenUrl, values)), {
    method: 'POST',
    body: parameters,
    headers: {
      accept: 'application/json',
      ...(auth.tokenAuthMethod === 'basic'
        ? { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }
        : {}),
    },
  });
  const answer = (await response.json()) as { access_token?: string };
  return { access: answer.access_token ?? '', status: response.status };
}

async function authorize(
  slug: string,
  auth: SandboxOAuth2,
  values: Readonly<Record<string, string>>,
  scope: string,
): Promise<string> {
  sandbox.oauth.allowRedirect(slug, redirectUri);
  sandbox.oauth.setDecision(slug, 'approve');
  const url = new URL(sandbox.reroute(slug, fill(auth.authorizationUrl!, values)));
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const own = findProvider(slug)!.auth.find((each) => each.type === 'oauth2' && each.grant === auth.grant);
  const parameters = {
    ...(own as OAuth2Auth).extraAuthorizeParams,
    response_type: 'code',
    client_id: values['clientId']!,
    redirect_uri: redirectUri,
    scope,
    state: 'state-of-the-test',
    ...(auth.pkce === false ? {} : { code_challenge: challenge, code_challenge_method: 'S256' }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const response = await fetch(url, { redirect: 'manual' });
  const location = new URL(response.headers.get('location') ?? `http://none/?status=${response.status}`);
  expect([location.origin + location.pathname, location.searchParams.get('state')]).toEqual([
    redirectUri,
    'state-of-the-test',
  ]);
  return location.searchParams.get('code')!;
}

async function callHealth(
  definition: SandboxProvider,
  auth: SandboxOAuth2,
  access: string,
): Promise<Response> {
  const { slug, baseUrl, health, settings } = definition;
  const values = { ...settings, ...sandbox.account(slug).values, accessToken: access };
  const url = fill(health!.path.startsWith('/') ? `${baseUrl}${health!.path}` : health!.path, values);
  const headers = Object.entries(auth.headers).map(([name, template]): [string, string] => [
    name,
    fill(template, values),
  ]);
  return fetch(sandbox.reroute(slug, url), { method: health!.method, headers });
}

const byPerson = ways.filter(
  ([, { health }, { grant }]) => health !== null && grant === 'authorization_code',
);
const byApp = ways.filter(([, { health }, { grant }]) => health !== null && grant === 'client_credentials');
/** Everything but an app's own key is a token that can end. */
const hasToken = (auth: SandboxOAuth2) =>
  Object.values(auth.headers).some((template) => template.includes('{accessToken}'));

it.each(ways)('%s gives a token', async (_, definition, auth) => {
  const { access, status } = await connect(definition, auth);
  expect([status, access.length > 10]).toEqual([200, true]);
});

describe.each([...byPerson, ...byApp])('a token of %s', (_, definition, auth) => {
  it('works until access is revoked', async () => {
    const { slug, simulate } = definition;
    const { access } = await connect(definition, auth);
    expect((await callHealth(definition, auth, access)).status).toBe(simulate!.healthy.status);
    sandbox.setCondition(slug, 'revoked');
    expect((await callHealth(definition, auth, access)).status).toBe(simulate!.revoked.status);
    sandbox.setCondition(slug, 'healthy');
    const body = await (await callHealth(definition, auth, access)).text();
    expect(body === simulate!.healthy.body).toBe(!hasToken(auth));
  });
});

it.each(byApp)('%s gives none while access is revoked', async (_, definition, auth) => {
  sandbox.setCondition(definition.slug, 'revoked');
  expect((await connect(definition, auth)).status).toBe(401);
  sandbox.setCondition(definition.slug, 'healthy');
});

it.each(byPerson)('%s takes somebody back who connects anew', async (_, definition, auth) => {
  const { slug, simulate } = definition;
  sandbox.setCondition(slug, 'revoked');
  const { access, status } = await connect(definition, auth);
  expect([status, sandbox.condition(slug)]).toEqual([200, 'healthy']);
  expect((await callHealth(definition, auth, access)).status).toBe(simulate!.healthy.status);
});
