/** Ids are UUIDs version 7: their order is the order in time. */
interface Identified {
  id: string;
}

/**
 * Splits rows, newest first, at the newest one that was on screen when the list was held still.
 * @param anchor its id; null while the list follows.
 * @returns the rows to show and how many newer ones wait above them.
 */
export function splitAtAnchor<Row extends Identified>(
  rows: readonly Row[],
  anchor: string | null,
): { shown: readonly Row[]; waiting: number } {
  if (anchor === null) return { shown: rows, waiting: 0 };
  const shown = rows.filter((row) => row.id <= anchor);
  return { shown, waiting: rows.length - shown.length };
}
