import { createHash } from 'node:crypto';
import type { SandboxReply } from '../exchange.ts';
import { fill } from '../template.ts';
import type { SampleAccount } from './accounts.ts';
import { bearerToken } from './bearer.ts';
import { json, Refusal } from './refusal.ts';
import type { Call, Endpoint, Issued, OpenId } from './side.ts';

/** The ID token that goes with an access token (OpenID Connect Core, section 2). */
export function idTokenOf(openid: OpenId, account: SampleAccount, issued: Issued): string {
  const { side, grant, accessToken, scopes } = issued;
  const now = Math.floor(side.clock() / 1000);
  return side.signer.sign({
    iss: fill(openid.issuer, grant.place),
    aud: grant.client.clientId,
    azp: grant.client.clientId,
    iat: now,
    exp: now + 3600,
    at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
    ...(grant.nonce === null ? {} : { nonce: grant.nonce }),
    ...claimsOf(openid, account, scopes),
    ...openid.claims?.(account, grant.place),
  });
}

/** The endpoints that OpenID Connect adds. */
export function openIdEndpoints(openid: OpenId): readonly Endpoint[] {
  return [
    { url: openid.userInfoUrl, handle: (call) => userInfo(openid, call) },
    { url: openid.jwksUrl, handle: ({ side }) => json(200, side.signer.keys()) },
    { url: openid.discoveryUrl, handle: (call) => json(200, metadata(openid, call)) },
  ];
}

function userInfo(openid: OpenId, call: Call): SandboxReply {
  const token = bearerToken(call);
  const { account } = token.grant;
  const aboutPerson =
    token.scopes.includes('openid') || allows(token.scopes, 'email') || allows(token.scopes, 'profile');
  if (!account || !aboutPerson) throw new Refusal('scope_insufficient');
  return json(200, claimsOf(openid, account, token.scopes));
}

/** Names the account of a token, where a provider does so without OpenID Connect. */
export function accountEndpoint(call: Call): SandboxReply {
  const { account } = bearerToken(call).grant;
  if (!account) throw new Refusal('scope_insufficient');
  return json(200, { id: account.id, name: account.name, email: account.email });
}

function claimsOf(openid: OpenId, account: SampleAccount, scopes: readonly string[]) {
  return {
    sub: openid.subject(account),
    ...(allows(scopes, 'email') ? { email: account.email, email_verified: true } : {}),
    ...(allows(scopes, 'profile')
      ? { name: account.name, given_name: account.givenName, family_name: account.familyName }
      : {}),
  };
}

/** Google has a long name for these, too. */
const allows = (scopes: readonly string[], word: 'email' | 'profile') =>
  scopes.some((scope) => scope === word || scope.endsWith(`/userinfo.${word}`));

/** OpenID Connect Discovery, and RFC 8414. */
function metadata(openid: OpenId, { side, place }: Call): Record<string, unknown> {
  const { definition, flavour } = side;
  const at = (url: string | null) => (url === null ? undefined : fill(url, place));
  return {
    issuer: at(openid.issuer),
    authorization_endpoint: at(definition.authorizationUrl),
    token_endpoint: at(definition.tokenUrl),
    revocation_endpoint: at(definition.revokeUrl),
    userinfo_endpoint: at(openid.userInfoUrl),
    jwks_uri: at(openid.jwksUrl),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile', ...definition.scopes.map(({ scope }) => scope)],
    token_endpoint_auth_methods_supported: [`client_secret_${definition.tokenAuthMethod}`],
    code_challenge_methods_supported: definition.pkce === false ? [] : ['S256'],
    authorization_response_iss_parameter_supported: flavour.sendsIssuer === true,
  };
}
