import type { App, Tx } from '../ctx.ts';
import { AppError } from '../errors.ts';

/** Longer than any check takes: its waits end after 54 seconds at the latest (two tokens, two calls). */
const leaseMs = 90_000;

/**
 * A new lease of `$1` (now) for `$2` ms. Part of a second is by chance, so that no two leases are the same and each tells
 * which check took it.
 */
const newLease = `$1::timestamptz + $2 * interval '1 millisecond' + random() * interval '1 second'`;

/** An integration taken for a check. */
export interface TakenCheck {
  integrationId: string;
  organizationId: string;
  /** What the check holds it by, as the database writes it. */
  lease: string;
}

/** When the next check of an integration is due, spread by a tenth to both sides so that many never come at once. */
export function nextCheckAt(app: Pick<App, 'clock' | 'random' | 'config'>): Date {
  const everyMs = app.config.checkIntervalSeconds * 1000;
  return new Date(app.clock() + everyMs * (0.9 + 0.2 * app.random()));
}

/**
 * Takes up to `limit` integrations whose check is due and which nobody checks. Whoever takes one holds it by a lease, so
 * that nobody else checks it meanwhile; one whose node died is free again when the lease has passed.
 */
export async function takeDueChecks(app: Pick<App, 'pool' | 'clock'>, limit: number): Promise<TakenCheck[]> {
  const { rows } = await app.pool.query<TakenCheck>({
    name: 'take_due_checks',
    text: `
      UPDATE integration_health SET check_lease_until = ${newLease}
      WHERE integration_id IN (SELECT integration_id FROM integration_health
        WHERE check_due_at <= $1 AND (check_lease_until IS NULL OR check_lease_until <= $1)
        ORDER BY check_due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
      RETURNING integration_id AS "integrationId", organization_id AS "organizationId", check_lease_until::text AS lease`,
    values: [new Date(app.clock()), leaseMs, limit],
  });
  return rows;
}

/**
 * Takes an integration for a check now, from a check that runs as well: what the older one finds is not recorded then
 * (see {@link holdsCheck}).
 *
 * @throws AppError `not_found`
 */
export async function takeCheckNow(
  app: Pick<App, 'pool' | 'clock'>,
  { integrationId, organizationId }: Omit<TakenCheck, 'lease'>,
): Promise<TakenCheck> {
  const { rows } = await app.pool.query<{ lease: string }>(
    `UPDATE integration_health SET check_lease_until = ${newLease}
     WHERE integration_id = $3 AND organization_id = $4 RETURNING check_lease_until::text AS lease`,
    [new Date(app.clock()), leaseMs, integrationId, organizationId],
  );
  const [taken] = rows;
  if (!taken) throw new AppError('not_found', 'There is no such integration.');
  return { integrationId, organizationId, lease: taken.lease };
}

/**
 * Whether a check still holds the integration by its lease, and so began last; false when a later one took it, also after
 * the lease had passed. Locks the row of its health, so that the answer stays true until the transaction ends.
 */
export async function holdsCheck(tx: Tx, { integrationId, lease }: TakenCheck): Promise<boolean> {
  const rows = await tx.query(
    `SELECT FROM integration_health
     WHERE organization_id = current_organization() AND integration_id = $1 AND check_lease_until = $2::timestamptz
     FOR UPDATE`,
    [integrationId, lease],
  );
  return rows.length > 0;
}

/**
 * The check that holds the integration and began at `beganAt` is over: the integration is free, its next check is due
 * later unless it became due anew meanwhile, and a check of all integrations that waits for it is one further.
 *
 * @returns the ids of the checks of all integrations that waited for it
 */
export async function endCheck(
  app: Pick<App, 'clock' | 'random' | 'config'>,
  tx: Tx,
  integrationId: string,
  { beganAt, ok }: { beganAt: number; ok: boolean },
): Promise<string[]> {
  const [ended] = await tx.query<{ runs: string[] }>(
    `WITH counted AS (
       UPDATE check_run_items SET outcome = $4
       WHERE organization_id = current_organization() AND integration_id = $1 AND outcome IS NULL RETURNING run_id)
     UPDATE integration_health SET check_lease_until = NULL,
       check_due_at = CASE WHEN isfinite(check_due_at) AND check_due_at <= $2 THEN $3 ELSE check_due_at END
     WHERE organization_id = current_organization() AND integration_id = $1
     RETURNING ARRAY(SELECT run_id FROM counted) AS runs`,
    [integrationId, new Date(beganAt), nextCheckAt(app), ok ? 'ok' : 'failed'],
  );
  const runs = ended?.runs ?? [];
  if (runs.length > 0) tx.announce('health', [integrationId]);
  return runs;
}

/** Gives back what was taken and could not be checked for a reason of ours; it is due again after `waitMs`. */
export async function giveBackCheck(
  app: Pick<App, 'pool' | 'clock'>,
  { integrationId, lease }: TakenCheck,
  waitMs: number,
): Promise<void> {
  await app.pool.query(
    `UPDATE integration_health SET check_lease_until = $2
     WHERE integration_id = $1 AND check_lease_until = $3::timestamptz`,
    [integrationId, new Date(app.clock() + waitMs), lease],
  );
}
