import type { SecretPlace } from '../../lib/secret-box.ts';

/** Which row and column a sealed API key is bound to. */
export function tokenPlace(organizationId: string, keyId: string): SecretPlace {
  return { organizationId, table: 'api_keys', row: keyId, column: 'token_box' };
}
