import { createHmac } from 'node:crypto';
import { textAt } from '../../providers/adapters/adapter.ts';
import { checkedBy, refuse } from '../checked.ts';
import type { Verifier } from '../checked.ts';
import { judgeTime } from '../check-time.ts';
import { formBody } from '../form-body.ts';
import { isReadable, jsonText } from '../json-body.ts';
import { sameText } from '../same-text.ts';
import type { InboundRequest } from '../types.ts';

/**
 * The hash stands in the body and covers the time and the type of the event, not which request it is about: who overhears
 * a webhook can name another request for five minutes. So what it says should be read again by the API.
 */
export const checkDropboxSign: Verifier = (scheme, request, { keys, now }) => {
  const content = readDropboxSign(request);
  const [time, type, hash] = ['event_time', 'event_type', 'event_hash'].map((name) =>
    textAt(content, 'event', name),
  );
  if (!time || !type || !hash) return refuse('no_signature');
  const about = textAt(content, 'signature_request', 'signature_request_id') ?? '';
  const checked = checkedBy(
    keys,
    (key) => sameText(createHmac('sha256', key).update(`${time}${type}`).digest('hex'), hash),
    // The hash is the same for all of a kind within a second.
    about === '' ? null : `${hash} ${about}`,
  );
  if (!checked.ok) return checked;
  const fault = judgeTime(time, 'seconds', scheme.toleranceSeconds ?? 300, now);
  return fault ? refuse(fault) : checked;
};

/** The JSON in the field `json` of the form; null when there is none. */
export function readDropboxSign({ headers, body }: Pick<InboundRequest, 'headers' | 'body'>): unknown {
  if (!isReadable(body)) return null;
  const form = formBody(headers['content-type'] ?? '', body);
  const field = form?.find(([name]) => name === 'json')?.[1];
  return field === undefined ? null : jsonText(field);
}
