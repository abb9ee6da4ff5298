import type { App } from '../../ctx.ts';
import { requireSafeAddress } from '../../connections/check-address.ts';
import { fieldError } from '../../errors.ts';
import { EgressError } from '../../lib/egress/errors.ts';

const pointer = '/definition/discoveryUrl';
const wellKnown = '/.well-known/openid-configuration';
const timeoutMs = 10_000;

/** What an OpenID provider says of itself, as far as it is used. */
export interface DiscoveredEndpoints {
  authorizationUrl: string | null;
  tokenUrl: string | null;
  revokeUrl: string | null;
  userinfoUrl: string | null;
  /** Null: it does not say. */
  pkce: boolean | null;
  clientAuth: 'basic' | 'post';
}

/**
 * Reads the discovery document of an OpenID provider (OpenID Connect Discovery 1.0, RFC 8414) through the egress guard.
 * Its issuer must be the one that it was asked at, and every address in it passes the same check as one that is typed.
 *
 * @param url the issuer, or the address of the document
 * @throws AppError `invalid_input`
 */
export async function discoverEndpoints(
  app: Pick<App, 'sender' | 'reroute' | 'egressAllow'>,
  slug: string,
  url: string,
): Promise<DiscoveredEndpoints> {
  const issuer = withoutSlash(url.endsWith(wellKnown) ? url.slice(0, -wellKnown.length) : url);
  const found = await readDocument(app, slug, issuer + wellKnown);
  if (typeof found['issuer'] !== 'string' || withoutSlash(found['issuer']) !== issuer) {
    throw refused('It names another issuer than the one that was asked.');
  }
  const address = async (key: string): Promise<string | null> => {
    const value = found[key];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string' || value.length > 2_048 || /[{}]/.test(value)) {
      throw refused(`Its ${key} is not an address.`);
    }
    return (await requireSafeAddress(app, value, pointer)).href;
  };
  const challenges = textsOf(found['code_challenge_methods_supported']);
  const methods = textsOf(found['token_endpoint_auth_methods_supported']);
  return {
    authorizationUrl: await address('authorization_endpoint'),
    tokenUrl: await address('token_endpoint'),
    revokeUrl: await address('revocation_endpoint'),
    userinfoUrl: await address('userinfo_endpoint'),
    pkce: challenges?.includes('S256') ? true : null,
    // Without a word about it, the standard means `client_secret_basic`.
    clientAuth:
      methods?.includes('client_secret_post') && !methods.includes('client_secret_basic') ? 'post' : 'basic',
  };
}

async function readDocument(
  app: Pick<App, 'sender' | 'reroute'>,
  slug: string,
  url: string,
): Promise<Record<string, unknown>> {
  try {
    const answer = await app.sender.send({
      method: 'GET',
      url: app.reroute(slug, url),
      headers: { accept: 'application/json' },
      body: null,
      timeoutMs,
    });
    if (answer.status !== 200) throw refused(`The server answers ${answer.status}.`);
    if (answer.bodyTruncated) throw refused('It is too large.');
    const document: unknown = JSON.parse(answer.body);
    if (typeof document === 'object' && document !== null) return document as Record<string, unknown>;
  } catch (error) {
    if (error instanceof EgressError) throw refused(error.message);
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw refused('It is not a JSON object.');
}

function textsOf(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function refused(why: string) {
  return fieldError(
    'invalid_input',
    pointer,
    `The discovery document cannot be used. ${why} Check the address, or give the addresses one by one.`,
  );
}
