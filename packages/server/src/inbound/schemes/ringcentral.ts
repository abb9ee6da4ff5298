import { checkedBy, refuse } from '../checked.ts';
import type { Verifier } from '../checked.ts';
import { sameText } from '../same-text.ts';

/** RingCentral's pages name either header for events; the token is the same in both. */
export const checkRingcentral: Verifier = (_scheme, { headers }, { keys }) => {
  const given = headers['verification-token'] ?? headers['validation-token'];
  return given ? checkedBy(keys, (key) => sameText(given, key)) : refuse('no_signature');
};
