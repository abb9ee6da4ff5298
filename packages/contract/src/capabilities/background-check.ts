import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { PhoneNumber } from './sms.ts';
import { Line } from './texts.ts';

export const backgroundCheckOrder = defineCapability({
  label: 'Order a background check',
  summary: 'Invite a person to a background check',
  effect: 'write',
  input: z
    .strictObject({
      firstName: Line(100).min(1),
      lastName: Line(100).min(1),
      email: z.email().max(254).describe('The invitation goes there.'),
      phone: PhoneNumber.optional(),
      package: Line(100)
        .min(1)
        .optional()
        .describe('What is checked, as the provider calls it; the package of the integration unless given.'),
      workLocation: z.strictObject({
        country: z.string().regex(/^[A-Z]{2}$/, 'Two capital letters, such as US'),
        region: z
          .string()
          .regex(/^[A-Z0-9]{1,3}$/, 'The short form of a state or province, such as TX')
          .optional()
          .describe('Needed for the United States.'),
        city: Line(100).optional(),
      }),
    })
    .refine(
      ({ workLocation: { country, region } }) => country !== 'US' || region !== undefined,
      'A place of work in the United States has a state',
    ),
  output: z.object({
    orderId: z.string().describe('What the provider calls the invitation or the screening.'),
    candidateId: z.string(),
    url: z.string().nullable().describe('Where the person goes on; null where only a message says it.'),
  }),
  example: {
    firstName: 'Jane',
    lastName: 'Doe',
    email: 'jane@example.com',
    workLocation: { country: 'US', region: 'TX', city: 'Austin' },
  },
});
