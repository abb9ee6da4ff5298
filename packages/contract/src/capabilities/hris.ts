import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Line } from './texts.ts';

export const hrisListEmployees = defineCapability({
  label: 'List employees',
  summary: 'The people of the company, a page at a time',
  effect: 'read',
  input: z.strictObject({
    limit: z.number().int().min(1).max(100).default(50),
    cursor: Line(500).min(1).optional().describe('As the page before gave it.'),
  }),
  output: z.object({
    employees: z.array(
      z.object({
        employeeId: z.string().describe('What the provider calls the person.'),
        number: z.string().nullable().describe('The company’s own number; null where none is told.'),
        firstName: z.string(),
        lastName: z.string(),
        email: z.string().nullable(),
        title: z.string().nullable(),
        department: z.string().nullable(),
        active: z.boolean().describe('Providers may leave out people who have left.'),
      }),
    ),
    nextCursor: z.string().nullable().describe('Null: that was the last page.'),
  }),
  example: { limit: 50 },
});
