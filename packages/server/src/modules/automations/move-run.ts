import type { CheckProblem } from '@trunkline/contract/checks';
import type { App, Tx } from '../../ctx.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import type { AutomationRow, OpenRun } from './queries.ts';

type End =
  | { state: 'succeeded'; problem: null }
  | { state: 'cancelled'; problem: CheckProblem }
  /** `step`: which one failed; null when none had begun. */
  | { state: 'dead_lettered'; problem: CheckProblem; automation: AutomationRow; step: string | null };

/** Ends a run. One that was given up is told of (`automation.dead_lettered`). The caller holds its lock. */
export async function finishRun(app: App, tx: Tx, run: OpenRun, end: End): Promise<void> {
  const now = app.clock();
  const at = new Date(now);
  const problem = end.problem === null ? null : JSON.stringify(end.problem);
  await tx.query(
    `UPDATE automation_runs SET state = $2, problem = $3, action_id = NULL, due_at = 'infinity', finished_at = $4,
       fence = fence + 1
     WHERE organization_id = current_organization() AND id = $1`,
    [run.id, end.state, problem, at],
  );
  if (end.state === 'succeeded') {
    const hour = new Date(Math.floor(now / 3_600_000) * 3_600_000);
    await tx.query(
      `INSERT INTO automation_hours AS h (automation_id, hour, organization_id, succeeded)
       VALUES ($1, $2, current_organization(), 1)
       ON CONFLICT (automation_id, hour) DO UPDATE SET succeeded = h.succeeded + 1`,
      [run.automationId, hour],
    );
  }
  if (end.state === 'dead_lettered') {
    await recordOwnEvent(app, tx, 'automation.dead_lettered', {
      automationId: run.automationId,
      name: end.automation.name,
      runId: run.id,
      eventType: run.eventType,
      step: end.step,
      error: { code: end.problem.fault, message: end.problem.title },
      deadLetteredAt: at.toISOString(),
    });
  }
  tx.announce('automations', [run.automationId]);
}

/** Puts a run off. `waited`: because a step could not be started, so that the next wait is longer. */
export async function parkRun(
  tx: Tx,
  run: OpenRun,
  { seconds, problem, waited }: { seconds: number; problem: CheckProblem; waited: boolean },
): Promise<void> {
  await tx.query(
    `UPDATE automation_runs SET state = 'queued', problem = $2, due_at = now() + make_interval(secs => $3),
       waits = waits + $4, claims = 0, fence = fence + 1
     WHERE organization_id = current_organization() AND id = $1`,
    [run.id, JSON.stringify(problem), seconds, waited ? 1 : 0],
  );
  tx.announce('automations', [run.automationId]);
}

/** Lets a run wait for an action, and look after it by itself after a while. */
export async function waitForAction(
  tx: Tx,
  run: OpenRun,
  actionId: string,
  { seconds, problem }: { seconds: number; problem: CheckProblem | null },
): Promise<void> {
  await tx.query(
    `UPDATE automation_runs SET state = 'waiting', action_id = $2, problem = $3,
       due_at = now() + make_interval(secs => $4), claims = 0, fence = fence + 1
     WHERE organization_id = current_organization() AND id = $1`,
    [run.id, actionId, problem === null ? null : JSON.stringify(problem), seconds],
  );
  tx.announce('automations', [run.automationId]);
}
