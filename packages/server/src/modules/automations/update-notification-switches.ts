import { notificationKeys, notificationSources } from '@trunkline/contract/automation-templates';
import type { AutomationTrigger } from '@trunkline/contract/automations';
import { updateNotificationSwitches as operation } from '@trunkline/contract/notification-switches';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readNotificationSwitches } from './read-notification-switches.ts';
import { lockOffering, readSwitchRows, stepsThrough, templateOf } from './switches.ts';
import { changeAutomation, insertAutomation } from './write-automation.ts';

/**
 * Sets the switches that are named. On for the first time, a switch makes its automation; off, it turns it off and keeps
 * it with its history and with what somebody changed.
 *
 * @throws AppError `not_found`, `invalid_input`
 */
export const updateNotificationSwitches: Verb<typeof operation> = async (
  ctx,
  { integrationId, switches, summary },
) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    await lockOffering(tx, integrationId, 'chat.post', 'posts in no chat');
    const rows = await readSwitchRows(tx, integrationId, notificationKeys);
    const at = summary && ({ kind: 'daily', ...summary } satisfies AutomationTrigger);
    for (const key of notificationKeys) {
      const row = rows.find((each) => each.key === key);
      const enabled = switches[key] ?? row?.enabled ?? false;
      const trigger = key === 'daily_summary' ? at : undefined;
      if (row) {
        if (enabled !== row.enabled || trigger) await changeAutomation(ctx, tx, row.id, { enabled, trigger });
      } else if (enabled) {
        const source = notificationSources[key];
        await insertAutomation(
          ctx,
          tx,
          {
            name: source.name,
            enabled,
            trigger: trigger ?? source.trigger,
            steps: stepsThrough(integrationId, source),
            // Every message of everybody is a flood that is asked for.
            runsPerHour: key === 'all_messages' ? 3_000 : 600,
            template: templateOf(key),
          },
          integrationId,
        );
      }
    }
    return readNotificationSwitches(tx, integrationId);
  });
};
