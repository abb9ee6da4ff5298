import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Line } from './texts.ts';

export const paymentCreateCustomer = defineCapability({
  label: 'Create a customer',
  summary: 'Make a customer who can be charged later',
  effect: 'write',
  input: z.strictObject({ email: z.email().max(254), name: Line(200).optional() }),
  output: z.object({ customerId: z.string() }),
  example: { email: 'billing@example.com', name: 'Acme Staffing' },
});

export const paymentCreateAccount = defineCapability({
  label: 'Create a payout account',
  summary: 'Make an account that money can be paid out to',
  effect: 'write',
  input: z.strictObject({
    email: z.email().max(254),
    country: z.string().regex(/^[A-Z]{2}$/, 'Two letters, such as US'),
  }),
  output: z.object({ accountId: z.string() }),
  example: { email: 'jane@example.com', country: 'US' },
});
