import { createHmac } from 'node:crypto';
import { textAt } from '../../providers/adapters/adapter.ts';
import { checkedBy, refuse } from '../checked.ts';
import type { Verifier } from '../checked.ts';
import { judgeTime } from '../check-time.ts';
import { jsonBody } from '../json-body.ts';
import { sameText } from '../same-text.ts';

/**
 * The signature stands in the body and covers a token and the time, not the data: who overhears a webhook can put other
 * data beside the same token. So a token counts once, and what a webhook says should be read again by the API.
 */
export const checkLever: Verifier = (scheme, { body }, { keys, now }) => {
  const content = jsonBody(body);
  const [token, time, signature] = ['token', 'triggeredAt', 'signature'].map((name) => textAt(content, name));
  if (!token || !time || !signature) return refuse('no_signature');
  const checked = checkedBy(
    keys,
    (key) => sameText(createHmac('sha256', key).update(`${token}${time}`).digest('hex'), signature),
    `token ${token}`,
  );
  if (!checked.ok) return checked;
  const fault = judgeTime(time, 'milliseconds', scheme.toleranceSeconds ?? 300, now);
  return fault ? refuse(fault) : checked;
};
