import { maxAutomations } from '@trunkline/contract/automations';
import type { AutomationTrigger } from '@trunkline/contract/automations';
import type { App, Tx } from '../../ctx.ts';
import { AppError, fieldError } from '../../errors.ts';
import { findUnstorable } from '../../lib/storable.ts';
import { isTimeZone } from '../alerts/quiet-hours.ts';
import { listOwnExamples } from './own-examples.ts';
import { nextDailyAt } from './rules.ts';
import { issuesOf } from './try-draft.ts';
import type { Draft } from './try-draft.ts';

/** @throws AppError `invalid_input` with every field of a step that cannot be filled, and for a time zone that is none */
export async function requireGoodDraft(app: Pick<App, 'clock'>, tx: Tx, draft: Draft): Promise<void> {
  const unstorable = findUnstorable(draft);
  if (unstorable !== null) {
    throw fieldError('invalid_input', unstorable, 'Text without NUL and broken characters.');
  }
  if (draft.trigger.kind === 'daily' && !isTimeZone(draft.trigger.timeZone)) {
    throw fieldError('invalid_input', '/trigger/timeZone', 'A time zone such as Europe/Berlin or UTC.');
  }
  const errors = issuesOf(draft, await listOwnExamples(tx), app.clock());
  if (errors.length > 0) {
    throw new AppError('invalid_input', 'The inputs cannot be filled from the event as it is described.', {
      errors,
    });
  }
}

/** @throws AppError `conflict` when the organization has as many automations as it may */
export async function requireRoom(tx: Tx): Promise<void> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM automations
     WHERE organization_id = current_organization() AND deleted_at IS NULL`,
  );
  if ((row?.count ?? 0) >= maxAutomations) {
    throw new AppError('conflict', `An organization has at most ${maxAutomations} automations.`);
  }
}

/** When an automation runs next by the clock; null for one that events make run. */
export function nextAt(trigger: AutomationTrigger, now: number): Date | null {
  return trigger.kind === 'daily' ? new Date(nextDailyAt(trigger, now)) : null;
}
