import type { createExchangeFile } from '@trunkline/contract/exchange';
import type { ExchangeKind } from '@trunkline/contract/exchange';
import type { InputOf } from '@trunkline/contract/operation';
import type { ApiError } from '../../lib/api-error.ts';

/** The kinds that are written here. */
export type WrittenKind = Exclude<ExchangeKind, 'acknowledgement' | 'other'>;

export function isWritten(kind: ExchangeKind): kind is WrittenKind {
  return kind !== 'acknowledgement' && kind !== 'other';
}

/** What stands in the form of a new file. */
export interface NewFile {
  kind: WrittenKind;
  /** Made-up people instead of rows. */
  sample: boolean;
  /** Rows as JSON, or a table as CSV. */
  rows: string;
  name: string;
  sponsorName: string;
  sponsorTaxId: string;
  payerName: string;
  payerTaxId: string;
  /** Empty: as the settings of the integration say. */
  content: '' | 'full' | 'replace' | 'changes';
  effectiveDate: string;
  stripAccents: boolean;
}

export function emptyFile(kind: WrittenKind): NewFile {
  return {
    kind,
    sample: false,
    rows: '',
    name: '',
    sponsorName: '',
    sponsorTaxId: '',
    payerName: '',
    payerTaxId: '',
    content: '',
    effectiveDate: '',
    stripAccents: false,
  };
}

type Content = InputOf<typeof createExchangeFile>['content'];

export interface ReadFile {
  /** Null: there are errors. */
  content: Content | null;
  /** By field of the form. */
  errors: Partial<Record<keyof NewFile, string>>;
}

/** Rows of JSON, or null for a table. Text that begins like JSON and is none is an error. */
function readRows(text: string): { rows: unknown[] | null; error: string | null } {
  const start = text.trimStart();
  if (!start.startsWith('[') && !start.startsWith('{')) return { rows: null, error: null };
  try {
    const value: unknown = JSON.parse(text);
    return { rows: Array.isArray(value) ? value : [value], error: null };
  } catch {
    return { rows: null, error: 'This begins like JSON, but cannot be read as JSON.' };
  }
}

const needed = {
  sponsorName: 'Enter the name of the employer',
  sponsorTaxId: 'Enter the tax number of the employer',
  payerName: 'Enter the name of the carrier',
  payerTaxId: 'Enter the tax number of the carrier',
} as const;

/** The input for the server, or what is missing. Whether the rows are right, the server says. */
export function readNewFile(file: NewFile): ReadFile {
  const { kind, rows: text } = file;
  if (file.sample) return { content: { kind: 'sample', of: kind }, errors: {} };
  const errors: ReadFile['errors'] = {};
  if (kind === 'enrollment') {
    for (const [field, message] of Object.entries(needed) as [keyof typeof needed, string][]) {
      if (file[field].trim() === '') errors[field] = message;
    }
  }
  const { rows, error } = readRows(text);
  if (text.trim() === '') errors.rows = 'Paste rows, choose a file, or use the sample';
  else if (error !== null) errors.rows = error;
  if (Object.keys(errors).length > 0) return { content: null, errors };
  // The server checks each row and says which field of which row is wrong.
  const data = rows === null ? { table: text } : kind === 'enrollment' ? { members: rows } : { rows };
  const head =
    kind === 'enrollment'
      ? {
          sponsor: { name: file.sponsorName.trim(), taxId: file.sponsorTaxId.trim() },
          payer: { name: file.payerName.trim(), taxId: file.payerTaxId.trim() },
          accents: file.stripAccents ? 'strip' : 'refuse',
          ...(file.content === '' ? {} : { content: file.content }),
          ...(file.effectiveDate === '' ? {} : { effectiveDate: file.effectiveDate }),
        }
      : {};
  return { content: { kind, ...head, ...data } as Content, errors };
}

const fieldOf: Record<string, keyof NewFile> = {
  '/name': 'name',
  '/content/sponsor/name': 'sponsorName',
  '/content/sponsor/taxId': 'sponsorTaxId',
  '/content/payer/name': 'payerName',
  '/content/payer/taxId': 'payerTaxId',
  '/content/effectiveDate': 'effectiveDate',
};

export interface FileErrors {
  byField: Partial<Record<keyof NewFile, string>>;
  /** About the rows, each with its place: `Row 2, ssn: Nine digits`. */
  rows: string[];
  rest: string | null;
}

/** Where the errors of a refused file belong. */
export function fileErrors(error: ApiError): FileErrors {
  const found: FileErrors = { byField: {}, rows: [], rest: null };
  const others: string[] = [];
  for (const { pointer, detail } of error.errors) {
    const row = /^\/content\/(?:members|rows)\/(\d+)(?:\/(.+))?$/.exec(pointer);
    const field = fieldOf[pointer];
    if (row) {
      const place = row[2] === undefined ? '' : `, ${row[2].replaceAll('/', '.')}`;
      found.rows.push(`Row ${Number(row[1]) + 1}${place}: ${detail}`);
    } else if (/^\/content\/(?:table|members|rows)$/.test(pointer)) found.rows.push(detail);
    else if (field) found.byField[field] ??= detail;
    else others.push(detail);
  }
  if (others.length > 0) found.rest = others.join(' ');
  else if (error.errors.length === 0) found.rest = error.detail;
  return found;
}
