import type { CsvLayout } from '@trunkline/contract/files';

/** What a field holds, which decides how it is written. */
export type FieldKind = 'text' | 'date' | 'number' | 'flag';

type DateFormat = CsvLayout['dateFormat'];

const dateParts: Record<DateFormat, RegExp> = {
  'YYYY-MM-DD': /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)$/,
  'MM/DD/YYYY': /^(?<month>\d\d?)\/(?<day>\d\d?)\/(?<year>\d{4})$/,
  'DD/MM/YYYY': /^(?<day>\d\d?)\/(?<month>\d\d?)\/(?<year>\d{4})$/,
  YYYYMMDD: /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)$/,
  MMDDYYYY: /^(?<month>\d\d)(?<day>\d\d)(?<year>\d{4})$/,
  DDMMYYYY: /^(?<day>\d\d)(?<month>\d\d)(?<year>\d{4})$/,
};

/** `2026-12-01` in the format of a layout. */
export function formatDate(date: string, format: DateFormat): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return format.replace('YYYY', year).replace('MM', month).replace('DD', day);
}

/** A date of a layout as `2026-12-01`; null when it is not written so, or is no day of the calendar. */
export function parseDate(text: string, format: DateFormat): string | null {
  const { year = '', month = '', day = '' } = dateParts[format].exec(text)?.groups ?? {};
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const read = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(read.getTime()) || read.toISOString().slice(0, 10) !== date ? null : date;
}

/** `1234.50` with the decimal mark of a layout. */
export function formatNumber(value: string, { decimalMark }: Pick<CsvLayout, 'decimalMark'>): string {
  return value.replace('.', decimalMark);
}

/** A number of a layout with two decimals and a point; null when it is none, or has more decimals. */
export function parseNumber(text: string, { decimalMark }: Pick<CsvLayout, 'decimalMark'>): string | null {
  const match = /^(-?)0*(\d+)(?:[.,](\d{1,2})0*)?$/.exec(text);
  const mark = /[.,]/.exec(text)?.[0];
  if (!match || (mark !== undefined && mark !== decimalMark)) return null;
  const [, sign = '', whole = '', decimals = ''] = match;
  const value = `${whole}.${decimals.padEnd(2, '0')}`;
  return value === '0.00' ? value : sign + value;
}

/** What a spreadsheet takes for the beginning of a formula. */
const formula = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u;

/**
 * The writer puts one apostrophe before what looks like a formula. A text that has apostrophes there already gets one
 * more, so that reading takes away what writing has put in and nothing else.
 */
export function guardFormula(text: string): string {
  return formula.test(text.replace(/^'+/, '')) && text.startsWith("'") ? `'${text}` : text;
}

/** The text that `guardFormula` and the writer were given. */
export function unguardFormula(text: string): string {
  return text.startsWith("'") && formula.test(text.replace(/^'+/, '')) ? text.slice(1) : text;
}
