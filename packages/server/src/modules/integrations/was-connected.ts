import type { Tx } from '../../ctx.ts';

/**
 * Whether an integration is, or ever was, connected: it has been allowed access, was found working once, or had another
 * state than waiting and switched off in the history that is kept.
 */
export async function wasConnected(tx: Tx, id: string): Promise<boolean> {
  const [row] = await tx.query<{ was: boolean }>(
    `SELECT i.connected_at IS NOT NULL OR h.last_ok_at IS NOT NULL OR EXISTS (
       SELECT FROM integration_status_spans s
       WHERE s.integration_id = i.id AND s.status NOT IN ('pending', 'disabled')
     ) AS was
     FROM integrations i JOIN integration_health h ON h.integration_id = i.id
     WHERE i.organization_id = current_organization() AND i.id = $1 AND i.deleted_at IS NULL`,
    [id],
  );
  return row?.was ?? false;
}
