import type { CustomDefinition } from '@trunkline/contract/custom-providers';
import type { AccountFact, CredentialField, HealthCheck, OAuth2Auth } from '../../providers/provider.ts';
import { refusedCredentials } from './parts.ts';
import type { KindParts } from './parts.ts';
import { healthOf } from './rest.ts';

type OAuth2Definition = Extract<CustomDefinition, { kind: 'oauth2' }>;

/** An OAuth 2 or OpenID provider; its addresses are known since it was saved. */
export function oauth2Parts(definition: OAuth2Definition): KindParts {
  const { name, baseUrl, grant } = definition;
  return {
    sentence: `Connects to ${name} by OAuth 2.0${grant === 'client_credentials' ? ' without sign-in' : ''}.`,
    auth: [oauth2Auth(definition)],
    baseUrl,
    health: oauth2Health(definition),
    errors: [
      {
        contains: 'invalid_client',
        fault: 'config',
        title: 'The app is not accepted',
        cause: `${name} does not know the client ID, or the client secret is wrong.`,
        fix: 'Enter the client ID and the client secret of the app again.',
      },
      refusedCredentials,
    ],
    features: ['Calls of its API', 'Tokens that are renewed by themselves'],
    setupSteps: [
      `At ${name}, create an OAuth app${grant === 'authorization_code' ? ' and add the redirect address that is shown here' : ''}.`,
      'Copy its client ID and its client secret.',
    ],
    inbound: null,
  };
}

function oauth2Auth(definition: OAuth2Definition): OAuth2Auth {
  const { name, grant, tokenUrl, authorizationUrl } = definition;
  if (tokenUrl === null || (authorizationUrl === null && grant === 'authorization_code')) {
    throw new Error('a custom OAuth provider was stored without its addresses');
  }
  return {
    type: 'oauth2',
    grant,
    authorizationUrl: grant === 'authorization_code' ? authorizationUrl : null,
    tokenUrl,
    revokeUrl: definition.revokeUrl,
    pkce: definition.pkce,
    tokenAuthMethod: definition.clientAuth ?? 'basic',
    refreshable: grant === 'authorization_code',
    accessTokenTtlSeconds: null,
    rotatesRefreshToken: null,
    extraAuthorizeParams: definition.extraAuthorizeParams,
    scopeSeparator: definition.scopeSeparator,
    scopes: definition.scopes,
    fields: appFields(name),
    headers: { authorization: 'Bearer {accessToken}' },
    account: userFacts(definition.userinfoUrl),
  };
}

/** The claims by which people know an account best (OpenID Connect Core, 5.1). */
function userFacts(path: string | null): AccountFact[] {
  if (path === null) return [];
  const names = ['email', 'preferred_username', 'name', 'sub'];
  return names.map((name) => ({ from: 'call', path, pointer: `/${name}` }));
}

function appFields(name: string): CredentialField[] {
  const help = `From the settings of your OAuth app at ${name}.`;
  return [
    { key: 'clientId', label: 'Client ID', secret: false, help, level: 'app' },
    { key: 'clientSecret', label: 'Client secret', secret: true, help, level: 'app' },
  ];
}

function oauth2Health({ name, health, userinfoUrl, grant }: OAuth2Definition): HealthCheck {
  if (health !== null) return healthOf(health, name);
  // A token without a person has no account that could be asked for.
  if (userinfoUrl === null || grant === 'client_credentials') {
    return { kind: 'token', why: `Proves that ${name} still gives access tokens.` };
  }
  return {
    kind: 'http',
    method: 'GET',
    path: userinfoUrl,
    expect: [200],
    why: 'Says which account is connected, and changes nothing.',
  };
}
