import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Base64, Line, Mailbox, Mailboxes, MediaType } from './texts.ts';

/** All attachments of a message together, in bytes: what every one of the providers takes. */
export const largestAttachments = 7 * 1_048_576;

const Attachment = z.object({
  filename: Line(200).min(1),
  contentType: MediaType.default('application/octet-stream'),
  content: Base64(largestAttachments).describe('In base64.'),
});

export const emailSend = defineCapability({
  label: 'Send email',
  summary: 'Send one message to up to 50 recipients',
  effect: 'write',
  input: z
    .strictObject({
      to: Mailboxes.refine((list) => list.length > 0, 'At least one recipient'),
      cc: Mailboxes.optional(),
      bcc: Mailboxes.optional(),
      from: Mailbox.optional().describe('The sender address of the integration unless given.'),
      replyTo: Mailbox.optional(),
      subject: Line(998).min(1),
      text: z.string().min(1).max(1_000_000).optional(),
      html: z.string().min(1).max(1_000_000).optional(),
      attachments: z.array(Attachment).max(20).optional(),
    })
    .refine(({ text, html }) => text !== undefined || html !== undefined, 'A text, an HTML part, or both')
    .refine(
      ({ to, cc = [], bcc = [] }) => to.length + cc.length + bcc.length <= 50,
      'At most 50 recipients together',
    )
    .refine(
      ({ attachments = [] }) =>
        attachments.reduce((sum, { content }) => sum + content.length * 0.75, 0) <= largestAttachments,
      'Attachments are at most 7 MiB together',
    ),
  output: z.object({
    messageId: z
      .string()
      .nullable()
      .describe('The provider’s own id of the message; null when it gives none.'),
    rejected: z.array(z.string()).describe('Recipients that the server refused while it took the others.'),
  }),
  example: { to: 'jane@example.com', subject: 'Your interview', text: 'See you on Monday at ten.' },
});
