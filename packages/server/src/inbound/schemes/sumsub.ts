import { createHmac } from 'node:crypto';
import { checkedBy, refuse } from '../checked.ts';
import type { Verifier } from '../checked.ts';
import { sameText } from '../same-text.ts';

/** SHA-1, which Sumsub calls obsolete, is not among them. */
const hashes: ReadonlyMap<string, string> = new Map([
  ['HMAC_SHA256_HEX', 'sha256'],
  ['HMAC_SHA512_HEX', 'sha512'],
]);

/** HMAC over the bytes with the hash that a header names, which is not signed itself. */
export const checkSumsub: Verifier = (_scheme, { headers, body }, { keys }) => {
  const given = headers['x-payload-digest'];
  if (!given) return refuse('no_signature');
  const hash = hashes.get(headers['x-payload-digest-alg'] ?? 'HMAC_SHA256_HEX');
  if (hash === undefined) return refuse('wrong_signature');
  return checkedBy(keys, (key) => sameText(createHmac(hash, key).update(body).digest('hex'), given));
};
