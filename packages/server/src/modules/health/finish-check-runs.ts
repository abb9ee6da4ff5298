import type { App } from '../../ctx.ts';

/**
 * Ends checks of all integrations that have nothing left to check; what was switched off or disconnected meanwhile counts
 * as skipped. Any node may do it, at any time.
 */
export async function finishCheckRuns(app: Pick<App, 'pool' | 'clock' | 'live'>): Promise<void> {
  const { rows } = await app.pool.query<{ organizationId: string }>({
    name: 'finish_check_runs',
    text: `
      WITH skipped AS (
        UPDATE check_run_items i SET outcome = 'skipped' FROM integration_health h, check_runs r
        WHERE r.finished_at IS NULL AND i.run_id = r.id AND i.outcome IS NULL AND h.integration_id = i.integration_id
          AND NOT isfinite(h.check_due_at)
        RETURNING i.run_id, i.integration_id)
      UPDATE check_runs r SET finished_at = $1
      WHERE r.finished_at IS NULL AND NOT EXISTS (
        SELECT FROM check_run_items i WHERE i.run_id = r.id AND i.outcome IS NULL
          AND NOT EXISTS (SELECT FROM skipped s WHERE s.run_id = i.run_id AND s.integration_id = i.integration_id))
      RETURNING r.organization_id AS "organizationId"`,
    values: [new Date(app.clock())],
  });
  for (const { organizationId } of rows) {
    // With an id, so that nobody takes it for a new run.
    app.live.publish({ organizationId, topic: 'health', ids: [organizationId] });
  }
}
