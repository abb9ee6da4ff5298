import type { CapabilityName } from '@trunkline/contract/capabilities';
import { capabilities, capabilityNames } from '@trunkline/contract/capabilities';
import { payrollResultDays } from '@trunkline/contract/last-resorts';
import type { App } from '../../ctx.ts';
import type { HeldAction } from './advance.ts';
import { removeOldReferences } from './event-references.ts';
import { keptDays, leaseSeconds, readResultHours, retryableHours } from './rules.ts';

/**
 * Takes up to `limit` actions whose time has come: queued ones, and those whose process ended while it held them. Whoever
 * takes one raises its fence, so that a process that wakes up late changes nothing.
 */
export async function claimActions(app: Pick<App, 'config' | 'pool'>, limit: number): Promise<HeldAction[]> {
  const { rows } = await app.pool.query<HeldAction>(
    `UPDATE actions SET state = 'running', due_at = now() + make_interval(secs => $2), fence = fence + 1
     WHERE id IN (SELECT id FROM actions WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id, organization_id AS "organizationId", fence::int AS fence`,
    [limit, leaseSeconds(app)],
  );
  return rows;
}

/** Milliseconds until the next action is due; null when none waits. */
export async function untilNextAction(app: Pick<App, 'pool'>): Promise<number | null> {
  const { rows } = await app.pool.query<{ ms: number | null }>(
    `SELECT (extract(epoch FROM min(due_at) - now()) * 1000)::float8 AS ms FROM actions WHERE isfinite(due_at)`,
  );
  return rows[0]?.ms ?? null;
}

const reading: readonly CapabilityName[] = capabilityNames.filter(
  (name) => capabilities[name].effect === 'read',
);

async function eraseResults(
  app: Pick<App, 'pool'>,
  names: readonly CapabilityName[],
  finishedBefore: Date,
): Promise<void> {
  await app.pool.query(
    `UPDATE actions SET result_box = NULL WHERE id IN (
       SELECT id FROM actions WHERE finished_at < $1 AND result_box IS NOT NULL AND capability = ANY($2)
       ORDER BY finished_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
    [finishedBefore, names],
  );
}

/**
 * Erases what was read a day ago, what payrolls were given a week ago and what may not be tried again any more, and removes
 * what ended long ago.
 */
export async function removeOldActions(app: Pick<App, 'pool' | 'clock'>): Promise<void> {
  const now = app.clock();
  await eraseResults(app, reading, new Date(now - readResultHours * 3_600_000));
  await eraseResults(app, ['payroll.export'], new Date(now - payrollResultDays * 86_400_000));
  await app.pool.query(
    `UPDATE actions SET input_box = NULL WHERE id IN (
       SELECT id FROM actions WHERE finished_at < $1 AND input_box IS NOT NULL
       ORDER BY finished_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
    [new Date(now - retryableHours * 3_600_000)],
  );
  await removeOldReferences(app);
  await app.pool.query(
    `DELETE FROM action_bulks b WHERE created_at < $1
       AND NOT EXISTS (SELECT FROM actions a WHERE a.bulk_id = b.id)`,
    [new Date(now - keptDays * 86_400_000)],
  );
  await app.pool.query(
    `DELETE FROM actions WHERE id IN (
       SELECT id FROM actions WHERE finished_at < $1 ORDER BY finished_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
    [new Date(now - keptDays * 86_400_000)],
  );
}
