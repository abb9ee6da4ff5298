import type { Tx } from '../../ctx.ts';

/** Begins a new round of runs that have ended without success. They keep what their steps have done. */
export async function restartRuns(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE automation_runs SET state = 'queued', round = round + 1, waits = 0, claims = 0, action_id = NULL,
       problem = NULL, due_at = now(), finished_at = NULL, fence = fence + 1, begun_at = coalesce(begun_at, now())
     WHERE organization_id = current_organization() AND id = ANY($1) AND state IN ('dead_lettered', 'cancelled')`,
    [ids],
  );
}
