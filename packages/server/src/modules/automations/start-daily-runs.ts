import type { AutomationTrigger } from '@trunkline/contract/automations';
import type { App } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { nextDailyAt } from './rules.ts';

const atOnce = 50;
/** A clock that was put back gives the same hour twice on one day; the second one is left out. */
const sameHourMs = 2 * 3_600_000;

/**
 * Makes the runs of daily automations whose hour has come: one each, however many nodes look, and however many hours were
 * missed while nothing was up.
 */
export async function startDailyRuns(app: App): Promise<void> {
  const now = new Date(app.clock());
  const { rows } = await app.pool.query<{ id: string; organizationId: string }>(
    `SELECT id, organization_id AS "organizationId" FROM automations
     WHERE next_at <= $1 AND enabled AND deleted_at IS NULL ORDER BY next_at LIMIT ${atOnce}`,
    [now],
  );
  for (const { id, organizationId } of rows) {
    await tenantTransaction(app.pool, organizationId, async (tx) => {
      const [due] = await tx.query<{ trigger: AutomationTrigger; nextAt: Date }>(
        `SELECT trigger, next_at AS "nextAt" FROM automations
         WHERE organization_id = current_organization() AND id = $1 AND next_at <= $2 AND enabled AND deleted_at IS NULL
         FOR UPDATE SKIP LOCKED`,
        [id, now],
      );
      if (due?.trigger.kind !== 'daily') return;
      await tx.query(
        `UPDATE automations SET next_at = $2 WHERE organization_id = current_organization() AND id = $1`,
        [id, new Date(nextDailyAt(due.trigger, Math.max(now.getTime(), due.nextAt.getTime() + sameHourMs)))],
      );
      await tx.query(
        `INSERT INTO automation_runs (id, organization_id, automation_id, scheduled_for, state, due_at, created_at)
         VALUES ($1, current_organization(), $2, $3, 'queued', now(), $4) ON CONFLICT DO NOTHING`,
        [app.newId(), id, due.nextAt, now],
      );
      tx.announce('automations', [id]);
    });
  }
}
