import { parse } from 'csv-parse/sync';
import { TableError } from './table-error.ts';

const longestRow = 100_000;

/** UTF-8 with or without a mark, and what Excel writes without asking. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The separator that the line of headings has most of, outside of quotes. */
function separatorOf(text: string): string {
  const headings = (/^[^\r\n]*/.exec(text)?.[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const count = (separator: string): number => headings.split(separator).length;
  return [',', ';', '\t', '|'].reduce((best, each) => (count(each) > count(best) ? each : best));
}

/**
 * Reads a CSV file as texts, row by row. The separator is found out.
 *
 * @throws TableError
 */
export function readCsv(bytes: Uint8Array, mostRows: number): string[][] {
  const text = decode(bytes);
  if (text.includes('\0')) throw new TableError('This is no text file.');
  try {
    return parse(text, {
      delimiter: separatorOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: longestRow,
      to: mostRows + 2,
    });
  } catch (error) {
    throw new TableError('The file is not CSV: a quotation mark is not closed, or a row is too long.', {
      cause: error,
    });
  }
}
