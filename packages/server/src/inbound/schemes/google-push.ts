import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { listAt, textAt } from '../../providers/adapters/adapter.ts';
import { refuse } from '../checked.ts';
import type { Verifier } from '../checked.ts';
import { jsonBody, jsonText } from '../json-body.ts';
import { sameText } from '../same-text.ts';
import { readJwt } from './jwt.ts';

const keysUrl = 'https://www.googleapis.com/oauth2/v3/certs';
const issuers = ['https://accounts.google.com', 'accounts.google.com'];
const skewSeconds = 300;

/**
 * A token that Google signs for the service account of the push subscription. Everybody can have Google sign one for an
 * account of their own, so the key is the address of the account that is meant. The token covers who sends and to whom,
 * and not the body.
 */
export const checkGooglePush: Verifier = async (_scheme, request, how) => {
  const jwt = readJwt(request.headers['authorization']);
  if (jwt === null) return refuse('no_signature');
  if (how.keys.length === 0) return refuse('no_key');
  const kid = textAt(jwt.header, 'kid');
  if (textAt(jwt.header, 'alg') !== 'RS256' || !kid) return refuse('wrong_signature');
  const key = keyNamed(kid, jsonText(await how.fetchCertificate(keysUrl)));
  if (key === null || !verify('sha256', Buffer.from(jwt.signed), key, jwt.signature))
    return refuse('wrong_signature');
  const claim = (name: string) => textAt(jwt.claims, name) ?? '';
  const told = how.values?.['pushAudience'];
  const audiences = told ? [told] : [request.url, request.url.split('?')[0]!];
  const isVerified = (jwt.claims as { email_verified?: unknown }).email_verified === true;
  const account = how.keys.find((each) => sameText(each, claim('email')));
  if (!issuers.includes(claim('iss')) || !audiences.includes(claim('aud'))) return refuse('wrong_signature');
  if (!isVerified || account === undefined) return refuse('wrong_signature');
  const now = Math.floor(how.now / 1000);
  if (!(Number(claim('exp') || Number.NaN) > now)) return refuse('too_old');
  if (!(Number(claim('iat') || Number.NaN) <= now + skewSeconds)) return refuse('too_new');
  const id = textAt(jsonBody(request.body), 'message', 'messageId');
  return { ok: true, key: account, replayKey: id ? `message ${id}` : null };
};

/** The RSA key of this id in a set of keys (RFC 7517). */
function keyNamed(kid: string, set: unknown): KeyObject | null {
  const found = listAt(set, 'keys').find((key) => textAt(key, 'kid') === kid);
  if (!found || textAt(found, 'kty') !== 'RSA') return null;
  const [n, e] = [textAt(found, 'n'), textAt(found, 'e')];
  if (!n || !e) return null;
  return createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
}
