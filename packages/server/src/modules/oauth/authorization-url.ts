import { createHash } from 'node:crypto';
import type { App } from '../../ctx.ts';
import { AppError } from '../../errors.ts';
import { TemplateError, fillText, fillUrl } from '../../connections/fill-template.ts';
import type { OAuthConnection } from '../../connections/oauth-connection.ts';
import { templateValues } from '../../connections/provider-request.ts';
import type { SecretPlace } from '../../lib/secret-box.ts';

/** What one browser goes to the provider with. */
export interface Departure {
  /** Travels through the browser; only its hash is stored. */
  state: string;
  stateHash: Buffer;
  /** Null where the provider takes no PKCE. */
  verifier: string | null;
}

/** Random texts of 256 bits, and the hashes that are stored of them. */
export const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();
export const secretText = (app: Pick<App, 'randomBytes'>): string =>
  app.randomBytes(32).toString('base64url');

/** A new state, and a verifier unless the provider refuses PKCE (RFC 9700, 2.1.1). */
export function newDeparture(app: Pick<App, 'randomBytes'>, { auth }: OAuthConnection): Departure {
  const state = secretText(app);
  return { state, stateHash: hashOf(state), verifier: auth.pkce === false ? null : secretText(app) };
}

/**
 * What ties an id_token to one attempt (OpenID Connect Core, 3.1.2.1). It is made of what only this server keeps of the
 * attempt, so that nothing more is stored. Null where no id_token is asked for, or none could be checked.
 */
export function nonceFor(
  { auth }: Pick<OAuthConnection, 'auth'>,
  { state, verifier }: Pick<Departure, 'state' | 'verifier'>,
  scopes: readonly string[],
): string | null {
  if (auth.issuer === undefined || !scopes.includes('openid')) return null;
  return hashOf(`nonce ${verifier ?? state}`).toString('base64url');
}

/** Where the box of a verifier belongs. */
export function verifierPlace(organizationId: string, attemptId: string): SecretPlace {
  return { organizationId, table: 'oauth_attempts', row: attemptId, column: 'verifier_box' };
}

/**
 * The address at the provider where the person is asked for consent.
 *
 * @throws AppError `invalid_input` when a value of the integration does not fit
 */
export function authorizationUrl(
  app: Pick<App, 'reroute'>,
  connection: OAuthConnection,
  { state, verifier }: Departure,
  redirectUri: string,
  scopes: readonly string[],
): string {
  const { auth, provider } = connection;
  const values = templateValues(connection, null);
  const url = new URL(filledUrl(auth.authorizationUrl ?? '', values));
  for (const [name, template] of Object.entries(auth.extraAuthorizeParams)) {
    const value = fillText(template, values);
    if (value !== null) url.searchParams.set(name, value);
  }
  const parameters = url.searchParams;
  parameters.set('response_type', 'code');
  parameters.set('client_id', values['clientId'] ?? '');
  parameters.set('redirect_uri', redirectUri);
  if (scopes.length > 0) parameters.set('scope', scopes.join(auth.scopeSeparator));
  parameters.set('state', state);
  const nonce = nonceFor(connection, { state, verifier }, scopes);
  if (nonce !== null) parameters.set('nonce', nonce);
  if (verifier !== null) {
    parameters.set('code_challenge', hashOf(verifier).toString('base64url'));
    parameters.set('code_challenge_method', 'S256');
  }
  return app.reroute(provider.slug, url.href);
}

function filledUrl(template: string, values: Readonly<Record<string, string>>): string {
  try {
    return fillUrl(template, values);
  } catch (error) {
    if (error instanceof TemplateError) throw new AppError('invalid_input', error.message);
    throw error;
  }
}
