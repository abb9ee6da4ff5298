import { notificationKeys, notificationSources } from '@trunkline/contract/automation-templates';
import type { NotificationKey } from '@trunkline/contract/automation-templates';
import type { NotificationSwitches } from '@trunkline/contract/notification-switches';
import type { Tx } from '../../ctx.ts';
import { isSame, readSwitchRows, stepsThrough } from './switches.ts';
import type { SwitchRow } from './switches.ts';

/** What a chat integration tells of, by switches. */
export async function readNotificationSwitches(tx: Tx, integrationId: string): Promise<NotificationSwitches> {
  const rows = await readSwitchRows(tx, integrationId, notificationKeys);
  const daily = rows.find(({ key }) => key === 'daily_summary')?.trigger;
  const usual = notificationSources.daily_summary.trigger;
  const summary = daily?.kind === 'daily' ? daily : usual;
  return {
    integrationId,
    switches: notificationKeys.map((key) => {
      const row = rows.find((each) => each.key === key);
      return {
        key,
        enabled: row?.enabled ?? false,
        automationId: row?.id ?? null,
        changed: row !== undefined && isChanged(row, integrationId),
      };
    }),
    summary:
      summary.kind === 'daily'
        ? { hour: summary.hour, timeZone: summary.timeZone }
        : { hour: 18, timeZone: 'UTC' },
  };
}

function isChanged({ key, trigger, steps }: SwitchRow<NotificationKey>, integrationId: string): boolean {
  const made = {
    trigger: notificationSources[key].trigger,
    steps: stepsThrough(integrationId, notificationSources[key]),
  };
  // The hour of the summary is set beside its switch.
  const sameTrigger = trigger.kind === 'daily' || isSame(trigger, made.trigger);
  return !sameTrigger || !isSame(steps, made.steps);
}
