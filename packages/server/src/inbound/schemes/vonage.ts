import { createHash, createHmac } from 'node:crypto';
import { textAt } from '../../providers/adapters/adapter.ts';
import { checkedBy, refuse } from '../checked.ts';
import type { Verifier } from '../checked.ts';
import { judgeTime } from '../check-time.ts';
import { sameText } from '../same-text.ts';
import { readJwt } from './jwt.ts';

/** A JWT under HS256 and nothing else, whatever its header says; its claim `payload_hash` covers the body. */
export const checkVonage: Verifier = (scheme, { headers, body }, { keys, now }) => {
  const jwt = readJwt(headers['authorization']);
  if (jwt === null) return refuse('no_signature');
  if (textAt(jwt.header, 'alg') !== 'HS256') return refuse('wrong_signature');
  const given = jwt.signature.toString('base64url');
  const jti = textAt(jwt.claims, 'jti');
  const checked = checkedBy(
    keys,
    (key) => sameText(createHmac('sha256', key).update(jwt.signed).digest('base64url'), given),
    jti ? `jti ${jti}` : null,
  );
  if (!checked.ok) return checked;
  const hash = textAt(jwt.claims, 'payload_hash') ?? '';
  if (!sameText(createHash('sha256').update(body).digest('hex'), hash)) return refuse('wrong_signature');
  const fault = judgeTime(textAt(jwt.claims, 'iat') ?? '', 'seconds', scheme.toleranceSeconds ?? 300, now);
  return fault ? refuse(fault) : checked;
};
