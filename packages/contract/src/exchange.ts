import { z } from 'zod';
import { Done, Id, PageInput, Timestamp, pageOf } from './common.ts';
import {
  Acknowledgement,
  AcknowledgementOutcome,
  ContributionRow,
  CsvLayout,
  Delimiters,
  EnrollmentMember,
  FileFinding,
  PayrollRow,
} from './files.ts';
import { defineOperation } from './operation.ts';

const tag = 'File exchange';

/** The largest file, in bytes. */
export const maxExchangeFileBytes = 10 * 1_048_576;
/** A file in base64 inside of JSON. */
const maxBodyBytes = 15 * 1_048_576;

/**
 * What a file is: `enrollment` an X12 834 of a carrier, `contributions` and `census` CSV of a 401(k) plan, `payroll`
 * CSV of a payroll, `acknowledgement` a TA1, 999 or 997, `other` anything else.
 */
export const exchangeKinds = [
  'enrollment',
  'contributions',
  'census',
  'payroll',
  'acknowledgement',
  'other',
] as const;
export const ExchangeKind = z.enum(exchangeKinds);
export type ExchangeKind = z.infer<typeof ExchangeKind>;

/** The kinds that are CSV, and so have a layout. */
export const LayoutKind = z.enum(['contributions', 'census', 'payroll']);
export type LayoutKind = z.infer<typeof LayoutKind>;

/**
 * Where a file is: `draft` has errors and cannot be sent; `ready` can be; `sent` waits for an answer of the partner;
 * `acknowledged` was taken, maybe with errors (`outcome`); `rejected` was not; `received` came from the partner.
 */
export const exchangeStates = ['draft', 'ready', 'sent', 'acknowledged', 'rejected', 'received'] as const;
export const ExchangeState = z.enum(exchangeStates);
export type ExchangeState = z.infer<typeof ExchangeState>;

export const ExchangeDirection = z.enum(['outgoing', 'incoming']);
export type ExchangeDirection = z.infer<typeof ExchangeDirection>;

const FileName = z
  .string()
  .min(1)
  .max(120)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, 'Letters, digits, spaces, dots, dashes and underscores')
  .meta({ example: '0012345_20261201_42.834' });

export const ExchangeFile = z.object({
  id: Id,
  integrationId: Id,
  name: z.string(),
  kind: ExchangeKind,
  direction: ExchangeDirection,
  state: ExchangeState,
  bytes: z.number().int(),
  sha256: z.string().describe('Of the content, in hexadecimal.'),
  controlNumber: z.number().int().nullable().describe('X12: number of the interchange (ISA13).'),
  test: z.boolean().nullable().describe('X12: marked as a test; null where files have no such mark.'),
  errors: z.number().int().describe('Findings that keep the file from being sent.'),
  warnings: z.number().int(),
  outcome: AcknowledgementOutcome.nullable().describe('What the partner answered, or what this answer says.'),
  answerId: Id.nullable().describe('The acknowledgement that came for this file.'),
  answersId: Id.nullable().describe('The file that this acknowledgement answers.'),
  error: z.string().nullable().describe('Why the last try to send did not work.'),
  erased: z.boolean().describe('Its content is gone; it cannot be read, checked or sent any more.'),
  createdAt: Timestamp,
  createdBy: z.string(),
  sentAt: Timestamp.nullable(),
  answeredAt: Timestamp.nullable(),
});
export type ExchangeFile = z.infer<typeof ExchangeFile>;

export const listExchangeFiles = defineOperation({
  name: 'listExchangeFiles',
  procedure: 'integrations.listExchangeFiles',
  kind: 'query',
  tag,
  summary: 'Files to and from the partner of an integration, newest first',
  permission: 'exchange.read',
  input: PageInput.extend({ integrationId: Id, direction: ExchangeDirection.optional() }),
  output: pageOf(ExchangeFile).extend({
    kinds: z.array(ExchangeKind).describe('Kinds that can be written for this partner.'),
    transport: z.enum(['sftp', 'manual']).describe('`manual`: a person carries the files.'),
  }),
  rest: [{ method: 'GET', path: '/api/v1/integrations/{integrationId}/files' }],
});

