import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { PhoneNumber } from './sms.ts';
import { Line } from './texts.ts';

export const kycStart = defineCapability({
  label: 'Verify an identity',
  summary: 'Begin to verify who somebody is; they go on in their browser or your app',
  effect: 'write',
  input: z.strictObject({
    personId: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
        'Letters, digits, dots, dashes and underscores; at most 100',
      )
      .describe('Your own id of the person.'),
    firstName: Line(100).min(1),
    lastName: Line(100).min(1),
    email: z.email().max(254).optional(),
    phone: PhoneNumber.optional(),
  }),
  output: z.object({
    verificationId: z.string().describe('What the provider calls it, also in what it reports later.'),
    url: z.string().nullable().describe('Where the person goes on; null where that happens in your app.'),
    token: z
      .string()
      .nullable()
      .describe(
        'For the provider’s own kit in your page or app, for a short time; null where there is none.',
      ),
  }),
  example: { personId: 'person-4711', firstName: 'Jane', lastName: 'Doe', email: 'jane@example.com' },
});
