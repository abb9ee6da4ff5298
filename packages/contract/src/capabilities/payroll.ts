import { z } from 'zod';
import { PayrollRow } from '../files.ts';
import { defineCapability } from './capability.ts';
import { Line } from './texts.ts';

const LocalDate = z.iso.date().meta({ example: '2026-12-01' });

/** One element of the pay of one person in the period. */
export const PayrollEntry = PayrollRow.omit({ periodStart: true, periodEnd: true })
  .extend({
    employeeId: Line(64)
      .min(1)
      .optional()
      .describe('What the provider calls the person, as `hris.list_employees` gives it. Files do without.'),
  })
  .strict();
export type PayrollEntry = z.infer<typeof PayrollEntry>;

export const payrollExport = defineCapability({
  label: 'Export payroll data',
  summary: 'Hand hours, bonuses and absences of a period over to payroll',
  effect: 'write',
  input: z
    .strictObject({
      periodStart: LocalDate,
      periodEnd: LocalDate,
      entries: z
        .array(PayrollEntry)
        .min(1)
        .max(5_000)
        .describe(
          'One element of pay each: a quantity, an amount or both, as text with two decimals. `employeeNumber` and `code` are those of the payroll; programs need `employeeId` too.',
        ),
    })
    .refine(({ periodStart, periodEnd }) => periodEnd >= periodStart, 'The period ends after it begins')
    .refine(
      ({ entries }) =>
        entries.every(({ quantity, amount }) => quantity !== undefined || amount !== undefined),
      'Every entry needs a quantity or an amount',
    ),
  output: z.object({
    state: z
      .enum(['accepted', 'file'])
      .describe('`accepted`: the payroll has it. `file`: somebody carries the file on.'),
    exportId: z.string().nullable().describe('What the payroll calls it; null for a file.'),
    entries: z.number().int().describe('How many entries were handed over.'),
    file: z
      .object({ name: z.string(), contentType: z.string(), content: z.string().describe('In base64.') })
      .nullable(),
  }),
  example: {
    periodStart: '2026-12-01',
    periodEnd: '2026-12-15',
    entries: [
      {
        employeeId: '11111111-aaaa-4aaa-8aaa-000000000001',
        employeeNumber: 'E1004',
        lastName: 'Dogwood',
        firstName: 'David',
        code: 'Regular Hours',
        quantity: '80.00',
      },
      {
        employeeId: '11111111-aaaa-4aaa-8aaa-000000000001',
        employeeNumber: 'E1004',
        lastName: 'Dogwood',
        firstName: 'David',
        code: 'Bonus',
        amount: '250.00',
      },
    ],
  },
});
