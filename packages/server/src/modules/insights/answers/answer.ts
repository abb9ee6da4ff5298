import type { InsightAnswerName } from '@trunkline/contract/insight-answers';
import type { InsightColumn, InsightGroup } from '@trunkline/contract/insights';
import type { Tx } from '../../../ctx.ts';

export type Cell = string | number | null;

/** The time that is asked about: from `since`, before `until`. */
export interface InsightSpan {
  since: Date;
  until: Date;
}

/** How one answer is found; its rows come from what was recorded, or from what the product keeps anyway. */
export interface Answering {
  name: InsightAnswerName;
  group: InsightGroup;
  title: string;
  questions: string[];
  columns: InsightColumn[];
  /** Index of the column that a chart shows. */
  bar: number | null;
  needs: string;
  /** One row for every line of the table, a cell for every column. */
  find: (tx: Tx, span: InsightSpan) => Promise<Cell[][]>;
  /** The answer in a sentence; null where the rows say it better. */
  say?: (rows: Cell[][]) => string | null;
}

export const text = (label: string): InsightColumn => ({ label, kind: 'text' });
export const count = (label: string): InsightColumn => ({ label, kind: 'count' });
export const percent = (label: string): InsightColumn => ({ label, kind: 'percent' });
export const ms = (label: string): InsightColumn => ({ label, kind: 'ms' });
export const time = (label: string): InsightColumn => ({ label, kind: 'time' });
export const decimal = (label: string): InsightColumn => ({ label, kind: 'decimal' });

/** What recorded events of some kinds begin with. `$1` and `$2` are the span. */
export function tracked(...events: string[]): string {
  return `tracked_events e WHERE e.organization_id = current_organization()
    AND e.event IN (${events.map((event) => `'${event}'`).join(', ')}) AND e.at >= $1 AND e.at < $2`;
}

/** A property of an event as text. */
export const property = (name: string): string => `e.properties->>'${name}'`;

/** Rows of cells, in the order of the columns that the statement selects. */
export async function readCells(
  tx: Tx,
  sql: string,
  span: InsightSpan,
  values: unknown[] = [],
): Promise<Cell[][]> {
  const rows = await tx.query<Record<string, Cell | Date>>(sql, [span.since, span.until, ...values]);
  return rows.map((row) =>
    Object.values(row).map((cell) => (cell instanceof Date ? cell.toISOString() : cell)),
  );
}

/** The share in per cent with one decimal; null of nothing. */
export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((1000 * part) / whole) / 10;
}

/** Words of a role in a table. */
export const roleWords = `CASE e.role WHEN 'system_admin' THEN 'System administrators'
  WHEN 'utility_admin' THEN 'Utility administrators' WHEN 'viewer' THEN 'Viewers' ELSE 'Programs' END`;
