import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Signs the ID tokens of all providers, with one key that lives as long as the process. */
export interface TokenSigner {
  /** A JWT, signed with RS256. */
  sign(claims: Readonly<Record<string, unknown>>): string;
  /** The public key as a JWK Set. */
  keys(): { keys: Record<string, unknown>[] };
}

/** The key is made when it is first needed, because that takes a while. */
export function createTokenSigner(): TokenSigner {
  let made: { privateKey: KeyObject; jwk: Record<string, unknown>; kid: string } | null = null;
  const key = () => {
    if (made) return made;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { kty, n, e } = publicKey.export({ format: 'jwk' });
    const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
    made = { privateKey, kid, jwk: { kty, n, e, kid, use: 'sig', alg: 'RS256' } };
    return made;
  };
  return {
    sign(claims) {
      const { privateKey, kid } = key();
      const content = `${encoded({ alg: 'RS256', kid, typ: 'JWT' })}.${encoded(claims)}`;
      return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
    },
    keys: () => ({ keys: [key().jwk] }),
  };
}

const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
