import { createHmac } from 'node:crypto';
import { parseMultipart } from '../../lib/multipart.ts';
import { textAt } from '../../providers/adapters/adapter.ts';
import { checkedBy, refuse } from '../checked.ts';
import type { Verifier } from '../checked.ts';
import { judgeTime } from '../check-time.ts';
import { jsonBody } from '../json-body.ts';
import { sameText } from '../same-text.ts';
import type { InboundRequest } from '../types.ts';

/**
 * The signature stands in the body and covers a time and a token, not the event. So it proves that Mailgun sent something
 * at that time, and who overhears a webhook can put another event beside the same token; that is why a token counts once.
 */
export const checkMailgun: Verifier = (scheme, request, { keys, now }) => {
  const { timestamp, token, signature } = readSignature(request);
  if (!timestamp || !token || !signature) return refuse('no_signature');
  const checked = checkedBy(
    keys,
    (key) => sameText(createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex'), signature),
    `token ${token}`,
  );
  if (!checked.ok) return checked;
  const fault = judgeTime(timestamp, 'seconds', scheme.toleranceSeconds ?? 300, now);
  return fault ? refuse(fault) : checked;
};

interface InBody {
  timestamp?: string | undefined;
  token?: string | undefined;
  signature?: string | undefined;
}

/** Incoming mail brings the three values as fields of a form, with the files of the mail beside them. */
function readSignature({ headers, body }: InboundRequest): InBody {
  const contentType = headers['content-type'] ?? '';
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return readFields(body.toString('latin1'));
  const parts = parseMultipart(contentType, body);
  if (parts) {
    const fields = parts.filter(
      ({ name, filename }) => filename === null && /^(timestamp|token|signature)$/.test(name),
    );
    return Object.fromEntries(fields.map(({ name, bytes }) => [name, bytes.toString()]));
  }
  const content = jsonBody(body);
  const at = (name: string) => textAt(content, 'signature', name);
  return { timestamp: at('timestamp'), token: at('token'), signature: at('signature') };
}

/** Three fields of a form that may be large: taking all of it apart would cost too much for what nobody has proved yet. */
function readFields(form: string): InBody {
  const at = (name: string) => new RegExp(`(?:^|&)${name}=([A-Za-z0-9]{1,200})(?:&|$)`).exec(form)?.[1];
  return { timestamp: at('timestamp'), token: at('token'), signature: at('signature') };
}
