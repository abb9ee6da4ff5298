import { retryDeadRuns as operation } from '@trunkline/contract/automations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { lockAutomation } from './queries.ts';
import { restartRuns } from './restart-runs.ts';

const atOnce = 1_000;

/** Retries what an automation has given up, oldest first. Ask again while it retried as many as it may at once. */
export const retryDeadRuns: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { name } = await lockAutomation(tx, id);
    const runs = await tx.query<{ id: string }>(
      `SELECT id FROM automation_runs
       WHERE organization_id = current_organization() AND automation_id = $1 AND state = 'dead_lettered'
       ORDER BY id LIMIT ${atOnce} FOR UPDATE`,
      [id],
    );
    if (runs.length === 0) return { retried: 0 };
    await restartRuns(
      tx,
      runs.map((run) => run.id),
    );
    await recordAudit(ctx, tx, {
      action: 'automation_run.retried',
      target: { type: 'automation', id, name },
      changes: { runs: { before: null, after: runs.length } },
    });
    tx.announce('automations', [id]);
    return { retried: runs.length };
  });
};
