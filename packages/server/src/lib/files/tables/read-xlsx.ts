import { strFromU8, unzipSync, zipSync } from 'fflate';
import type { UnzipFileInfo } from 'fflate';
import { readSheet } from 'read-excel-file/node';
import { TableError } from './table-error.ts';

/** How large the parts of a workbook may be together when they are unpacked, in bytes. */
export const largestUnpacked = 32 * 1_048_576;
const mostParts = 200;

/** What a value needs: the sheets, their texts, and where they are. Pictures, macros and the rest stay packed. */
const needed =
  /^(\[Content_Types\]\.xml|_rels\/\.rels|xl\/(workbook|styles|sharedStrings)\.xml|xl\/_rels\/workbook\.xml\.rels|xl\/worksheets\/[^/]+\.xml)$/i;

const sheet = /^xl\/worksheets\//i;

/**
 * Unpacks what is needed, within bounds: a part is never unpacked into more than it announces, and all of them announce
 * no more than is allowed.
 */
function unpack(bytes: Uint8Array): Record<string, Uint8Array> {
  let parts = 0;
  let total = 0;
  const wanted = ({ name, originalSize }: UnzipFileInfo): boolean => {
    parts += 1;
    if (parts > mostParts) throw new TableError('The workbook has too many parts.');
    if (!needed.test(name)) return false;
    total += originalSize;
    if (total > largestUnpacked) throw new TableError('The workbook is too large when it is unpacked.');
    return true;
  };
  try {
    return unzipSync(bytes, { filter: wanted });
  } catch (error) {
    if (error instanceof TableError) throw error;
    throw new TableError('This is no workbook of Excel (.xlsx), or it is damaged or has a password.', {
      cause: error,
    });
  }
}

/** Refuses what would have to be worked out, and documents that define words of their own. */
function guard(name: string, part: Uint8Array): void {
  const text = strFromU8(part);
  if (/<!DOCTYPE/i.test(text)) throw new TableError('The workbook holds a document type, which none has.');
  if (!sheet.test(name)) return;
  const formula = /<(?:\w+:)?c\b[^>]*\br="([A-Z]+\d+)"[^>]*>\s*<(?:\w+:)?f\b/.exec(text);
  if (formula !== null || /<(?:\w+:)?f[\s>/]/.test(text)) {
    const where = formula?.[1] === undefined ? 'A cell' : `Cell ${formula[1]}`;
    throw new TableError(`${where} holds a formula. Paste the values instead, and save the file again.`);
  }
}

/**
 * Reads the first sheet of a workbook as texts, row by row; empty cells are empty texts. Formulas are refused, because
 * what they would give cannot be known.
 *
 * @throws TableError
 */
export async function readXlsx(bytes: Uint8Array): Promise<string[][]> {
  const parts = unpack(bytes);
  for (const [name, part] of Object.entries(parts)) guard(name, part);
  // The reader is given what was measured here, and nothing else.
  const measured = Buffer.from(zipSync(parts, { level: 0 }));
  const rows = await readSheet(measured).catch((error: unknown) => {
    throw new TableError('This workbook cannot be read.', { cause: error });
  });
  return rows.map((row) => row.map(cellText));
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
