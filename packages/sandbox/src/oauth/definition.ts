/*
 * What the authorization server knows of a provider. Values in braces, such as `{shop}`, stand for any text, and a
 * token is good only where they are the same as when it was asked for.
 */

/** A permission, in the provider's word and in plain ones. */
export interface OAuthScope {
  scope: string;
  means: string;
  /** The integration does not work without it. */
  required: boolean;
}

/** How to get a token without a person. */
export interface ClientCredentialsDefinition {
  scopes: readonly OAuthScope[];
  /** Seconds; null: tokens do not expire. */
  ttlSeconds: number | null;
}

export interface OAuthDefinition {
  slug: string;
  name: string;
  /** Null: nobody can sign in. */
  authorizationUrl: string | null;
  tokenUrl: string;
  revokeUrl: string | null;
  /** Where the account of a token can be asked for, when that is not where the provider's flavour has it. */
  userInfoUrl?: string;
  /** `true`: S256 is required; `false`: a challenge is refused; `null`: both are fine. */
  pkce: boolean | null;
  tokenAuthMethod: 'basic' | 'post';
  refreshable: boolean;
  /** Null counts as true. */
  rotates: boolean | null;
  /** Life of an access token that a person gave, in seconds; null: it does not expire. */
  ttlSeconds: number | null;
  scopeSeparator: string;
  scopes: readonly OAuthScope[];
  /** Null: client credentials are not for this provider. */
  clientCredentials: ClientCredentialsDefinition | null;
  /** Credentials of the app Trunkline; without them they follow from the slug. */
  client?: { clientId: string; clientSecret: string };
  /** Slug of the provider that it answers like; its own when left out. */
  like?: string;
}

/** The part of a catalog's OAuth definition that is read here. */
export interface CatalogOAuth2 {
  type: 'oauth2';
  grant: 'authorization_code' | 'client_credentials';
  authorizationUrl: string | null;
  tokenUrl: string;
  revokeUrl: string | null;
  pkce: boolean | null;
  tokenAuthMethod: 'basic' | 'post';
  refreshable: boolean;
  accessTokenTtlSeconds: number | null;
  rotatesRefreshToken: boolean | null;
  scopeSeparator: string;
  scopes: readonly OAuthScope[];
}

/** Any provider of a catalog. */
export interface CatalogProvider {
  slug: string;
  name: string;
  auth: readonly { type: string }[];
}

/** The definition of a catalog's provider, out of all its ways to get a token; null when it has none by OAuth. */
export function definitionOf(provider: CatalogProvider): OAuthDefinition | null {
  const ways = provider.auth.filter(isOAuth2);
  const byPerson = ways.find(({ grant }) => grant === 'authorization_code');
  const byApp = ways.find(({ grant }) => grant === 'client_credentials');
  const main = byPerson ?? byApp;
  if (!main) return null;
  return {
    slug: provider.slug,
    name: provider.name,
    authorizationUrl: byPerson?.authorizationUrl ?? null,
    tokenUrl: main.tokenUrl,
    revokeUrl: main.revokeUrl,
    pkce: main.pkce,
    tokenAuthMethod: main.tokenAuthMethod,
    refreshable: main.refreshable,
    rotates: main.rotatesRefreshToken,
    ttlSeconds: main.accessTokenTtlSeconds,
    scopeSeparator: main.scopeSeparator,
    scopes: main.scopes,
    clientCredentials: byApp ? { scopes: byApp.scopes, ttlSeconds: byApp.accessTokenTtlSeconds } : null,
  };
}

function isOAuth2(auth: { type: string }): auth is CatalogOAuth2 {
  return auth.type === 'oauth2';
}
