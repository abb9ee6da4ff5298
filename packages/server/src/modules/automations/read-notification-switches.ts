import { notificationKeys, notificationSources } from '@trunkline/contract/automation-templates';
import type { NotificationKey } from '@trunkline/contract/automation-templates';
import type { AutomationStep, AutomationTrigger } from '@trunkline/contract/automations';
import type { NotificationSwitches } from '@trunkline/contract/notification-switches';
import { providerOf } from '../../connections/provider-of.ts';
import type { Tx } from '../../ctx.ts';
import { fieldError, notFound } from '../../errors.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';

export interface SwitchRow {
  id: string;
  key: NotificationKey;
  name: string;
  enabled: boolean;
  trigger: AutomationTrigger;
  steps: AutomationStep[];
}

/** How the automation of a switch is marked. */
export const templateOf = (key: NotificationKey): string => `switch-${key}`;

/** The automations that are switches on an integration's page. */
export async function readSwitchRows(tx: Tx, integrationId: string): Promise<SwitchRow[]> {
  return tx.query<SwitchRow>(
    `SELECT id, substr(template, length('switch-') + 1) AS key, name, enabled, trigger, steps FROM automations
     WHERE organization_id = current_organization() AND integration_id = $1 AND deleted_at IS NULL`,
    [integrationId],
  );
}

/** The steps of a switch's automation: through this integration, in the channel of its settings. */
export function stepsOf(key: NotificationKey, integrationId: string): AutomationStep[] {
  return notificationSources[key].steps.map((step) => ({ ...step, integrationId }));
}

/** @throws AppError `not_found`, `invalid_input` for one that posts in no chat */
export async function requireChat(tx: Tx, integrationId: string): Promise<void> {
  const [row] = await tx.query<{ name: string; provider: string }>(
    `SELECT name, provider FROM integrations
     WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL`,
    [integrationId],
  );
  if (!row) throw notFound('integration');
  const provider = await providerOf(tx, row.provider);
  if (provider.adapters?.['chat.post'] === undefined) {
    throw fieldError('invalid_input', '/integrationId', `${row.name} posts in no chat.`);
  }
}

export async function readNotificationSwitches(tx: Tx, integrationId: string): Promise<NotificationSwitches> {
  const rows = await readSwitchRows(tx, integrationId);
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

function isChanged({ key, trigger, steps }: SwitchRow, integrationId: string): boolean {
  const made = { trigger: notificationSources[key].trigger, steps: stepsOf(key, integrationId) };
  // The hour of the summary is set beside its switch.
  const sameTrigger = trigger.kind === 'daily' || isSame(trigger, made.trigger);
  return !sameTrigger || !isSame(steps, made.steps);
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
