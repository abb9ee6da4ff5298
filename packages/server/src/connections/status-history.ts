import type { Tx } from '../ctx.ts';
import { statusSql } from './status.ts';

/**
 * Continues the history of an integration's status: where it is another one than that of the open span, that one ends and
 * a new one begins; one that is disconnected has no open span any more. The caller holds a lock on the integration or on
 * its health.
 */
export async function continueStatusHistory(tx: Tx, integrationId: string, now: Date): Promise<void> {
  const [is] = await tx.query<{ status: string | null; problem: unknown; open: string | null }>(
    `SELECT CASE WHEN i.deleted_at IS NULL THEN ${statusSql} END AS status, h.problem, s.status AS open
     FROM integrations i JOIN integration_health h ON h.integration_id = i.id
     LEFT JOIN integration_status_spans s ON s.integration_id = i.id AND s.until IS NULL
     WHERE i.organization_id = current_organization() AND i.id = $1`,
    [integrationId],
  );
  if (!is || is.status === is.open) return;
  if (is.open !== null) {
    await tx.query(
      `UPDATE integration_status_spans SET until = $2
       WHERE organization_id = current_organization() AND integration_id = $1 AND until IS NULL`,
      [integrationId, now],
    );
  }
  if (is.status !== null) {
    await tx.query(
      `INSERT INTO integration_status_spans (integration_id, organization_id, status, problem, since)
       VALUES ($1, current_organization(), $2, $3, $4)`,
      [integrationId, is.status, is.problem === null ? null : JSON.stringify(is.problem), now],
    );
  }
}
