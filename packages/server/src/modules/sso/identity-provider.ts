import * as oauth from 'oauth4webapi';
import type { App } from '../../ctx.ts';
import { EgressError } from '../../lib/egress/errors.ts';

const timeoutMs = 10_000;

/** What an identity provider says about itself. */
export type ProviderFacts = oauth.AuthorizationServer & {
  authorization_endpoint: string;
  token_endpoint: string;
  jwks_uri: string;
};

/** Why an identity provider cannot be used. The message is for people and holds nothing that it answered. */
export class ProviderProblem extends Error {
  override readonly name = 'ProviderProblem';
}

type ProviderApp = Pick<App, 'sender'>;

/**
 * Reads what an identity provider says about itself (OpenID Connect Discovery), through the guard of outgoing requests.
 *
 * @throws ProviderProblem
 */
export async function discover(app: ProviderApp, issuer: string): Promise<ProviderFacts> {
  const facts = await told(async () => {
    const url = new URL(issuer);
    const response = await oauth.discoveryRequest(url, transport(app, issuer));
    return oauth.processDiscoveryResponse(url, response);
  });
  const { authorization_endpoint, token_endpoint, jwks_uri } = facts;
  if (!authorization_endpoint || !token_endpoint || !jwks_uri) {
    throw new ProviderProblem('It does not say where to sign in, to get tokens, or to find its keys.');
  }
  return { ...facts, authorization_endpoint, token_endpoint, jwks_uri };
}

/** Where a person is sent to sign in. */
export function authorizationUrl(
  facts: ProviderFacts,
  request: {
    clientId: string;
    redirectUri: string;
    state: string;
    nonce: string;
    challenge: string;
    loginHint: string | null;
    /** The provider is to ask for the password again, whatever session it has. */
    anew: boolean;
  },
): string {
  const url = new URL(facts.authorization_endpoint);
  const parameters = {
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    response_type: 'code',
    scope: 'openid email profile',
    state: request.state,
    nonce: request.nonce,
    code_challenge: request.challenge,
    code_challenge_method: 'S256',
    ...(request.loginHint === null ? {} : { login_hint: request.loginHint }),
    ...(request.anew ? { prompt: 'login', max_age: '0' } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** Whom the identity provider has signed in. */
export interface Claims {
  subject: string;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
  /** When they last entered their password there, seconds since the epoch. */
  authenticatedAt: number | null;
}

/**
 * Exchanges the answer that a browser has brought for claims about a person. Issuer, audience, nonce, expiry and
 * signature of the id_token are checked; `state` is the caller's.
 *
 * @throws ProviderProblem
 */
export async function exchange(
  app: ProviderApp,
  facts: ProviderFacts,
  input: {
    issuer: string;
    clientId: string;
    clientSecret: string;
    redirectUri: string;
    parameters: URLSearchParams;
    state: string;
    nonce: string;
    verifier: string;
  },
): Promise<Claims> {
  const client: oauth.Client = { client_id: input.clientId };
  const options = transport(app, input.issuer);
  return told(async () => {
    const checked = oauth.validateAuthResponse(facts, client, input.parameters, input.state);
    const response = await oauth.authorizationCodeGrantRequest(
      facts,
      client,
      authentication(facts, input.clientSecret),
      checked,
      input.redirectUri,
      input.verifier,
      options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(facts, client, response, {
      expectedNonce: input.nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(facts, response, options);
    const idToken = oauth.getValidatedIdTokenClaims(tokens)!;
    const more =
      idToken['email'] === undefined && facts.userinfo_endpoint !== undefined
        ? await userInfo(facts, client, tokens.access_token, idToken.sub, options)
        : {};
    const text = (name: string): string | null => {
      const value = idToken[name] ?? more[name];
      return typeof value === 'string' ? value : null;
    };
    return {
      subject: idToken.sub,
      email: text('email')?.trim().toLowerCase() ?? null,
      emailVerified: (idToken['email_verified'] ?? more['email_verified']) === true,
      name: text('name'),
      authenticatedAt: idToken.auth_time ?? null,
    };
  });
}

async function userInfo(
  facts: ProviderFacts,
  client: oauth.Client,
  accessToken: string,
  subject: string,
  options: ReturnType<typeof transport>,
): Promise<Record<string, unknown>> {
  const response = await oauth.userInfoRequest(facts, client, accessToken, options);
  return { ...(await oauth.processUserInfoResponse(facts, client, subject, response)) };
}

function authentication(facts: ProviderFacts, secret: string): oauth.ClientAuth {
  const methods = facts.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic')
    ? oauth.ClientSecretBasic(secret)
    : oauth.ClientSecretPost(secret);
}

/** The library's requests go through the guard. Plain HTTP is for addresses that the operator has allowed anyway. */
function transport(app: ProviderApp, issuer: string) {
  return {
    [oauth.allowInsecureRequests]: issuer.startsWith('http:'),
    [oauth.customFetch]: async (
      url: string,
      request: { method: string; headers: Record<string, string>; body?: unknown },
    ): Promise<Response> => {
      const answer = await app.sender.send({
        url,
        method: request.method,
        headers: request.headers,
        body: request.body instanceof URLSearchParams ? request.body.toString() : null,
        timeoutMs,
      });
      const isEmpty = answer.status === 204 || answer.status === 304;
      const headers = { 'content-type': answer.headers['content-type'] ?? '' };
      return new Response(isEmpty ? null : answer.body, { status: Math.max(answer.status, 200), headers });
    },
  };
}

const words: Record<string, string> = {
  OAUTH_RESPONSE_IS_NOT_CONFORM: 'Its answer is not what OpenID Connect asks for.',
  OAUTH_RESPONSE_BODY_ERROR: 'It refused the request. Check client id and client secret.',
  OAUTH_AUTHORIZATION_RESPONSE_ERROR: 'It refused to sign the person in.',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'It names itself otherwise than the issuer that was entered.',
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'Its id_token is not for this sign-in.',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'Its id_token is too old, or one of the clocks is wrong.',
  OAUTH_INVALID_RESPONSE: 'Its answer does not belong to this sign-in, or is not well formed.',
  OAUTH_HTTP_REQUEST_FORBIDDEN: 'It wants requests without TLS.',
};

/** The library's errors carry the answer, which holds tokens; only words of ours go on. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProviderProblem) throw error;
    if (error instanceof EgressError) throw new ProviderProblem(error.message);
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new ProviderProblem(words[code] ?? 'Its answer could not be used.');
  }
}
