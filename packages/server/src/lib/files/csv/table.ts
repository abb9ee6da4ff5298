import type { CsvLayout, FileFinding } from '@trunkline/contract/files';
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { finding } from '../finding.ts';
import { FileInputError } from '../input-error.ts';
import type { FileInputIssue } from '../input-error.ts';
import { decode, encode, isEncodable } from './encoding.ts';
import { formatDate, formatNumber, guardFormula, parseDate, parseNumber, unguardFormula } from './values.ts';
import type { FieldKind } from './values.ts';

/** A row as the writers and readers of tables see it: values by field, in our own notation. */
export type TableRow = Readonly<Record<string, string | undefined>>;

/** The fields that a table can have. */
export type TableFields = Readonly<Record<string, FieldKind>>;

/** More findings than these are not gathered. */
export const mostFindings = 200;

/** What is wrong with a layout for these fields. Null: it can be used. */
export function layoutProblem(layout: CsvLayout, fields: TableFields): string | null {
  const unknown = layout.columns.find(({ field }) => !Object.hasOwn(fields, field));
  if (unknown) return 'A column has a field that these rows do not have.';
  if (new Set(layout.columns.map(({ field }) => field)).size < layout.columns.length) {
    return 'Two columns have the same field.';
  }
  if (new Set(layout.columns.map(({ header }) => header.trim().toLowerCase())).size < layout.columns.length) {
    return 'Two columns have the same heading.';
  }
  if (
    layout.delimiter === layout.decimalMark &&
    layout.columns.some(({ field }) => fields[field] === 'number')
  ) {
    return 'The comma cannot both separate columns and begin decimals.';
  }
  return null;
}

/**
 * Writes rows in a layout. Values must fit their fields: dates as `2026-12-01`, numbers with a decimal point.
 * @throws FileInputError a layout that cannot be used, or a character that its encoding lacks
 */
export function writeTable(rows: readonly TableRow[], layout: CsvLayout, fields: TableFields): Buffer {
  const problem = layoutProblem(layout, fields);
  if (problem !== null) {
    throw new FileInputError([
      { item: null, ending: null, field: 'layout', code: 'layout', message: problem },
    ]);
  }
  refuseUnencodable(rows, layout);
  const text = stringify(
    rows.map((row) =>
      layout.columns.map(({ field }) => formatValue(row[field], fields[field] ?? 'text', layout)),
    ),
    {
      delimiter: layout.delimiter,
      record_delimiter: layout.lineEnd,
      header: layout.header,
      columns: layout.columns.map(({ field, header }) => ({
        key: field,
        header: guardHeader(header, layout),
      })),
      escape_formulas: layout.escapeFormulas,
      // A minus before a number begins no formula, which the writer knows of numbers only.
      cast: { number: (value) => formatNumber(value.toFixed(2), layout) },
    },
  );
  return encode(text, layout.encoding);
}

function guardHeader(header: string, { escapeFormulas }: CsvLayout): string {
  return escapeFormulas ? guardFormula(header) : header;
}

function formatValue(value: string | undefined, kind: FieldKind, layout: CsvLayout): string | number {
  if (value === undefined || value === '') return '';
  if (kind === 'date') return formatDate(value, layout.dateFormat);
  if (kind === 'number') return Number(value);
  return layout.escapeFormulas ? guardFormula(value) : value;
}

function refuseUnencodable(rows: readonly TableRow[], layout: CsvLayout): void {
  const issues = rows.flatMap((row, index): FileInputIssue[] =>
    layout.columns
      .filter(({ field }) => !isEncodable(row[field] ?? '', layout.encoding))
      .map(({ field }) => ({
        item: index + 1,
        ending: null,
        field,
        code: 'character_not_allowed',
        message: `It has a character that the encoding ${layout.encoding} lacks.`,
      })),
  );
  const [first, ...others] = issues;
  if (first) throw new FileInputError([first, ...others.slice(0, mostFindings)]);
}

/** Rows of a table that was read, each with its number in the file, from 1. */
export interface ReadTable {
  rows: { number: number; values: TableRow }[];
  findings: FileFinding[];
}

/**
 * Reads a table that was written in a layout. With headings, columns are found by them, in any order; without, by
 * their place. A value that is not of its field's kind is left out and found.
 */
