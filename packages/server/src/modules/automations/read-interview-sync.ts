import { interviewSyncKeys, interviewSyncSources } from '@trunkline/contract/automation-templates';
import type { InterviewSync } from '@trunkline/contract/interview-sync';
import type { Tx } from '../../ctx.ts';
import { isSame, readSwitchRows, stepsThrough } from './switches.ts';

/** What is said of an integration that has no such switch, behind its name. */
export const keepsNoCalendar = 'keeps no calendar';

/** Whether a calendar gets interviews by itself, and the automations that do it, in their order. */
export async function readInterviewSync(tx: Tx, integrationId: string): Promise<InterviewSync> {
  const rows = await readSwitchRows(tx, integrationId, interviewSyncKeys);
  const automations = interviewSyncKeys.flatMap((key) => {
    const row = rows.find((one) => one.key === key);
    if (!row) return [];
    const source = interviewSyncSources[key];
    const { id, name, enabled, trigger, steps } = row;
    const same = isSame(trigger, source.trigger) && isSame(steps, stepsThrough(integrationId, source));
    return [{ key, id, name, enabled, changed: !same }];
  });
  return {
    integrationId,
    enabled: automations.length === interviewSyncKeys.length && automations.every(({ enabled }) => enabled),
    automations,
  };
}
