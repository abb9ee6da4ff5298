import { createHmac } from 'node:crypto';
import { textAt } from '../../providers/adapters/adapter.ts';
import { checkedBy, refuse } from '../checked.ts';
import type { Verifier } from '../checked.ts';
import { judgeTime } from '../check-time.ts';
import { formBody } from '../form-body.ts';
import { jsonBody } from '../json-body.ts';
import { sameText } from '../same-text.ts';
import type { InboundRequest } from '../types.ts';

const largestForm = 26_214_400;

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
  const form = body.length > largestForm ? null : formBody(headers['content-type'] ?? '', body);
  if (form) return Object.fromEntries(form.filter(([name]) => /^(timestamp|token|signature)$/.test(name)));
  const content = jsonBody(body);
  const at = (name: string) => textAt(content, 'signature', name);
  return { timestamp: at('timestamp'), token: at('token'), signature: at('signature') };
}