/** Rows as objects, or as a table in CSV whose layout is that of the kind. */
const Table = z
  .string()
  .min(1)
  .max(maxExchangeFileBytes)
  .describe('CSV with headings, in the layout of the kind or in `layout`.');

const EnrollmentContent = z.object({
  kind: z.literal('enrollment'),
  members: z.array(EnrollmentMember).min(1).max(10_000).optional(),
  table: Table.optional().describe('Instead of members: CSV, one coverage a row.'),
  sponsor: z.object({ name: z.string().min(1).max(60), taxId: z.string().min(2).max(80) }),
  payer: z.object({ name: z.string().min(1).max(60), taxId: z.string().min(2).max(80) }),
  broker: z.object({ name: z.string().min(1).max(60), taxId: z.string().min(2).max(80) }).optional(),
  content: z
    .enum(['full', 'replace', 'changes'])
    .optional()
    .describe('The setting of the integration when left out.'),
  purpose: z.enum(['original', 'resubmission', 'information_copy']).default('original'),
  effectiveDate: z.iso.date().optional(),
  masterPolicyNumber: z.string().min(1).max(50).optional(),
  totals: z.boolean().default(false),
  delimiters: Delimiters.partial().optional(),
  characterSet: z.enum(['basic', 'extended']).default('extended').describe('`basic` writes capitals only.'),
  accents: z
    .enum(['refuse', 'strip'])
    .default('refuse')
    .describe('What happens to letters with accents, which the file cannot hold.'),
  controlNumber: z
    .number()
    .int()
    .min(1)
    .max(999_999_999)
    .optional()
    .describe('Only to go on with the count of another system; otherwise the next one.'),
});

const rowsOf = <Row extends z.ZodType>(row: Row) => ({
  rows: z.array(row).min(1).max(10_000).optional(),
  table: Table.optional().describe('Instead of rows.'),
  layout: CsvLayout.optional().describe("The integration's own when left out."),
});

export const createExchangeFile = defineOperation({
  name: 'createExchangeFile',
  procedure: 'integrations.createExchangeFile',
  kind: 'mutation',
  tag,
  summary: 'Write a file for the partner from rows, from a table, or of made-up people to try it',
  description:
    'Everything is checked before. Wrong rows answer `invalid_input` with a pointer to each field, and nothing is stored. A file for trying (`sample`) stays marked as a test.',
  permission: 'exchange.write',
  maxBodyBytes,
  input: z.object({
    integrationId: Id,
    name: FileName.optional(),
    content: z.discriminatedUnion('kind', [
      EnrollmentContent,
      z.object({ kind: z.literal('contributions'), ...rowsOf(ContributionRow) }),
      z.object({ kind: z.literal('census'), ...rowsOf(ContributionRow) }),
      z.object({ kind: z.literal('payroll'), ...rowsOf(PayrollRow) }),
      z.object({
        kind: z.literal('sample'),
        of: z.enum(['enrollment', 'contributions', 'census', 'payroll']),
      }),
    ]),
  }),
  output: ExchangeFile,
  rest: [{ method: 'POST', path: '/api/v1/integrations/{integrationId}/files', status: 201 }],
});

export const uploadExchangeFile = defineOperation({
  name: 'uploadExchangeFile',
  procedure: 'integrations.uploadExchangeFile',
  kind: 'mutation',
  tag,
  summary: 'Store a file: one that came from the partner, or one of your own to send',
  description:
    'An acknowledgement is recognized, and the file that it answers changes its state. A file of your own is checked as its kind is.',
  permission: 'exchange.write',
  maxBodyBytes,
  input: z.object({
    integrationId: Id,
    name: FileName,
    direction: ExchangeDirection.default('incoming'),
    kind: ExchangeKind.exclude(['acknowledgement']).default('other').describe('Of a file of your own.'),
    content: z
      .string()
      .min(1)
      .max(Math.ceil(maxExchangeFileBytes / 3) * 4)
      .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'Base64')
      .describe('In base64; at most 10 MiB before that.'),
  }),
  output: ExchangeFile,
  rest: [{ method: 'POST', path: '/api/v1/integrations/{integrationId}/files/upload', status: 201 }],
});

