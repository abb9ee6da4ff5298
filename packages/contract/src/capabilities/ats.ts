import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Base64, Line } from './texts.ts';

/** How large a file may be, in bytes. */
export const largestTable = 5 * 1_048_576;
/** How many rows a file may have, without the headings. */
export const mostTableRows = 2_000;

const Heading = Line(100).min(1);

const TableFile = z.strictObject({
  name: Line(100)
    .regex(/^[^/\\]+\.(csv|xlsx)$/i, 'A file name that ends in .csv or .xlsx')
    .meta({ example: 'candidates.csv' }),
  content: Base64(largestTable)
    .min(4)
    .describe('In base64; at most 5 MiB and 2,000 rows. The first row has the headings.'),
  columns: z
    .record(
      z
        .string()
        .regex(
          /^(candidateId|firstName|lastName|name|email|phone|title|company|jobId|state|location|department|url)$/,
        ),
      Heading,
    )
    .default({})
    .describe('Which heading stands for which field, where it is none of the usual ones.'),
});

export const atsImport = defineCapability({
  label: 'Import candidates or jobs',
  summary: 'Read candidates or jobs from an applicant tracking system, or from a CSV or Excel file',
  effect: 'read',
  input: z
    .strictObject({
      what: z.enum(['candidates', 'jobs']).default('candidates'),
      limit: z.number().int().min(1).max(100).default(50).describe('Of a page. A file is read as a whole.'),
      cursor: Line(1_000).min(1).optional().describe('As the page before gave it.'),
      updatedSince: z.iso.datetime({ offset: true }).optional().describe('Only what has changed since.'),
      file: TableFile.optional().describe('Read this file, and ask nobody.'),
    })
    .refine(
      ({ file, cursor, updatedSince }) =>
        file === undefined || (cursor === undefined && updatedSince === undefined),
      'A file is read as a whole, without a cursor and a time',
    ),
  output: z.object({
    candidates: z.array(
      z.object({
        candidateId: z
          .string()
          .describe('As the system has it; of a file without ids, made from the address.'),
        firstName: z.string(),
        lastName: z.string(),
        email: z.string().nullable(),
        phone: z.string().nullable(),
        title: z.string().nullable(),
        company: z.string().nullable(),
        updatedAt: z.string().nullable(),
      }),
    ),
    jobs: z.array(
      z.object({
        jobId: z.string(),
        title: z.string(),
        state: z.enum(['open', 'closed', 'draft', 'unknown']),
        location: z.string().nullable(),
        department: z.string().nullable(),
        url: z.string().nullable(),
        updatedAt: z.string().nullable(),
      }),
    ),
    nextCursor: z.string().nullable().describe('Null: that was the last page.'),
    problems: z
      .array(
        z.object({ row: z.number().int().describe('As a spreadsheet counts them.'), message: z.string() }),
      )
      .describe('Rows of a file that were left out, and why.'),
  }),
  example: { what: 'candidates', limit: 50 },
});
