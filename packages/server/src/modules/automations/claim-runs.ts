import type { App } from '../../ctx.ts';
import { removeOldThreads } from './chat-threads.ts';
import { keptDays, leaseSeconds } from './rules.ts';

/** A run in the hands of this process. */
export interface HeldRun {
  organizationId: string;
  id: string;
  fence: number;
}

/**
 * Takes up to `limit` runs whose time has come, oldest first: new ones, those that look after their action, and those whose
 * process ended while it held them. Whoever takes one raises its fence, so that a process that wakes up late changes
 * nothing.
 */
export async function claimRuns(app: Pick<App, 'pool'>, limit: number): Promise<HeldRun[]> {
  const { rows } = await app.pool.query<HeldRun>(
    `UPDATE automation_runs SET state = 'running', due_at = now() + make_interval(secs => $2), fence = fence + 1,
       claims = claims + 1
     WHERE id IN (SELECT id FROM automation_runs WHERE due_at <= now() ORDER BY due_at, id LIMIT $1
       FOR UPDATE SKIP LOCKED)
     RETURNING id, organization_id AS "organizationId", fence`,
    [limit, leaseSeconds],
  );
  return rows;
}

/** Makes the runs due that wait for these actions, where the action has ended. */
export async function wakeWaiting(app: Pick<App, 'pool'>, actionIds: readonly string[]): Promise<void> {
  await app.pool.query(
    `UPDATE automation_runs r SET due_at = now() FROM actions a
     WHERE r.state = 'waiting' AND r.action_id = ANY($1) AND a.id = r.action_id AND a.finished_at IS NOT NULL`,
    [actionIds],
  );
}

/** Removes runs that ended long ago, and sums that nothing shows any more. */
export async function removeOldRuns(app: Pick<App, 'pool' | 'clock'>): Promise<void> {
  const before = new Date(app.clock() - keptDays * 86_400_000);
  await removeOldThreads(app);
  await app.pool.query(
    `DELETE FROM automation_runs WHERE id IN (
       SELECT id FROM automation_runs WHERE finished_at < $1 ORDER BY finished_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
    [before],
  );
  await app.pool.query('DELETE FROM automation_hours WHERE hour < $1', [before]);
}
