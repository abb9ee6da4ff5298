import type { App, Tx } from '../ctx.ts';

/** Longer than any check takes: its waits end after 54 seconds at the latest (two tokens, two calls). */
const leaseMs = 90_000;

/** An integration whose check is due, taken by this node. */
export interface DueCheck {
  integrationId: string;
  organizationId: string;
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
export async function takeDueChecks(app: Pick<App, 'pool' | 'clock'>, limit: number): Promise<DueCheck[]> {
  const now = app.clock();
  const { rows } = await app.pool.query<DueCheck>({
    name: 'take_due_checks',
    text: `
      UPDATE integration_health SET check_lease_until = $2
      WHERE integration_id IN (SELECT integration_id FROM integration_health
        WHERE check_due_at <= $1 AND (check_lease_until IS NULL OR check_lease_until <= $1)
        ORDER BY check_due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
      RETURNING integration_id AS "integrationId", organization_id AS "organizationId"`,
    values: [new Date(now), new Date(now + leaseMs), limit],
  });
  return rows;
}

/**
 * A check that began at `beganAt` is over: the integration is free if the check was `leased`, its next check is due later unless it became due anew
 * meanwhile, and a check of all integrations that waits for it is one further.
 */
export async function endCheck(
  app: Pick<App, 'clock' | 'random' | 'config'>,
  tx: Tx,
  integrationId: string,
  { beganAt, ok, leased }: { beganAt: number; ok: boolean; leased: boolean },
): Promise<void> {
  const [ended] = await tx.query<{ counted: boolean }>(
    `WITH counted AS (
       UPDATE check_run_items SET outcome = $4
       WHERE organization_id = current_organization() AND integration_id = $1 AND outcome IS NULL RETURNING run_id)
     UPDATE integration_health SET check_lease_until = CASE WHEN $5 THEN NULL ELSE check_lease_until END,
       check_due_at = CASE WHEN isfinite(check_due_at) AND check_due_at <= $2 THEN $3 ELSE check_due_at END
     WHERE organization_id = current_organization() AND integration_id = $1
     RETURNING EXISTS (SELECT FROM counted) AS counted`,
    [integrationId, new Date(beganAt), nextCheckAt(app), ok ? 'ok' : 'failed', leased],
  );
  if (ended?.counted) tx.announce('health', [integrationId]);
}

/** Gives back what was taken and could not be checked for a reason of ours; it is due again after `waitMs`. */
export async function giveBackCheck(
  app: Pick<App, 'pool' | 'clock'>,
  { integrationId }: DueCheck,
  waitMs: number,
): Promise<void> {
  await app.pool.query(
    `UPDATE integration_health SET check_lease_until = $2 WHERE integration_id = $1 AND check_lease_until IS NOT NULL`,
    [integrationId, new Date(app.clock() + waitMs)],
  );
}
