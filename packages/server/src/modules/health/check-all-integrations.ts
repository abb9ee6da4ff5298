import { checkAllIntegrations as operation } from '@trunkline/contract/health';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { personOf } from '../integrations/person.ts';
import { readCheckRun } from './check-runs.ts';

/**
 * Makes the checks of all connected integrations due now (DASH-4). Whichever node is free does them; the run survives a
 * restart. While one is under way it is answered and no other begins.
 */
export const checkAllIntegrations: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    const id = app.newId();
    const now = new Date(app.clock());
    const begun = await tx.query(
      `INSERT INTO check_runs (id, organization_id, started_by, started_at)
       VALUES ($1, current_organization(), $2, $3)
       ON CONFLICT (organization_id) WHERE finished_at IS NULL DO NOTHING RETURNING id`,
      [id, personOf(ctx).name, now],
    );
    if (begun.length > 0) {
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
    }
    const run = await readCheckRun(app, tx, begun.length > 0 ? id : null);
    return run!;
  });
};
