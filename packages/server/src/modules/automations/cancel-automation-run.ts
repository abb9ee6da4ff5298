import { cancelAutomationRun as operation } from '@trunkline/contract/automations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { takeBackAction } from '../actions/follow-action.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { endStep, lockRun, readRun } from './queries.ts';

/**
 * Stops a run. An action that waits for its time is ended, too; a call that is on its way just now is not called back.
 *
 * @throws AppError `not_found`, `conflict` for a run that has ended
 */
export const cancelAutomationRun: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    const run = await lockRun(tx, id);
    if (!['queued', 'running', 'waiting'].includes(run.state)) {
      throw new AppError('conflict', 'The run has ended already.');
    }
    const at = new Date(app.clock());
    if (run.actionId !== null) await takeBackAction(app, tx, run.actionId);
    await endStep(tx, run, { state: 'cancelled', problem: null, at });
    await tx.query(
      `UPDATE automation_runs SET state = 'cancelled', due_at = 'infinity', finished_at = $2, fence = fence + 1
       WHERE organization_id = current_organization() AND id = $1`,
      [id, at],
    );
    const after = await readRun(tx, id);
    await recordAudit(ctx, tx, {
      action: 'automation_run.cancelled',
      target: { type: 'automation_run', id, name: after.automationName },
    });
    tx.announce('automations', [run.automationId]);
    return after;
  });
};
