import { createHmac, timingSafeEqual } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import type { App } from '../ctx.ts';
import { inSpan } from '../tracing/tracer.ts';
import { callSpan } from './call-span.ts';
import { fillText, fillUrl } from './fill-template.ts';
import type { OAuthConnection } from './oauth-connection.ts';
import { templateValues } from './provider-request.ts';
import { scopesOf, standardAnswer } from './token-answer.ts';
import type { TokenAnswer } from './token-answer.ts';

type TokenApp = Pick<App, 'sender' | 'reroute' | 'clock' | 'tracer' | 'span' | 'log'>;

/** A request to the token URL: what is asked and how long it may take in all, in milliseconds. */
interface TokenCall {
  app: TokenApp;
  connection: OAuthConnection;
  timeoutMs: number;
}

/** What the person's browser left with, which the code is bound to. */
export interface CodeBinding {
  redirectUri: string;
  /** Null where the provider takes no PKCE. */
  verifier: string | null;
  /** That the id_token must have; null where there is none to check. */
  nonce: string | null;
}

/**
 * Exchanges the code of a callback for tokens.
 *
 * @param parameters of the callback; `state` and {@link checkSender} are the caller's
 * @throws TokenRefusal, EgressError, TemplateError; AnswerError for one that is no token answer
 */
export async function exchangeCode(
  call: TokenCall,
  parameters: URLSearchParams,
  { redirectUri, verifier, nonce }: CodeBinding,
): Promise<TokenAnswer> {
  const { server, client, authenticate, options, askedAt } = prepare(call);
  const checked = checkCallback(call.connection, parameters);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authenticate,
    checked,
    redirectUri,
    verifier ?? oauth.nopkce,
    options,
  );
  return answerOf(call, askedAt, () =>
    oauth.processAuthorizationCodeResponse(
      server,
      client,
      response,
      nonce === null ? {} : { expectedNonce: nonce },
    ),
  );
}

/**
 * Renews by a refresh token.
 *
 * @throws as {@link exchangeCode}
 */
export async function renewByRefreshToken(call: TokenCall, refreshToken: string): Promise<TokenAnswer> {
  const { server, client, authenticate, options, askedAt } = prepare(call);
  const response = await oauth.refreshTokenGrantRequest(server, client, authenticate, refreshToken, options);
  return answerOf(call, askedAt, () => oauth.processRefreshTokenResponse(server, client, response));
}

/**
 * Gets a token for the client itself, without a person.
 *
 * @throws as {@link exchangeCode}
 */
export async function requestClientToken(call: TokenCall): Promise<TokenAnswer> {
  const { server, client, authenticate, options, askedAt } = prepare(call);
  const { scopes, scopeSeparator } = call.connection.auth;
  const scope = scopes.filter(({ required }) => required).map((each) => each.scope);
  const parameters = new URLSearchParams(options.additionalParameters);
  if (scope.length > 0) parameters.set('scope', scope.join(scopeSeparator));
  const response = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    authenticate,
    parameters,
    options,
  );
  return answerOf(call, askedAt, () => oauth.processClientCredentialsResponse(server, client, response));
}

/**
 * Ends a token as RFC 7009 says. Resolves when the provider confirmed.
 *
 * @throws EgressError, or Error when it refused
 */
export async function revokeByStandard(
  call: TokenCall,
  token: string,
  hint: 'refresh_token' | 'access_token',
): Promise<void> {
  const { server, client, authenticate } = prepare(call);
  const response = await oauth.revocationRequest(server, client, authenticate, token, {
    [oauth.customFetch]: guardedFetch(call, plainResponse),
    additionalParameters: { token_type_hint: hint },
  });
  await oauth.processRevocationResponse(response);
}

/** The callback came from another provider than the one that was asked, or is not well formed. */
export class CallbackError extends Error {
  override readonly name = 'CallbackError';
}

/**
 * Checks who sent a callback, as far as the provider lets one: the issuer that it names (RFC 9207), and its signature.
 *
 * @throws CallbackError
 */
export function checkSender({ auth, values }: OAuthConnection, parameters: URLSearchParams): void {
  const issuer = parameters.get('iss');
  if (auth.issuer !== undefined && (issuer !== null || auth.sendsIssuer)) {
    if (issuer !== fillUrl(auth.issuer, values)) throw new CallbackError('unexpected issuer');
  }
  if (auth.callbackHmac !== undefined)
    checkSignature(auth.callbackHmac, parameters, values['clientSecret'] ?? '');
}

function checkSignature(name: string, parameters: URLSearchParams, secret: string): void {
  const signed = new URLSearchParams(parameters);
  signed.delete(name);
  signed.sort();
  const text = [...signed].map(([key, value]) => `${key}=${value}`).join('&');
  const expected = createHmac('sha256', secret).update(text).digest();
  const given = Buffer.from(parameters.get(name) ?? '', 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new CallbackError('wrong signature');
  }
}

