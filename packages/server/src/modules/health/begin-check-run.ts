import type { Ctx, Tx } from '../../ctx.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { trackedActorOf } from '../insights/store-events.ts';
import { personOf } from '../integrations/person.ts';

/**
 * Makes the checks of all connected integrations due now, in the caller's transaction. While a run is under way no other
 * begins.
 *
 * @returns the id of the run that is under way
 */
export async function beginCheckRun(ctx: Ctx, tx: Tx): Promise<string> {
  const { app } = ctx;
  const id = app.newId();
  const now = new Date(app.clock());
  const asking = trackedActorOf(ctx);
  const begun = await tx.query(
    `INSERT INTO check_runs (id, organization_id, started_by, started_at, asked_by, asked_role)
     VALUES ($1, current_organization(), $2, $3, $4, $5)
     ON CONFLICT (organization_id) WHERE finished_at IS NULL DO NOTHING RETURNING id`,
    [id, personOf(ctx).name, now, asking?.userId ?? null, asking?.role ?? null],
  );
  if (begun.length === 0) {
    const [open] = await tx.query<{ id: string }>(
      'SELECT id FROM check_runs WHERE organization_id = current_organization() AND finished_at IS NULL',
    );
    // It ended in between, and so it was a check of just now.
    return open?.id ?? latestRun(tx);
  }
  await tx.query(
    `WITH due AS (
       UPDATE integration_health h SET check_due_at = $2 FROM integrations i
       WHERE h.organization_id = current_organization() AND i.id = h.integration_id AND i.enabled
         AND i.deleted_at IS NULL AND isfinite(h.check_due_at)
       RETURNING h.integration_id)
     INSERT INTO check_run_items (run_id, integration_id, organization_id)
     SELECT $1, integration_id, current_organization() FROM due`,
    [id, now],
  );
  await recordAudit(ctx, tx, {
    action: 'integration.all_checked',
    target: { type: 'check_run', id, name: null },
  });
  tx.announce('health');
  return id;
}

async function latestRun(tx: Tx): Promise<string> {
  const [run] = await tx.query<{ id: string }>(
    `SELECT id FROM check_runs WHERE organization_id = current_organization() ORDER BY started_at DESC LIMIT 1`,
  );
  return run!.id;
}
