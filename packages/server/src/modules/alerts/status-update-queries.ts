import type { StatusUpdate } from '@trunkline/contract/status-updates';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';

type Row = Omit<StatusUpdate, 'postedAt' | 'closedAt'> & { postedAt: Date; closedAt: Date | null };

const select = `SELECT id, text, severity, integrations, resolved, posted_at AS "postedAt", posted_by AS "postedBy",
  closed_at AS "closedAt", closed_by AS "closedBy" FROM status_updates WHERE organization_id = current_organization()`;

const present = (row: Row): StatusUpdate => ({
  ...row,
  postedAt: row.postedAt.toISOString(),
  closedAt: row.closedAt?.toISOString() ?? null,
});

export async function listUpdates(
  tx: Tx,
  filter: { current: boolean; before: string | undefined; limit: number },
): Promise<StatusUpdate[]> {
  const rows = await tx.query<Row>(
    `${select} AND NOT ($1 AND closed_at IS NOT NULL) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [filter.current, filter.before ?? null, filter.limit],
  );
  return rows.map(present);
}

/** @throws AppError `not_found` */
export async function readUpdate(tx: Tx, id: string): Promise<StatusUpdate> {
  const [row] = await tx.query<Row>(`${select} AND id = $1 FOR UPDATE`, [id]);
  if (!row) throw notFound('status update');
  return present(row);
}