/** What the library wants to be told, once it is known who sent it and that the state was ours. */
function checkCallback(connection: OAuthConnection, parameters: URLSearchParams): URLSearchParams {
  const bare = new URLSearchParams(parameters);
  bare.delete('iss');
  const { server, client } = partiesOf(connection);
  return oauth.validateAuthResponse(server, client, bare, oauth.skipStateCheck);
}

function partiesOf({ auth, values }: OAuthConnection): {
  server: oauth.AuthorizationServer;
  client: oauth.Client;
} {
  const token = fillUrl(auth.tokenUrl, values);
  const issuer = auth.issuer === undefined ? new URL(token).origin : fillUrl(auth.issuer, values);
  const revoke = auth.revokeUrl === null ? {} : { revocation_endpoint: fillUrl(auth.revokeUrl, values) };
  return {
    server: { issuer, token_endpoint: token, ...revoke },
    client: { client_id: values['clientId'] ?? '' },
  };
}

function prepare(call: TokenCall) {
  const { app, connection } = call;
  const { auth, values } = connection;
  const secret = values['clientSecret'] ?? '';
  const authenticate: oauth.ClientAuth =
    auth.tokenAuthMethod === 'post' ? oauth.ClientSecretPost(secret) : basicAuthentication(secret);
  const filled = templateValues(connection, null);
  const additionalParameters = Object.fromEntries(
    Object.entries(auth.tokenParams ?? {}).flatMap(([name, template]) => {
      const value = fillText(template, filled);
      return value === null ? [] : [[name, value]];
    }),
  );
  return {
    ...partiesOf(connection),
    askedAt: app.clock(),
    authenticate,
    options: {
      [oauth.customFetch]: guardedFetch(call, (status, body) => tokenResponse(auth, status, body)),
      additionalParameters,
    },
  };
}

/**
 * HTTP basic authentication of a client (RFC 6749, 2.3.1). Letters, digits and `*-._` stay as they are, as forms have
 * them: some providers do not decode, and read those rightly all the same.
 */
function basicAuthentication(secret: string): oauth.ClientAuth {
  const encode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);
  return (_server, client, _body, headers) => {
    const pair = `${encode(client.client_id)}:${encode(secret)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  };
}

/** Sends what the OAuth library asks for through the guard, and to where the provider really is. */
function guardedFetch(
  { app, connection, timeoutMs }: TokenCall,
  read: (status: number, body: string) => Response,
): (
  url: string,
  options: { method: string; headers: Record<string, string>; body?: unknown },
) => Promise<Response> {
  return async (url, { method, headers, body }) => {
    const answer = await inSpan(app, callSpan(connection, { method, url }), async (_app, span) => {
      const result = await app.sender.send({
        url: app.reroute(connection.provider.slug, url),
        method,
        headers,
        body: body instanceof URLSearchParams ? body.toString() : null,
        timeoutMs,
      });
      span?.set({ 'http.response.status_code': result.status });
      if (result.status >= 400) span?.fail(String(result.status));
      return result;
    });
    return read(answer.status, answer.body);
  };
}

function tokenResponse(auth: OAuthConnection['auth'], status: number, body: string): Response {
  return Response.json(standardAnswer(auth, status, body));
}

function plainResponse(status: number, body: string): Response {
  return new Response(status === 204 || status === 304 ? null : body, { status: Math.max(status, 200) });
}

/** What came back is no token answer. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

async function answerOf(
  { connection: { auth } }: TokenCall,
  askedAt: number,
  process: () => Promise<oauth.TokenEndpointResponse>,
): Promise<TokenAnswer> {
  let body: oauth.TokenEndpointResponse;
  try {
    body = await process();
  } catch (error) {
    // The library's errors carry the answer, which holds tokens; only their code goes on.
    throw new AnswerError((error as { code?: string }).code ?? 'not a token answer');
  }
  // A usual life is a guess; it helps only where the token can be renewed ahead of it.
  const renewable = body.refresh_token !== undefined || auth.grant === 'client_credentials';
  const seconds = body.expires_in ?? (renewable ? auth.accessTokenTtlSeconds : null);
  const idToken = typeof body.id_token === 'string' ? body.id_token : null;
  return {
    accessToken: body.access_token,
    refreshToken: body.refresh_token ?? null,
    idToken,
    expiresAt: seconds === null ? null : new Date(askedAt + seconds * 1000),
    scopes: scopesOf(body.scope),
    claims: idToken === null ? null : { ...oauth.getValidatedIdTokenClaims(body) },
    body,
  };
}
