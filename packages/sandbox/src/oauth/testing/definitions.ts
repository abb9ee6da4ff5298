import type { OAuthDefinition } from '../definition.ts';

const scopes = [
  { scope: 'read', means: 'Read everything', required: true },
  { scope: 'write', means: 'Change everything', required: false },
];

/** A provider without peculiarities; give what matters to a test. */
export function plainDefinition(changes: Partial<OAuthDefinition> = {}): OAuthDefinition {
  return {
    slug: 'plain',
    name: 'Plain',
    authorizationUrl: 'https://plain.example/oauth/authorize',
    tokenUrl: 'https://plain.example/oauth/token',
    revokeUrl: 'https://plain.example/oauth/revoke',
    pkce: true,
    tokenAuthMethod: 'post',
    refreshable: true,
    rotates: true,
    ttlSeconds: 3600,
    scopeSeparator: ' ',
    scopes,
    clientCredentials: { scopes, ttlSeconds: 600 },
    ...changes,
  };
}
