import { interviewOwnLink } from '@trunkline/contract/automation-templates';
import type { InterviewSync } from '@trunkline/contract/interview-sync';
import type { Tx } from '../../ctx.ts';
import { isSame, readSwitchRows, stepsThrough } from './switches.ts';

/** The switch on the page of a calendar. */
export const interviewSwitch = 'interviews';

/** What is said of an integration that has no such switch, behind its name. */
export const keepsNoCalendar = 'keeps no calendar';

/** Whether a calendar gets interviews by itself. */
export async function readInterviewSync(tx: Tx, integrationId: string): Promise<InterviewSync> {
  const [row] = await readSwitchRows(tx, integrationId, [interviewSwitch]);
  const steps = stepsThrough(integrationId, interviewOwnLink);
  return {
    integrationId,
    enabled: row?.enabled ?? false,
    automationId: row?.id ?? null,
    changed:
      row !== undefined && !(isSame(row.trigger, interviewOwnLink.trigger) && isSame(row.steps, steps)),
  };
}
