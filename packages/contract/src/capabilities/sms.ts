import { z } from 'zod';
import { defineCapability } from './capability.ts';

/** A telephone number as E.164 writes it. */
export const PhoneNumber = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'A number with + and the country, such as +15550100')
  .meta({ example: '+14155550100' });

export const smsSend = defineCapability({
  label: 'Send a text message',
  summary: 'Send one text message to one number',
  effect: 'write',
  input: z.strictObject({
    to: PhoneNumber,
    text: z.string().min(1).max(1_000).describe('Long texts go out in several parts.'),
    from: z
      .string()
      .regex(/^(\+[1-9]\d{6,14}|[A-Za-z0-9 ]{1,11})$/)
      .optional()
      .describe('The sender of the integration unless given.'),
  }),
  output: z.object({ messageId: z.string() }),
  example: { to: '+14155550100', text: 'Your interview is on Monday at ten.' },
});
