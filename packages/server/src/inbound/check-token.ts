import { checkedBy, refuse } from './checked.ts';
import type { Checked, Verifier } from './checked.ts';
import { decodeExact } from './decode-exact.ts';
import { sameText } from './same-text.ts';

/** Compares the text of the first header, with or without `Bearer` before it; without headers, `token` of the address. */
export const checkToken: Verifier = (scheme, { headers, url }, { keys }) => {
  const [header] = scheme.headers;
  const given = header === undefined ? new URL(url).searchParams.get('token') : headers[header.toLowerCase()];
  if (!given) return refuse('no_signature');
  return checkedBy(keys, (key) => sameText(given, key) || sameText(given.replace(/^bearer /i, ''), key));
};

/**
 * Compares user and password of HTTP basic authentication. A key is both with a colon between, or the password alone;
 * then the user has to be the one of the field that the scheme names, where one was entered.
 */
export const checkBasic: Verifier = (scheme, { headers }, { keys, values = {} }): Checked => {
  const given = headers[(scheme.headers[0] ?? 'authorization').toLowerCase()];
  if (!given) return refuse('no_signature');
  const pair = decodeExact(/^basic (\S+)$/i.exec(given)?.[1] ?? '', 'base64')?.toString();
  if (pair === undefined) return refuse('wrong_signature');
  const colon = pair.indexOf(':');
  const [user, password] = [pair.slice(0, Math.max(0, colon)), pair.slice(colon + 1)];
  const wanted = (scheme.user && values[scheme.user]) || null;
  return checkedBy(keys, (key) => {
    const whole = sameText(pair, key);
    const alone = sameText(password, key) && (wanted === null || sameText(user, wanted));
    return whole || (alone && colon >= 0);
  });
};
