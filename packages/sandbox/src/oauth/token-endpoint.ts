import type { SandboxReply } from '../exchange.ts';
import { samePlace } from './address.ts';
import { authenticate } from './clients.ts';
import type { OAuthClient } from './clients.ts';
import type { Grant } from './grants.ts';
import { idTokenOf } from './openid.ts';
import { needed, programParameters } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { checkVerifier } from './pkce.ts';
import { json, Refusal } from './refusal.ts';
import { readScopes } from './scopes.ts';
import type { Call, GrantType, Issued, ProviderSide } from './side.ts';

/**
 * The token endpoint (RFC 6749, sections 4.1.3, 4.4.2 and 6).
 *
 * @throws Refusal by name
 */
export function tokenEndpoint(call: Call): SandboxReply {
  const { side, request } = call;
  const { commanded, definition, flavour } = side;
  if (request.method !== 'POST') throw new Refusal('malformed', { status: 405, headers: { allow: 'POST' } });
  const parameters = programParameters(request);
  const failure = commanded.nextError;
  if (failure !== null) {
    commanded.nextError = null;
    throw new Refusal('commanded', { error: failure });
  }
  const client = authenticate(side.clients, definition.tokenAuthMethod, request, parameters);
  const refused = flavour.checkToken?.(parameters);
  if (refused) throw refused;
  const issued = exchange(call, client, parameters);
  side.journal.note('token', 'ok', {
    clientId: client.clientId,
    grantType: issued.grantType,
    scopes: issued.scopes,
    account: issued.grant.account?.email ?? null,
  });
  const answer = flavour.answer?.(standardAnswer(issued), issued) ?? standardAnswer(issued);
  const reply = flavour.encode?.(answer, request) ?? json(200, answer);
  if (!commanded.loseNextAnswer) return reply;
  commanded.loseNextAnswer = false;
  return { ...reply, drop: 'after' };
}

function exchange(call: Call, client: OAuthClient, parameters: Parameters): Issued {
  const { authorizationUrl, clientCredentials } = call.side.definition;
  const type = needed(parameters, 'grant_type');
  switch (type) {
    case 'authorization_code':
      if (authorizationUrl === null) throw new Refusal('grant_not_allowed');
      return exchangeCode(call, client, parameters);
    case 'refresh_token':
      if (authorizationUrl === null) throw new Refusal('grant_not_allowed');
      return refresh(call, client, parameters);
    case 'client_credentials':
      if (!clientCredentials) throw new Refusal('grant_not_allowed');
      return forItself(call, client, parameters);
    default:
      throw new Refusal('unsupported_grant');
  }
}

function exchangeCode({ side, place }: Call, client: OAuthClient, parameters: Parameters): Issued {
  const { grants, journal, definition, flavour } = side;
  const code = grants.findCode(needed(parameters, 'code'));
  if (!code) throw new Refusal('code_unknown');
  const { grant } = code;
  if (grant.client !== client) throw new Refusal('code_of_other_client');
  if (code.used) {
    if (!grant.revoked) journal.counters.reuseDetected += 1;
    grant.revoked = true;
    throw new Refusal('code_reused');
  }
  if (grant.revoked || code.expiresAt <= side.clock()) throw new Refusal('code_expired');
  if (!samePlace(grant.place, place)) throw new Refusal('code_of_other_place');
  if (needed(parameters, 'redirect_uri') !== code.redirectUri) throw new Refusal('redirect_mismatch');
  checkVerifier(code.challenge, parameters.get('code_verifier'));
  code.used = true;
  journal.counters.codeExchanges += 1;
  const asked = flavour.refreshTokenOnRequest?.(parameters) ?? true;
  return issue(side, 'authorization_code', grant, parameters, {
    ttlSeconds: asked ? lifeOf(side) : null,
    refreshToken:
      definition.refreshable && code.withRefreshToken && asked ? grants.issueRefresh(grant) : null,
  });
}

function refresh({ side, place }: Call, client: OAuthClient, parameters: Parameters): Issued {
  const { grants, journal, definition, flavour } = side;
  const token = grants.findRefresh(needed(parameters, 'refresh_token'));
  if (!token) throw new Refusal('refresh_unknown');
  const { grant } = token;
  if (grant.client !== client) throw new Refusal('refresh_of_other_client');
  if (grant.revoked) throw new Refusal('refresh_revoked');
  if (token.used) {
    journal.counters.reuseDetected += 1;
    grant.revoked = true;
    throw new Refusal('refresh_reused');
  }
  if (!samePlace(grant.place, place)) throw new Refusal('refresh_of_other_place');
  const scopes = readScopes(parameters.get('scope'), definition.scopeSeparator);
  if (scopes.some((scope) => !grant.scopes.includes(scope))) throw new Refusal('scope_exceeded');
  journal.counters.refreshes += 1;
  if (flavour.refreshEndsAccess) grants.endAccessOf(grant);
  const rotates = definition.rotates ?? true;
  token.used = rotates;
  return issue(side, 'refresh_token', grant, parameters, {
    scopes: scopes.length > 0 ? scopes : grant.scopes,
    ttlSeconds: lifeOf(side),
    refreshToken: rotates ? grants.issueRefresh(grant) : null,
  });
}

function forItself({ side, place }: Call, client: OAuthClient, parameters: Parameters): Issued {
  const { scopes: known, ttlSeconds } = side.definition.clientCredentials!;
  const words = known.map(({ scope }) => scope);
  const asked = readScopes(parameters.get('scope'), side.definition.scopeSeparator);
  if (asked.some((scope) => !words.includes(scope))) throw new Refusal('scope_unknown');
  const scopes = asked.length > 0 ? asked : words;
  const grant: Grant = { client, account: null, scopes, place, nonce: null, revoked: false };
  side.journal.counters.clientCredentials += 1;
  const { ttlSeconds: commanded } = side.commanded;
  return issue(side, 'client_credentials', grant, parameters, {
    ttlSeconds: commanded === undefined ? ttlSeconds : commanded,
    refreshToken: null,
  });
}

function lifeOf({ commanded, definition }: ProviderSide): number | null {
  return commanded.ttlSeconds === undefined ? definition.ttlSeconds : commanded.ttlSeconds;
}

function issue(
  side: ProviderSide,
  grantType: GrantType,
  grant: Grant,
  parameters: Parameters,
  more: { scopes?: readonly string[]; ttlSeconds: number | null; refreshToken: string | null },
): Issued {
  const scopes = more.scopes ?? grant.scopes;
  const { ttlSeconds: expiresIn, refreshToken } = more;
  const accessToken = side.grants.issueAccess(grant, scopes, expiresIn);
  return { side, grantType, grant, scopes, accessToken, refreshToken, expiresIn, parameters };
}

/** RFC 6749, section 5.1. */
function standardAnswer(issued: Issued): Record<string, unknown> {
  const { side, scopes, accessToken, refreshToken, expiresIn } = issued;
  const { openid } = side.flavour;
  const { account } = issued.grant;
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    ...(expiresIn === null ? {} : { expires_in: expiresIn }),
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(side.definition.scopeSeparator) }),
    ...(openid && account && scopes.includes('openid')
      ? { id_token: idTokenOf(openid, account, issued) }
      : {}),
  };
}
