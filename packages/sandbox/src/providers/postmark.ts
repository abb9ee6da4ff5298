import { addressIn, isEmail, isFields, isJson, isText, listOf, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply, SandboxRequest } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

const mostInBatch = 500;
const mostRecipients = 50;
/** Kinds of files that are never taken. */
const forbiddenFiles =
  /\.(vbs|exe|bin|bat|chm|com|cpl|crt|hlp|hta|inf|ins|isp|jse?|lnk|md[be]|msc|ms[ipt]|pcd|pif|reg|scr|sct|sh[bs]|vb[ae]?|ws[cfh])$/i;

interface Refusal {
  ErrorCode: number;
  Message: string;
}

const refusal = (ErrorCode: number, Message: string): Refusal => ({ ErrorCode, Message });

function faultOf(mail: Fields, account: Call['account']): Refusal | null {
  const from = mail['From'];
  if (!isText(from) || !isEmail(addressIn(from))) return refusal(300, "Invalid 'From' address.");
  if (addressIn(from).split('@')[1] !== account.values['fromEmail']?.split('@')[1])
    return refusal(
      400,
      `The 'From' address you supplied (${addressIn(from)}) is not a Sender Signature on your account.`,
    );
  const recipients = ['To', 'Cc', 'Bcc'].flatMap((name) => addressesOf(mail[name]));
  if (addressesOf(mail['To']).length === 0) return refusal(300, "Zero recipients specified in 'To'.");
  if (!recipients.every((each) => isEmail(addressIn(each)))) return refusal(300, "Invalid 'To' address.");
  if (recipients.length > mostRecipients) return refusal(300, 'Too many recipients.');
  if (!isText(mail['TextBody']) && !isText(mail['HtmlBody']))
    return refusal(300, 'Provide either email TextBody or HtmlBody or both.');
  const forbidden = listOf(mail['Attachments']).find(({ Name }) => forbiddenFiles.test(String(Name)));
  if (forbidden) return refusal(300, `The attachment '${String(forbidden['Name'])}' is of a forbidden type.`);
  const stream = mail['MessageStream'] ?? 'outbound';
  if (stream !== 'outbound' && stream !== 'broadcast')
    return refusal(1235, `The 'MessageStream' provided does not exist on this server.`);
  return null;
}

function addressesOf(value: unknown): string[] {
  return typeof value === 'string' ? value.split(',').filter(isText) : [];
}

/** What one message is answered with. */
function take(mail: Fields, { account, store, now }: Call): Fields {
  const fault = faultOf(mail, account);
  if (fault) return { ...fault };
  const hex = hexId(32);
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
  const {
    From: from,
    To: to,
    Subject: subject,
    TextBody: text,
    HtmlBody: html,
    MessageStream: stream,
  } = mail;
  store.put({ kind: 'email', id, data: { from, to: addressesOf(to), subject, text, html, stream } });
  return { To: to, SubmittedAt: new Date(now).toISOString(), MessageID: id, ErrorCode: 0, Message: 'OK' };
}

function send(call: Call): SandboxReply {
  if (!isJson(call.request))
    return unprocessable(415, refusal(402, 'The Content-Type must be application/json.'));
  const mail = readJson(call.request);
  if (!mail) return unprocessable(422, refusal(402, 'Received invalid JSON input.'));
  const answer = take(mail, call);
  return json(answer['ErrorCode'] === 0 ? 200 : 422, answer);
}

/** Every message has its own answer; the batch is fine as long as it is one. */
function sendBatch(call: Call): SandboxReply {
  const messages = listIn(call.request);
  if (!messages) return unprocessable(422, refusal(402, 'Received invalid JSON input.'));
  if (messages.length > mostInBatch)
    return unprocessable(
      422,
      refusal(410, `You may only send up to ${mostInBatch} messages in a single batch request.`),
    );
  return json(
    200,
    messages.map((mail) => take(mail, call)),
  );
}

function listIn(request: SandboxRequest): Fields[] | null {
  try {
    const value: unknown = JSON.parse(request.body.toString('utf8'));
    return Array.isArray(value) && value.every(isFields) ? value : null;
  } catch {
    return null;
  }
}

const unprocessable = (status: number, fault: Refusal) => json(status, fault);

export const postmarkOperations: OperationSet = {
  slugs: ['postmark'],
  routes: [
    { method: 'POST', path: '/email', handle: send },
    { method: 'POST', path: '/email/batch', handle: sendBatch },
  ],
};
