import type { listExchangeLayouts } from '@trunkline/contract/exchange';
import type { CsvLayout } from '@trunkline/contract/files';
import type { OutputOf } from '@trunkline/contract/operation';

export type StoredLayout = OutputOf<typeof listExchangeLayouts>['data'][number];

export const delimiterWords: Record<CsvLayout['delimiter'], string> = {
  ',': 'Comma',
  ';': 'Semicolon',
  '\t': 'Tabulator',
  '|': 'Vertical bar',
};
export const encodingWords: Record<CsvLayout['encoding'], string> = {
  'utf-8': 'UTF-8',
  'utf-8-bom': 'UTF-8 with a mark (for Excel)',
  'windows-1252': 'Windows-1252',
};
export const dateFormats: CsvLayout['dateFormat'][] = [
  'YYYY-MM-DD',
  'MM/DD/YYYY',
  'DD/MM/YYYY',
  'YYYYMMDD',
  'MMDDYYYY',
  'DDMMYYYY',
];

/** How a layout is written, in a few words: `comma, MM/DD/YYYY, 1234.56`. */
export function layoutWords({ delimiter, dateFormat, decimalMark }: CsvLayout): string {
  return `${delimiterWords[delimiter].toLowerCase()}, ${dateFormat}, 1234${decimalMark}56`;
}

/** The same columns with one of them moved by a place up (-1) or down (1). */
export function moved<Item>(items: readonly Item[], at: number, by: -1 | 1): Item[] {
  const next = [...items];
  const [item] = next.splice(at, 1);
  if (item === undefined || at + by < 0 || at + by > next.length) return [...items];
  next.splice(at + by, 0, item);
  return next;
}

/** `addressLine1` → `Address line 1`. */
export function fieldWords(field: string): string {
  if (field === 'ssn') return 'SSN';
  const words = field.replace(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
