import type { AutomationFields } from '@trunkline/contract/automations';
import type { Ctx, Tx } from '../../ctx.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { auditView, lockAutomation } from './queries.ts';
import type { AutomationRow } from './queries.ts';
import { nextAt, requireGoodDraft, requireRoom } from './require-good-draft.ts';

const whoOf = ({ actor }: Ctx) => (actor.type === 'anonymous' ? 'nobody signed in' : actor.name);

/**
 * Stores a new automation, with its audit record; for callers that have authorized it.
 *
 * @throws AppError `invalid_input`, `conflict`
 */
export async function insertAutomation(
  ctx: Ctx,
  tx: Tx,
  fields: AutomationFields,
  integrationId: string | null,
): Promise<string> {
  const { app } = ctx;
  await requireRoom(tx);
  await requireGoodDraft(app, tx, fields);
  const id = app.newId();
  const now = app.clock();
  const { name, enabled, trigger, steps, runsPerHour, template } = fields;
  await tx.query(
    `INSERT INTO automations (id, organization_id, name, enabled, events, trigger, steps, runs_per_hour, next_at, template,
       integration_id, created_at, created_by, updated_at)
     VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11)`,
    [
      id,
      name,
      enabled,
      trigger.kind === 'event' ? [...new Set(trigger.events)] : [],
      JSON.stringify(trigger),
      JSON.stringify(steps),
      runsPerHour,
      nextAt(trigger, now),
      template,
      integrationId,
      new Date(now),
      whoOf(ctx),
    ],
  );
  const shown = { name, enabled, trigger, steps, runsPerHour };
  await recordAudit(ctx, tx, {
    action: 'automation.created',
    target: { type: 'automation', id, name },
    changes: changesBetween<Partial<typeof shown>>({}, shown),
  });
  tx.announce('automations', [id]);
  return id;
}

/**
 * Changes an automation, with its audit record; for callers that have authorized it. Switched off, what has not begun is
 * cancelled.
 *
 * @throws AppError `not_found`, `invalid_input`
 */
export async function changeAutomation(
  ctx: Ctx,
  tx: Tx,
  id: string,
  fields: {
    [F in 'name' | 'enabled' | 'trigger' | 'steps' | 'runsPerHour']?: AutomationFields[F] | undefined;
  },
): Promise<void> {
  const { app } = ctx;
  const before = await lockAutomation(tx, id);
  const after: AutomationRow = {
    ...before,
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  };
  const { name, enabled, trigger, steps, runsPerHour } = after;
  if (fields.trigger !== undefined || fields.steps !== undefined) await requireGoodDraft(app, tx, after);
  const now = app.clock();
  const clockChanged =
    JSON.stringify(trigger) !== JSON.stringify(before.trigger) || (enabled && !before.enabled);
  await tx.query(
    `UPDATE automations SET name = $2, enabled = $3, events = $4, trigger = $5, steps = $6, runs_per_hour = $7,
       next_at = $8, updated_at = $9
     WHERE organization_id = current_organization() AND id = $1`,
    [
      id,
      name,
      enabled,
      trigger.kind === 'event' ? [...new Set(trigger.events)] : [],
      JSON.stringify(trigger),
      JSON.stringify(steps),
      runsPerHour,
      clockChanged ? nextAt(trigger, now) : before.nextAt,
      new Date(now),
    ],
  );
  if (before.enabled && !enabled) await cancelUnbegun(tx, id, new Date(now));
  const changes = changesBetween(auditView(before), auditView(after));
  if (Object.keys(changes).length > 0) {
    const switched = enabled ? 'automation.enabled' : 'automation.disabled';
    await recordAudit(ctx, tx, {
      action: enabled === before.enabled ? 'automation.updated' : switched,
      target: { type: 'automation', id, name },
      changes,
    });
  }
  tx.announce('automations', [id]);
}

/** Cancels the runs that have not begun; whoever holds one just now finds it gone. */
export async function cancelUnbegun(tx: Tx, automationId: string, at: Date): Promise<void> {
  await tx.query(
    `UPDATE automation_runs SET state = 'cancelled', due_at = 'infinity', finished_at = $2, fence = fence + 1
     WHERE organization_id = current_organization() AND automation_id = $1 AND begun_at IS NULL AND isfinite(due_at)`,
    [automationId, at],
  );
}
