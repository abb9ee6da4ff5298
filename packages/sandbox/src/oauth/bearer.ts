import type { AccessToken } from './grants.ts';
import { Refusal } from './refusal.ts';
import type { Call } from './side.ts';

/**
 * The access token in the header of a call (RFC 6750).
 *
 * @throws Refusal when there is none that works
 */
export function bearerToken({ side, request }: Call, schemes = ['bearer']): AccessToken {
  const [scheme, text] = (request.headers['authorization'] ?? '').split(' ');
  const token = schemes.includes(scheme!.toLowerCase()) ? side.grants.findAccess(text ?? '') : undefined;
  if (!token || !side.grants.isActive(token)) {
    throw new Refusal('token_invalid', { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
  }
  return token;
}
