import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Line } from './texts.ts';

const Address = z.strictObject({
  line1: Line(50).optional(),
  city: Line(50).optional(),
  region: Line(50).optional().describe('A state or a province, such as TX.'),
  postalCode: Line(11).optional(),
  country: z.string().regex(/^[A-Z]{2}$/, 'Two capital letters, such as US'),
});

const Amount = z
  .string()
  .regex(/^-?(?:0|[1-9]\d{0,11})\.\d{2}$/, 'An amount with two decimals, such as 120.50')
  .meta({ example: '120.50' });

const TaxLine = z.strictObject({
  lineId: Line(50).min(1).describe('Your own id of the line.'),
  amount: Amount.describe('For the whole line, without tax.'),
  quantity: z.number().positive().max(1_000_000).default(1),
  description: Line(200).optional(),
  taxCode: Line(25).optional().describe('What the provider calls this kind of goods or services.'),
});

export const taxQuote = defineCapability({
  label: 'Quote tax',
  summary: 'What tax a sale would have; nothing is recorded',
  effect: 'read',
  input: z
    .strictObject({
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, 'Three capital letters, such as USD')
        .default('USD'),
      date: z.iso.date().optional().describe('Today unless given.'),
      customerId: Line(50).min(1).describe('Your own id of the customer.'),
      from: Address.optional().describe('Where the sale comes from; the address of `to` unless given.'),
      to: Address,
      lines: z.array(TaxLine).min(1).max(200),
    })
    .refine(
      ({ lines }) => new Set(lines.map(({ lineId }) => lineId)).size === lines.length,
      'Lines have different ids',
    ),
  output: z.object({
    amount: z.string().describe('Of all lines, without tax.'),
    tax: z.string(),
    lines: z.array(
      z.object({ lineId: z.string(), amount: z.string(), taxable: z.string(), tax: z.string() }),
    ),
  }),
  example: {
    customerId: 'customer-4711',
    to: { line1: '1 Congress Avenue', city: 'Austin', region: 'TX', postalCode: '78701', country: 'US' },
    lines: [{ lineId: '1', amount: '120.50', description: 'Subscription' }],
  },
});
