import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';
import { mailboxText } from './mail-text.ts';
import { sender } from './sender.ts';

/** One email; success is the code 0. */
export const postmarkAdapters: Adapters = {
  'email.send': {
    repeatable: false,
    duplicates:
      'Postmark takes no idempotency key. When its answer does not come, the action is ambiguous and not sent again.',
    async run(input, io) {
      const { to, cc, bcc, replyTo, subject, text, html, attachments } = input;
      const { messageStream } = io.values;
      const answer = await io.call({
        method: 'POST',
        path: '/email',
        json: {
          From: mailboxText(sender(input, io)),
          To: to.map(mailboxText).join(','),
          ...(cc?.length && { Cc: cc.map(mailboxText).join(',') }),
          ...(bcc?.length && { Bcc: bcc.map(mailboxText).join(',') }),
          ...(replyTo && { ReplyTo: mailboxText(replyTo) }),
          Subject: subject,
          ...(text !== undefined && { TextBody: text }),
          ...(html !== undefined && { HtmlBody: html }),
          ...(messageStream && { MessageStream: messageStream }),
          ...(attachments?.length && {
            Attachments: attachments.map(({ filename, contentType, content }) => ({
              Name: filename,
              Content: content,
              ContentType: contentType,
            })),
          }),
        },
      });
      const content = answer.json();
      if (textAt(content, 'ErrorCode') !== '0') throw io.failure(answer.text, 422);
      return { messageId: textAt(content, 'MessageID') ?? null, rejected: [] };
    },
  },
};