export function readTable(bytes: Uint8Array, layout: CsvLayout, fields: TableFields): ReadTable {
  const none = (code: string, message: string): ReadTable => ({
    rows: [],
    findings: [finding('error', code, message)],
  });
  const problem = layoutProblem(layout, fields);
  if (problem !== null) return none('layout', problem);
  const text = decode(bytes, layout.encoding);
  if (text === null) return none('encoding', `The file is not ${layout.encoding}.`);
  const records = parseRecords(text, layout);
  if (!Array.isArray(records)) return none(records.code, records.message);
  const [first, ...rest] = records;
  if (first === undefined) return none('no_rows', 'The file is empty.');
  const columns = layout.header ? columnsByHeader(first, layout) : columnsByPlace(layout);
  const findings = [...columns.findings];
  const rows = (layout.header ? rest : records).map((record, index) => {
    const number = index + 1;
    if (record.length !== columns.fields.length) {
      findings.push(
        finding(
          'error',
          'columns_differ',
          `The row has another number of columns than ${columns.fields.length}.`,
          {
            row: number,
          },
        ),
      );
    }
    return { number, values: readRecord(record, number, columns.fields, layout, fields, findings) };
  });
  if (rows.length === 0) findings.push(finding('error', 'no_rows', 'The file has no rows.'));
  return { rows, findings: findings.slice(0, mostFindings) };
}

function parseRecords(
  text: string,
  { delimiter }: CsvLayout,
): string[][] | { code: string; message: string } {
  try {
    return parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 100_000,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Its own message holds what stands in the file.
    return { code: 'not_csv', message: `The file is no CSV: a quote is wrong${lineOf(error)}.` };
  }
}

function lineOf({ lines }: CsvError): string {
  return typeof lines === 'number' ? ` near line ${lines}` : '';
}

interface Columns {
  /** By place in the file; null: a column that no field has. */
  fields: readonly ({ field: string; header: string } | null)[];
  findings: FileFinding[];
}

function columnsByPlace({ columns }: CsvLayout): Columns {
  return { fields: columns, findings: [] };
}

function columnsByHeader(record: readonly string[], layout: CsvLayout): Columns {
  const findings: FileFinding[] = [];
  const normal = (header: string) => unguardFormula(header.trim()).toLowerCase();
  const headers = record.map(normal);
  for (const { header } of layout.columns) {
    const times = headers.filter((one) => one === normal(header)).length;
    if (times === 0) {
      findings.push(finding('error', 'column_missing', 'The column is not in the file.', { column: header }));
    } else if (times > 1) {
      findings.push(
        finding('error', 'column_repeated', 'The column is in the file twice.', { column: header }),
      );
    }
  }
  const fields = headers.map(
    (header) => layout.columns.find((column) => normal(column.header) === header) ?? null,
  );
  fields.forEach((field, index) => {
    if (field) return;
    findings.push(
      finding('warning', 'column_unknown', `Column ${index + 1} is not in the layout and was left out.`),
    );
  });
  return { fields, findings };
}

function readRecord(
  record: readonly string[],
  number: number,
  columns: Columns['fields'],
  layout: CsvLayout,
  kinds: TableFields,
  findings: FileFinding[],
): TableRow {
  const values: Record<string, string> = {};
  columns.forEach((column, index) => {
    const text = (record[index] ?? '').trim();
    if (!column || text === '') return;
    const kind = kinds[column.field] ?? 'text';
    const value = readValue(text, kind, layout);
    if (value !== null) {
      values[column.field] = value;
      return;
    }
    findings.push(
      finding(
        'error',
        kind === 'date' ? 'not_a_date' : 'not_a_number',
        kind === 'date'
          ? `It is no date of the form ${layout.dateFormat}.`
          : `It is no number with at most two decimals and the decimal mark ${layout.decimalMark}.`,
        { row: number, column: column.header },
      ),
    );
  });
  return values;
}

function readValue(text: string, kind: FieldKind, layout: CsvLayout): string | null {
  if (kind === 'date') return parseDate(text, layout.dateFormat);
  if (kind === 'number') return parseNumber(text, layout);
  return layout.escapeFormulas ? unguardFormula(text) : text;
}
