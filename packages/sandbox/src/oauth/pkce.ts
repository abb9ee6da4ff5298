import { createHash } from 'node:crypto';
import type { Parameters } from './parameters.ts';
import { Refusal } from './refusal.ts';

/* Proof Key for Code Exchange (RFC 7636), with S256 only. */

/**
 * The challenge of an authorization request; null: there is none, and none is needed.
 *
 * @throws Refusal by name
 */
export function challengeOf(pkce: boolean | null, parameters: Parameters): string | null {
  const challenge = parameters.get('code_challenge');
  const method = parameters.get('code_challenge_method');
  if (challenge === undefined && method === undefined) {
    if (pkce === true) throw new Refusal('challenge_missing');
    return null;
  }
  if (pkce === false) throw new Refusal('challenge_unexpected');
  if (challenge === undefined) throw new Refusal('challenge_missing');
  if (method !== 'S256') throw new Refusal('challenge_plain');
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) throw new Refusal('challenge_malformed');
  return challenge;
}

/**
 * Checks the verifier of a token request against the challenge of its code. A verifier without a challenge is refused
 * too: somebody has taken the challenge out on the way (RFC 9700, section 4.8).
 *
 * @throws Refusal by name
 */
export function checkVerifier(challenge: string | null, verifier: string | undefined): void {
  if (challenge === null) {
    if (verifier !== undefined) throw new Refusal('verifier_unexpected');
    return;
  }
  if (verifier === undefined) throw new Refusal('verifier_missing');
  const fits = createHash('sha256').update(verifier).digest('base64url') === challenge;
  if (!fits || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) throw new Refusal('verifier_wrong');
}
