import { getAutomationRun as operation } from '@trunkline/contract/automations';
import type { AutomationRunStep } from '@trunkline/contract/automations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readEvent, readRun } from './queries.ts';

/** A run with its event, and the steps of all its rounds with their actions. */
export const getAutomationRun: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { eventId, ...run } = await readRun(tx, id);
    const steps = await tx.query<
      Omit<AutomationRunStep, 'startedAt' | 'finishedAt'> & { startedAt: Date; finishedAt: Date | null }
    >(
      `SELECT s.round, s.number, s.name, s.capability, s.state AS status, s.action_id AS "actionId",
         a.state AS "actionStatus", i.name AS "integrationName", coalesce(s.problem, a.problem) AS problem,
         s.started_at AS "startedAt", s.finished_at AS "finishedAt"
       FROM automation_run_steps s
       LEFT JOIN actions a ON a.organization_id = s.organization_id AND a.id = s.action_id
       LEFT JOIN integrations i ON i.organization_id = a.organization_id AND i.id = a.integration_id
       WHERE s.organization_id = current_organization() AND s.run_id = $1 ORDER BY s.round, s.number`,
      [id],
    );
    const event = eventId === null ? null : await readEvent(tx, eventId);
    return {
      ...run,
      eventId: event?.id ?? eventId,
      event,
      steps: steps.map((step) => ({
        ...step,
        startedAt: step.startedAt.toISOString(),
        finishedAt: step.finishedAt?.toISOString() ?? null,
      })),
    };
  });
};
