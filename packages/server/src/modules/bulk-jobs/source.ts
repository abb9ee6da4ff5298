import type { Tx } from '../../ctx.ts';
import type { Selection } from './rules.ts';

/** What a batch did. */
export interface Batch {
  queued: number;
  /** Everything up to here was looked at. */
  cursor: string;
  /** Nothing comes after it. */
  finished: boolean;
  /** Webhooks whose deliveries changed. */
  webhookIds: string[];
}

/** How one kind of job finds its deliveries. */
export interface Source {
  /** It looks for events without a delivery; those that are being stored have to be there first. */
  looksForEvents?: true;
  /** Deliveries that the selection is about at present, up to 1,000,000. */
  count(tx: Tx, selection: Selection): Promise<number>;
  /** Queues up to `limit` deliveries that come after the cursor. */
  queue(tx: Tx, selection: Selection, cursor: string | null, limit: number): Promise<Batch>;
}

/**
 * A statement whose parts are each bounded by a range: they are read once and hashed. Statistics that lag behind a
 * burst of rows would otherwise lead the planner to read a range again for every row of another.
 */
export async function readRanges<Row extends object>(tx: Tx, sql: string, values: unknown[]): Promise<Row[]> {
  await tx.query(`SELECT set_config('enable_nestloop', 'off', true)`);
  const rows = await tx.query<Row>(sql, values);
  await tx.query(`SELECT set_config('enable_nestloop', 'on', true)`);
  return rows;
}

export async function countRows(tx: Tx, rows: string, values: unknown[]): Promise<number> {
  const [row] = await readRanges<{ count: number }>(
    tx,
    `SELECT count(*) AS count FROM (${rows}) counted`,
    values,
  );
  return row?.count ?? 0;
}
