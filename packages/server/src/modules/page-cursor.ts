import { Id } from '@trunkline/contract/common';
import { fieldError } from '../errors.ts';
import type { AppError } from '../errors.ts';
import { InvalidCursorError, decodeCursor, encodeCursor } from '../lib/cursor.ts';

/** The cursor of the page after this one: made of its last row, null when there is none after it. */
export function pageCursor<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string,
): string | null {
  const last = rows[limit - 1];
  return rows.length > limit && last !== undefined ? encodeCursor([keyOf(last)]) : null;
}

/** @throws AppError `invalid_input` for anything that {@link pageCursor} did not make */
export function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  try {
    return String(decodeCursor(cursor, 1)[0]);
  } catch (error) {
    if (error instanceof InvalidCursorError) throw wrongCursor();
    throw error;
  }
}

/** As {@link readCursor}, for lists in the order of their ids. */
export function readIdCursor(cursor: string | undefined): string | undefined {
  const id = readCursor(cursor);
  if (id !== undefined && !Id.safeParse(id).success) throw wrongCursor();
  return id;
}

export function wrongCursor(): AppError {
  return fieldError('invalid_input', '/cursor', 'Send the nextCursor of an earlier page, unchanged.');
}
