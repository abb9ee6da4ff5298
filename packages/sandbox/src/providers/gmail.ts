import { addressIn, isEmail, isText, readJson } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';
import { googleDenied, googleFailure, googleUnknown } from './google.ts';

/** The header lines of a message, by their names in small letters. */
function headersOf(message: string): Record<string, string> {
  const head = message.split(/\r?\n\r?\n/)[0]!.replaceAll(/\r?\n[ \t]+/g, ' ');
  const lines = head.split(/\r?\n/).map((line) => /^([\w-]+):\s*(.*)$/.exec(line));
  return Object.fromEntries(
    lines.filter((line) => line !== null).map((line) => [line[1]!.toLowerCase(), line[2]!]),
  );
}

function send({ request, store }: Call): SandboxReply {
  const raw = readJson(request)?.['raw'];
  if (!isText(raw) || !/^[A-Za-z0-9_-]+={0,2}$/.test(raw))
    return googleFailure(
      400,
      'invalidArgument',
      "'raw' RFC822 payload message string or uploading message via /upload/* URL required",
    );
  const message = Buffer.from(raw, 'base64url').toString('utf8');
  const headers = headersOf(message);
  const to = ['to', 'cc', 'bcc'].flatMap((name) => (headers[name] ?? '').split(',')).filter(isText);
  if (to.length === 0) return googleFailure(400, 'invalidArgument', 'Recipient address required');
  if (!to.every((each) => isEmail(addressIn(each))))
    return googleFailure(400, 'invalidArgument', 'Invalid To header');
  const id = hexId(16);
  store.put({
    kind: 'email',
    id,
    data: { from: headers['from'], to: to.map((each) => each.trim()), subject: headers['subject'], message },
  });
  return json(200, { id, threadId: readJson(request)?.['threadId'] ?? id, labelIds: ['SENT'] });
}

const scope = (name: string) => `https://www.googleapis.com/auth/gmail.${name}`;

export const gmailOperations: OperationSet = {
  slugs: ['gmail'],
  routes: [
    {
      method: 'POST',
      path: '/gmail/v1/users/{user}/messages/send',
      scopes: [scope('send'), scope('modify'), scope('compose'), 'https://mail.google.com/'],
      handle: send,
    },
  ],
  missingScope: googleDenied,
  notFound: googleUnknown,
};
