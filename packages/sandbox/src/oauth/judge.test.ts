import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OAuthDefinition } from './definition.ts';
import { plainDefinition } from './testing/definitions.ts';
import { cameBack, redirectUri, startOAuthSite } from './testing/oauth-site.ts';
import type { OAuthSite } from './testing/oauth-site.ts';

/*
 * A judge from outside: oauth4webapi, a certified client that accepts nothing but what the standards say, goes the
 * whole way. It believes to talk to the providers themselves.
 */

const domain = 'dev-12345678.okta.com';
const okta = plainDefinition({
  slug: 'okta',
  name: 'Okta',
  authorizationUrl: 'https://{domain}/oauth2/v1/authorize',
  tokenUrl: 'https://{domain}/oauth2/v1/token',
  revokeUrl: 'https://{domain}/oauth2/v1/revoke',
  tokenAuthMethod: 'basic',
  scopes: ['openid', 'email', 'profile', 'offline_access'].map((scope) => ({
    scope,
    means: scope,
    required: true,
  })),
});
const google = plainDefinition({
  slug: 'gmail',
  name: 'Gmail',
  authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenUrl: 'https://oauth2.googleapis.com/token',
  revokeUrl: 'https://oauth2.googleapis.com/revoke',
  rotates: false,
  scopes: ['openid', 'email'].map((scope) => ({ scope, means: scope, required: true })),
  clientCredentials: null,
});

let site: OAuthSite;
beforeAll(async () => {
  site = await startOAuthSite([okta, google]);
});
afterAll(() => site.close());

function judgeOf(definition: OAuthDefinition, issuer: string) {
  const { slug } = definition;
  site.oauth.allowRedirect(slug, redirectUri);
  site.oauth.setDecision(slug, 'approve');
  const { clientId, clientSecret } = site.oauth.client(slug);
  const options = {
    [oauth.customFetch]: (url: string, init: RequestInit) => fetch(site.at(slug, url), init),
  } as { [oauth.customFetch]: typeof fetch };
  const client: oauth.Client = {
    client_id: clientId,
    [oauth.clockSkew]: Math.round((site.now - Date.now()) / 1000),
  };
  const secret =
    definition.tokenAuthMethod === 'basic'
      ? oauth.ClientSecretBasic(clientSecret)
      : oauth.ClientSecretPost(clientSecret);
  const discover = async () =>
    oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), options));
  return { client, secret, options, discover };
}

describe('the judge', () => {
  it.each([
    ['okta', okta, `https://${domain}`],
    ['gmail', google, 'https://accounts.google.com'],
  ])('connects, refreshes and disconnects at %s', async (slug, definition, issuer) => {
    const { client, secret, options, discover } = judgeOf(definition, issuer);
    const server = await discover();
    const [verifier, state, nonce] = [
      oauth.generateRandomCodeVerifier(),
      oauth.generateRandomState(),
      oauth.generateRandomNonce(),
    ];
    const address = new URL(server.authorization_endpoint!);
    address.search = new URLSearchParams({
      response_type: 'code',
      client_id: client.client_id,
      redirect_uri: redirectUri,
      scope: definition.scopes.map(({ scope }) => scope).join(' '),
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      access_type: 'offline',
      state,
      nonce,
    }).toString();
    const back = cameBack(await site.call(slug, address.href));
    const parameters = oauth.validateAuthResponse(server, client, back, state);

    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      secret,
      parameters,
      redirectUri,
      verifier,
      options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(server, response, options);
    const claims = oauth.getValidatedIdTokenClaims(tokens)!;
    expect(claims['email']).toBe('john@company.com');

    const info = await oauth.processUserInfoResponse(
      server,
      client,
      claims.sub,
      await oauth.userInfoRequest(server, client, tokens.access_token, options),
    );
    expect(info.email).toBe('john@company.com');

    const renewed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, secret, tokens.refresh_token!, options),
    );
    expect(site.oauth.tokenOf(slug, renewed.access_token)?.active).toBe(true);

    const last = renewed.refresh_token ?? tokens.refresh_token!;
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, secret, last, options),
    );
    expect(site.oauth.tokenOf(slug, renewed.access_token)?.active).toBe(false);
    expect(site.oauth.counters(slug)).toEqual({
      authorize: 1,
      codeExchanges: 1,
      refreshes: 1,
      reuseDetected: 0,
      revocations: 1,
      clientCredentials: 0,
    });
    const tooLate = oauth.refreshTokenGrantRequest(server, client, secret, last, options);
    await expect(oauth.processRefreshTokenResponse(server, client, await tooLate)).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    });
  });

  it('sees through a mix-up, because the answer names another issuer', async () => {
    const { client, discover } = judgeOf(google, 'https://accounts.google.com');
    const server = await discover();
    site.oauth.setIssuer('gmail', 'https://attacker.example');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: client.client_id,
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: await oauth.calculatePKCECodeChallenge('x'.repeat(43)),
      code_challenge_method: 'S256',
      state: 'state',
    });
    const back = cameBack(await site.call('gmail', `${google.authorizationUrl}?${query.toString()}`));
    expect(() => oauth.validateAuthResponse(server, client, back, 'state')).toThrow('"iss"');
    site.oauth.setIssuer('gmail', undefined);
  });

  it('asks about a token, and gets one for itself', async () => {
    const { client, secret, options, discover } = judgeOf(okta, `https://${domain}`);
    const server = {
      ...(await discover()),
      introspection_endpoint: `https://${domain}/oauth2/v1/introspect`,
    };
    const { access_token } = await oauth.processClientCredentialsResponse(
      server,
      client,
      await oauth.clientCredentialsGrantRequest(server, client, secret, {}, options),
    );
    const ask = async () =>
      oauth.processIntrospectionResponse(
        server,
        client,
        await oauth.introspectionRequest(server, client, secret, access_token, options),
      );
    expect(await ask()).toMatchObject({ active: true, client_id: client.client_id });
    site.oauth.expireTokens('okta');
    expect(await ask()).toEqual({ active: false });
  });
});
