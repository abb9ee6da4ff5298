import type { CsvLayout, FileFinding } from '@trunkline/contract/files';
import type { z } from 'zod';
import { finding } from '../finding.ts';
import { FileInputError } from '../input-error.ts';
import type { FileInputIssue } from '../input-error.ts';
import { mostFindings, readTable, writeTable } from './table.ts';
import type { TableFields, TableRow } from './table.ts';

/** A kind of rows: their shape, their fields, and what must hold beyond the shape. */
export interface RowKind<Row> {
  schema: z.ZodType<Row>;
  fields: TableFields;
  /** Problems of one row among all; `field` names the column. */
  check: (row: Row, seen: Set<string>) => readonly RowProblem[];
  /** The number by which people know the person; its last two characters may stand in a message. */
  reference: (row: Row) => string | undefined;
}

export interface RowProblem {
  severity: FileFinding['severity'];
  field: string;
  code: string;
  message: string;
}

/**
 * Checks rows and writes them in a layout.
 * @throws FileInputError which names row and field, never the value
 */
export function writeRows<Row extends TableRow>(
  kind: RowKind<Row>,
  rows: readonly unknown[],
  layout: CsvLayout,
): Buffer {
  const issues: FileInputIssue[] = [];
  const seen = new Set<string>();
  const written: Row[] = [];
  rows.forEach((row, index) => {
    const parsed = kind.schema.safeParse(row);
    const item = index + 1;
    if (!parsed.success) {
      for (const { path, code, message } of parsed.error.issues) {
        issues.push({ item, ending: null, field: path.join('.'), code, message });
      }
      return;
    }
    const ending = endingOf(kind.reference(parsed.data));
    for (const { severity, field, code, message } of kind.check(parsed.data, seen)) {
      if (severity === 'error') issues.push({ item, ending, field, code, message });
    }
    written.push(parsed.data);
  });
  const [first, ...others] = issues;
  if (first) throw new FileInputError([first, ...others.slice(0, mostFindings)]);
  return writeTable(written, layout, kind.fields);
}

/** Reads and checks a file of rows. Rows with errors are found and left out. */
export function readRows<Row>(
  kind: RowKind<Row>,
  bytes: Uint8Array,
  layout: CsvLayout,
): { rows: Row[]; findings: FileFinding[] } {
  const table = readTable(bytes, layout, kind.fields);
  const findings = [...table.findings];
  const wrong = new Set(
    findings.flatMap(({ severity, row }) => (severity === 'error' && row !== null ? [row] : [])),
  );
  const headers = new Map(layout.columns.map(({ field, header }) => [field, header]));
  const seen = new Set<string>();
  const rows: Row[] = [];
  for (const { number, values } of table.rows) {
    if (wrong.has(number)) continue;
    const place = (field: string) => ({ row: number, column: headers.get(field) ?? field });
    const parsed = kind.schema.safeParse(values);
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues) {
        const field = path.join('.');
        const [code, words] =
          values[field] === undefined ? ['value_missing', 'It is missing.'] : ['value_wrong', message];
        findings.push(finding('error', code, words, place(field)));
      }
      continue;
    }
    const problems = kind.check(parsed.data, seen);
    findings.push(
      ...problems.map(({ severity, field, code, message }) => finding(severity, code, message, place(field))),
    );
    if (!problems.some(({ severity }) => severity === 'error')) rows.push(parsed.data);
  }
  return { rows, findings: findings.slice(0, mostFindings) };
}

/** The last two characters of a number that has more than four. */
export function endingOf(number: string | undefined): string | null {
  return number !== undefined && number.length > 4 ? number.slice(-2) : null;
}
