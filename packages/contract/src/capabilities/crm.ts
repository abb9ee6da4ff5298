import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Line } from './texts.ts';

export const crmUpsertContact = defineCapability({
  label: 'Save a contact',
  summary: 'Create a contact, or change the one with this address',
  effect: 'write',
  input: z.strictObject({
    email: z.email().max(254),
    firstName: Line(100).optional(),
    lastName: Line(100)
      .optional()
      .describe('Where a provider wants one and none is given, the address stands in.'),
    phone: Line(50).optional(),
    company: Line(200)
      .optional()
      .describe('Written down, or linked where the provider keeps companies and knows one of this name.'),
  }),
  output: z.object({
    contactId: z.string(),
    created: z.boolean().nullable().describe('Null: the provider does not say.'),
  }),
  example: { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' },
});
