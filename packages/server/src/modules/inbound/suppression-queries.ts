import type { Suppression, SuppressionReason } from '@trunkline/contract/inbound';
import type { Tx } from '../../ctx.ts';

interface SuppressionRow extends Omit<Suppression, 'createdAt'> {
  id: string;
  createdAt: Date;
}

const columns = 'id, address, reason, detail, provider, created_at AS "createdAt", created_by AS "createdBy"';

export interface SuppressionFilter {
  search?: string | undefined;
  reason?: SuppressionReason | undefined;
  before: string | undefined;
}

const where = `organization_id = current_organization() AND ($1::text IS NULL OR strpos(address, lower($1)) > 0)
  AND ($2::text IS NULL OR reason = $2)`;

/** Suppressed addresses, the newest first. */
export async function listSuppressionRows(
  tx: Tx,
  { search, reason, before }: SuppressionFilter,
  limit: number,
): Promise<SuppressionRow[]> {
  return tx.query<SuppressionRow>(
    `SELECT ${columns} FROM email_suppressions WHERE ${where} AND ($3::uuid IS NULL OR id < $3)
     ORDER BY id DESC LIMIT $4`,
    [search ?? null, reason ?? null, before ?? null, limit],
  );
}

/** How many there are, counted up to 10,000. */
export async function countSuppressions(
  tx: Tx,
  { search, reason }: Pick<SuppressionFilter, 'search' | 'reason'>,
): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (SELECT FROM email_suppressions WHERE ${where} LIMIT 10000) s`,
    [search ?? null, reason ?? null],
  );
  return row?.count ?? 0;
}

/** Puts an address on the list; null when it is there already. */
export async function insertSuppression(
  tx: Tx,
  { id, address, reason, detail, provider, createdAt, createdBy }: SuppressionRow,
): Promise<SuppressionRow | null> {
  const [row] = await tx.query<SuppressionRow>(
    `INSERT INTO email_suppressions (organization_id, address, id, reason, detail, provider, created_at, created_by)
     VALUES (current_organization(), $1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING ${columns}`,
    [address, id, reason, detail, provider, createdAt, createdBy],
  );
  return row ?? null;
}

export function presentSuppression(row: SuppressionRow): Suppression {
  const { address, reason, detail, provider, createdAt, createdBy } = row;
  return { address, reason, detail, provider, createdAt: createdAt.toISOString(), createdBy };
}
