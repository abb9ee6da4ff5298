import type { Ctx, Tx } from '../../ctx.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { beginCheckRun } from '../health/begin-check-run.ts';
import { personOf } from '../integrations/person.ts';

/**
 * Begins a verification in the caller's transaction: all connected integrations are due for a check, and the report is
 * written when these have ended. A check of all that is under way already serves it, too.
 *
 * @param month first day of the month of a scheduled one
 * @returns its id; null when one is under way, or the month has its own already
 */
export async function beginVerification(ctx: Ctx, tx: Tx, month: string | null): Promise<string | null> {
  const { app } = ctx;
  const id = app.newId();
  const checkRunId = await beginCheckRun(ctx, tx);
  const begun = await tx.query(
    `INSERT INTO verification_runs (id, organization_id, check_run_id, month, started_by, started_at)
     VALUES ($1, current_organization(), $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id`,
    [id, checkRunId, month, personOf(ctx).name, new Date(app.clock())],
  );
  if (begun.length === 0) return null;
  await recordAudit(ctx, tx, {
    action: 'verification.started',
    target: { type: 'verification', id, name: month?.slice(0, 7) ?? null },
  });
  tx.announce('health');
  return id;
}
