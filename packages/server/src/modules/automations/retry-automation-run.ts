import { retryAutomationRun as operation } from '@trunkline/contract/automations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { hastenAction } from '../actions/follow-action.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { lockRun, readRun } from './queries.ts';
import { restartRuns } from './restart-runs.ts';

/**
 * Tries a run again now. One that was given up or cancelled begins a new round at the step that was not done; one that
 * waits does not wait any longer. What was in doubt is done again because a person says so.
 *
 * @throws AppError `not_found`, `conflict` for a run that has succeeded or is being worked on
 */
export const retryAutomationRun: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const run = await lockRun(tx, id);
    if (run.state === 'succeeded') throw new AppError('conflict', 'The run has succeeded.');
    if (run.state === 'running') throw new AppError('conflict', 'The run is being worked on just now.');
    if (run.state === 'queued') {
      await tx.query(
        `UPDATE automation_runs SET due_at = now() WHERE organization_id = current_organization() AND id = $1`,
        [id],
      );
    } else if (run.state === 'waiting') {
      if (run.actionId !== null) await hastenAction(tx, run.actionId);
    } else {
      await restartRuns(tx, [id]);
    }
    const after = await readRun(tx, id);
    await recordAudit(ctx, tx, {
      action: 'automation_run.retried',
      target: { type: 'automation_run', id, name: after.automationName },
    });
    tx.announce('automations', [run.automationId]);
    return after;
  });
};
