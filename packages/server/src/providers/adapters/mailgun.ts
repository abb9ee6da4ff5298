import type { Adapters, Part } from './adapter.ts';
import { textAt } from './adapter.ts';
import { mailboxText } from './mail-text.ts';

/** The messages of a domain. Their id is made from the action, so that a mailbox can find repetitions. */
export const mailgunAdapters: Adapters = {
  'email.send': {
    repeatable: false,
    duplicates:
      'Mailgun takes no idempotency key. When its answer does not come, the action is ambiguous and not sent again.',
    async run({ from, to, cc = [], bcc = [], replyTo, subject, text, html, attachments = [] }, io) {
      const { domain = '' } = io.values;
      const fields: [string, string][] = [
        ['from', mailboxText(from ?? { email: `no-reply@${domain}` })],
        ...to.map((one): [string, string] => ['to', mailboxText(one)]),
        ...cc.map((one): [string, string] => ['cc', mailboxText(one)]),
        ...bcc.map((one): [string, string] => ['bcc', mailboxText(one)]),
        ['subject', subject],
        ...(text === undefined ? [] : [['text', text] as [string, string]]),
        ...(html === undefined ? [] : [['html', html] as [string, string]]),
        ...(replyTo === undefined ? [] : [['h:Reply-To', mailboxText(replyTo)] as [string, string]]),
        ['h:Message-Id', `<${io.key}@${domain}>`],
      ];
      const parts: Part[] = [
        ...fields.map(([name, value]) => ({ name, value })),
        ...attachments.map(({ filename, contentType, content }) => ({
          name: 'attachment',
          filename,
          contentType,
          value: Buffer.from(content, 'base64'),
        })),
      ];
      const answer = await io.call({ method: 'POST', path: '/v3/{domain}/messages', multipart: parts });
      return { messageId: textAt(answer.json(), 'id') ?? null, rejected: [] };
    },
  },
};
