import { interviewOwnLink } from '@trunkline/contract/automation-templates';
import { updateInterviewSync as operation } from '@trunkline/contract/interview-sync';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { interviewSwitch, keepsNoCalendar, readInterviewSync } from './read-interview-sync.ts';
import { lockOffering, stepsThrough, templateOf } from './switches.ts';
import { changeAutomation, insertAutomation } from './write-automation.ts';

/**
 * Switches whether a calendar gets video interviews by itself (CONN-2, ACT-5). On for the first time makes the automation;
 * off turns it off and keeps it with its history and with what somebody changed.
 *
 * @throws AppError `not_found`, `invalid_input`
 */
export const updateInterviewSync: Verb<typeof operation> = async (ctx, { integrationId, enabled }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    await lockOffering(tx, integrationId, 'calendar.create_event', keepsNoCalendar);
    const before = await readInterviewSync(tx, integrationId);
    if (before.automationId !== null) {
      if (enabled !== before.enabled) await changeAutomation(ctx, tx, before.automationId, { enabled });
    } else if (enabled) {
      const { name, trigger } = interviewOwnLink;
      const steps = stepsThrough(integrationId, interviewOwnLink);
      await insertAutomation(
        ctx,
        tx,
        { name, enabled, trigger, steps, runsPerHour: 600, template: templateOf(interviewSwitch) },
        integrationId,
      );
    }
    return readInterviewSync(tx, integrationId);
  });
};
