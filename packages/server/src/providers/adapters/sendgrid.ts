import type { Adapters } from './adapter.ts';
import { sender } from './sender.ts';

/** Mail Send, version 3. */
export const sendgridAdapters: Adapters = {
  'email.send': {
    repeatable: false,
    duplicates:
      'SendGrid takes no idempotency key. When its answer does not come, the action is ambiguous and not sent again.',
    async run(input, io) {
      const { to, cc, bcc, replyTo, subject, text, html, attachments } = input;
      const answer = await io.call({
        method: 'POST',
        path: '/v3/mail/send',
        json: {
          personalizations: [{ to, ...(cc?.length && { cc }), ...(bcc?.length && { bcc }) }],
          from: sender(input, io),
          ...(replyTo && { reply_to: replyTo }),
          subject,
          content: [
            ...(text === undefined ? [] : [{ type: 'text/plain', value: text }]),
            ...(html === undefined ? [] : [{ type: 'text/html', value: html }]),
          ],
          ...(attachments?.length && {
            attachments: attachments.map(({ filename, contentType, content }) => ({
              content,
              filename,
              type: contentType,
              disposition: 'attachment',
            })),
          }),
        },
      });
      return { messageId: answer.headers['x-message-id'] ?? null, rejected: [] };
    },
  },
};
