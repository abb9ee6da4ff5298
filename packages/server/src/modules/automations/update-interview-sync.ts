import {
  interviewOwnLink,
  interviewSyncKeys,
  interviewSyncSources,
} from '@trunkline/contract/automation-templates';
import type { InterviewSyncKey } from '@trunkline/contract/automation-templates';
import { updateInterviewSync as operation } from '@trunkline/contract/interview-sync';
import { authorize } from '../../authorize.ts';
import type { Ctx, Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { keepsNoCalendar, readInterviewSync } from './read-interview-sync.ts';
import { isSame, lockOffering, readSwitchRows, stepsThrough, templateOf } from './switches.ts';
import type { SwitchRow } from './switches.ts';
import { changeAutomation, insertAutomation } from './write-automation.ts';

/**
 * Switches whether a calendar gets interviews by itself (CONN-2, ACT-5). On for the first time makes the automations; off
 * turns them off and keeps them with their history and with what somebody changed.
 *
 * @throws AppError `not_found`, `invalid_input`
 */
export const updateInterviewSync: Verb<typeof operation> = async (ctx, { integrationId, enabled }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    await lockOffering(tx, integrationId, 'calendar.update_event', keepsNoCalendar);
    const rows = await readSwitchRows(tx, integrationId, interviewSyncKeys);
    for (const key of interviewSyncKeys) {
      const row = rows.find((one) => one.key === key);
      if (row) await turn(ctx, tx, integrationId, row, enabled);
      else if (enabled) await make(ctx, tx, integrationId, key);
    }
    return readInterviewSync(tx, integrationId);
  });
};

async function make(ctx: Ctx, tx: Tx, integrationId: string, key: InterviewSyncKey): Promise<void> {
  const { name, trigger } = interviewSyncSources[key];
  const steps = stepsThrough(integrationId, interviewSyncSources[key]);
  const fields = { name, enabled: true, trigger, steps, runsPerHour: 600, template: templateOf(key) };
  await insertAutomation(ctx, tx, fields, integrationId);
}

/** One that an earlier release has made and nobody has changed becomes what it is now. */
async function turn(
  ctx: Ctx,
  tx: Tx,
  integrationId: string,
  row: SwitchRow<InterviewSyncKey>,
  enabled: boolean,
): Promise<void> {
  const old =
    isSame(row.trigger, interviewOwnLink.trigger) &&
    isSame(row.steps, stepsThrough(integrationId, interviewOwnLink));
  const { name, trigger } = interviewSyncSources[row.key];
  const steps = stepsThrough(integrationId, interviewSyncSources[row.key]);
  if (enabled && old) await changeAutomation(ctx, tx, row.id, { name, trigger, steps, enabled });
  else if (enabled !== row.enabled) await changeAutomation(ctx, tx, row.id, { enabled });
}
