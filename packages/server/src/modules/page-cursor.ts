import { fieldError } from '../errors.ts';
import { InvalidCursorError, decodeCursor, encodeCursor } from '../lib/cursor.ts';

/** The cursor of the page after this one: made of its last row, null when there is none after it. */
export function pageCursor<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => string): string | null {
  const last = rows[limit - 1];
  return rows.length > limit && last !== undefined ? encodeCursor([keyOf(last)]) : null;
}

/** @throws AppError `invalid_input` for anything that {@link pageCursor} did not make */
export function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  try {
    return String(decodeCursor(cursor, 1)[0]);
  } catch (error) {
    if (error instanceof InvalidCursorError) {
      throw fieldError('invalid_input', '/cursor', 'Send the nextCursor of an earlier page, unchanged.');
    }
    throw error;
  }
}