export const downloadExchangeFile = defineOperation({
  name: 'downloadExchangeFile',
  procedure: 'integrations.downloadExchangeFile',
  kind: 'mutation',
  tag,
  summary: 'Give the content of a file (audited)',
  description: 'Files hold personal data, so that reading one needs the permission to write them.',
  permission: 'exchange.write',
  input: z.object({ id: Id }),
  output: z.object({
    name: z.string(),
    contentType: z.string().meta({ example: 'application/edi-x12' }),
    content: z.string().describe('In base64.'),
  }),
  rest: [{ method: 'POST', path: '/api/v1/exchange-files/{id}/download' }],
});

export const validateExchangeFile = defineOperation({
  name: 'validateExchangeFile',
  procedure: 'integrations.validateExchangeFile',
  kind: 'query',
  tag,
  summary: 'Check a file as its kind is checked; of an acknowledgement, what it says in words',
  description: 'Findings say where something is wrong and never repeat what stands there.',
  permission: 'exchange.read',
  input: z.object({ id: Id }),
  output: z.object({
    findings: z.array(FileFinding).describe('At most 500.'),
    errors: z.number().int(),
    warnings: z.number().int(),
    acknowledgement: Acknowledgement.nullable(),
  }),
  rest: [{ method: 'GET', path: '/api/v1/exchange-files/{id}/findings' }],
});

export const sendExchangeFile = defineOperation({
  name: 'sendExchangeFile',
  procedure: 'integrations.sendExchangeFile',
  kind: 'mutation',
  tag,
  summary: 'Send a file by SFTP, or say that a person has brought it to the partner',
  permission: 'exchange.write',
  input: z.object({ id: Id }),
  output: ExchangeFile,
  rest: [{ method: 'POST', path: '/api/v1/exchange-files/{id}/send' }],
});

export const fetchExchangeFiles = defineOperation({
  name: 'fetchExchangeFiles',
  procedure: 'integrations.fetchExchangeFiles',
  kind: 'mutation',
  tag,
  summary: 'Look into the folder of the partner and take what is new',
  description: 'At most 50 files at once; what is left comes with the next call. Nothing is deleted there.',
  permission: 'exchange.write',
  input: z.object({ integrationId: Id }),
  output: z.object({
    data: z.array(ExchangeFile).describe('What was new.'),
    skipped: z.number().int().describe('Files that are too large to be taken.'),
    more: z.boolean(),
  }),
  rest: [{ method: 'POST', path: '/api/v1/integrations/{integrationId}/files/fetch' }],
});

export const eraseExchangeFile = defineOperation({
  name: 'eraseExchangeFile',
  procedure: 'integrations.eraseExchangeFile',
  kind: 'mutation',
  tag,
  summary: 'Erase the content of a file; its line in the history stays',
  permission: 'exchange.write',
  input: z.object({ id: Id }),
  output: Done,
  rest: [{ method: 'DELETE', path: '/api/v1/exchange-files/{id}/content', status: 204 }],
});

const StoredLayout = z.object({
  kind: LayoutKind,
  layout: CsvLayout,
  own: z.boolean().describe('Changed by the organization; otherwise a layout of ours to start from.'),
  fields: z.array(z.string()).describe('Every field that a column can have.'),
});

export const listExchangeLayouts = defineOperation({
  name: 'listExchangeLayouts',
  procedure: 'integrations.listExchangeLayouts',
  kind: 'query',
  tag,
  summary: 'How CSV files of an integration are written',
  description:
    'None of them is the layout of a partner, which gives its own with the contract: start from ours and change it.',
  permission: 'exchange.read',
  input: z.object({ integrationId: Id }),
  output: z.object({ data: z.array(StoredLayout), nextCursor: z.null() }),
  rest: [{ method: 'GET', path: '/api/v1/integrations/{integrationId}/layouts' }],
});

export const saveExchangeLayout = defineOperation({
  name: 'saveExchangeLayout',
  procedure: 'integrations.saveExchangeLayout',
  kind: 'mutation',
  tag,
  summary: 'Change how a kind of CSV file is written, or go back to the layout to start from',
  permission: 'exchange.write',
  input: z.object({ integrationId: Id, kind: LayoutKind, layout: CsvLayout.nullable() }),
  output: StoredLayout,
  rest: [{ method: 'PUT', path: '/api/v1/integrations/{integrationId}/layouts/{kind}' }],
});
