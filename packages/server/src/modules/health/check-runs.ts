import type { CheckRun } from '@trunkline/contract/health';
import type { App, Tx } from '../../ctx.ts';

interface RunRow {
  id: string;
  total: number;
  done: number;
  failed: number;
  running: number;
  startedBy: string;
  startedAt: Date;
  finishedAt: Date | null;
}

/** A check of all integrations with its progress, the latest one without an id; null when there is none. */
export async function readCheckRun(
  app: Pick<App, 'clock'>,
  tx: Tx,
  id: string | null,
): Promise<CheckRun | null> {
  const [row] = await tx.query<RunRow>(
    `SELECT r.id, r.started_by AS "startedBy", r.started_at AS "startedAt", r.finished_at AS "finishedAt", p.*
     FROM (SELECT * FROM check_runs
       WHERE organization_id = current_organization() AND ($1::uuid IS NULL OR id = $1)
       ORDER BY started_at DESC LIMIT 1) r
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS total, count(i.outcome)::int AS done,
         count(*) FILTER (WHERE i.outcome = 'failed')::int AS failed,
         count(*) FILTER (WHERE i.outcome IS NULL AND h.check_lease_until > $2)::int AS running
       FROM check_run_items i JOIN integration_health h ON h.integration_id = i.integration_id
       WHERE i.run_id = r.id) p`,
    [id, new Date(app.clock())],
  );
  if (!row) return null;
  const { startedAt, finishedAt, ...rest } = row;
  return {
    ...rest,
    state: finishedAt === null ? 'running' : 'finished',
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
