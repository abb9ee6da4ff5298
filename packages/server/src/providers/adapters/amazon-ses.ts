import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';
import { mailboxText } from './mail-text.ts';
import { sender } from './sender.ts';

const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });

/** SendEmail of the API v2. */
export const amazonSesAdapters: Adapters = {
  'email.send': {
    repeatable: false,
    duplicates:
      'SES takes no idempotency key. When its answer does not come, the action is ambiguous and not sent again.',
    async run(input, io) {
      const { to, cc, bcc, replyTo, subject, text, html, attachments } = input;
      const { configurationSet } = io.values;
      const answer = await io.call({
        method: 'POST',
        path: '/v2/email/outbound-emails',
        json: {
          FromEmailAddress: mailboxText(sender(input, io)),
          Destination: {
            ToAddresses: to.map(mailboxText),
            ...(cc?.length && { CcAddresses: cc.map(mailboxText) }),
            ...(bcc?.length && { BccAddresses: bcc.map(mailboxText) }),
          },
          ...(replyTo && { ReplyToAddresses: [mailboxText(replyTo)] }),
          Content: {
            Simple: {
              Subject: utf8(subject),
              Body: {
                ...(text !== undefined && { Text: utf8(text) }),
                ...(html !== undefined && { Html: utf8(html) }),
              },
              ...(attachments?.length && {
                Attachments: attachments.map(({ filename, contentType, content }) => ({
                  FileName: filename,
                  ContentType: contentType,
                  RawContent: content,
                })),
              }),
            },
          },
          ...(configurationSet && { ConfigurationSetName: configurationSet }),
        },
      });
      return { messageId: textAt(answer.json(), 'MessageId') ?? null, rejected: [] };
    },
  },
};
