import { alertRuleKeys } from '@trunkline/contract/alert-rules';
import type { AlertRuleKey } from '@trunkline/contract/alert-rules';
import { defaultQuietHours } from '@trunkline/contract/alert-settings';
import type { AlertRule, QuietHours } from '@trunkline/contract/alert-settings';
import type { Tx } from '../../ctx.ts';
import { ruleOf } from './rules.ts';
import type { RoutedChannel } from './rules.ts';

/** What an organization has set about alerts. */
export interface AlertSettings {
  rules: Record<AlertRuleKey, AlertRule>;
  channels: RoutedChannel[];
  quiet: QuietHours;
}

export async function readRules(tx: Tx): Promise<Record<AlertRuleKey, AlertRule>> {
  const rows = await tx.query<AlertRule>(
    `SELECT rule, enabled, severity, threshold, channels FROM alert_rules
     WHERE organization_id = current_organization()`,
  );
  const byKey = new Map(rows.map((row) => [row.rule, row]));
  return Object.fromEntries(alertRuleKeys.map((key) => [key, ruleOf(key, byKey.get(key))])) as Record<
    AlertRuleKey,
    AlertRule
  >;
}

export async function readQuietHours(tx: Tx): Promise<QuietHours> {
  const [row] = await tx.query<{ settings: QuietHours }>(
    'SELECT settings FROM quiet_hours WHERE organization_id = current_organization()',
  );
  return row?.settings ?? defaultQuietHours;
}

export async function readSettings(tx: Tx): Promise<AlertSettings> {
  const channels = await tx.query<RoutedChannel>(
    'SELECT id, enabled, severities FROM alert_channels WHERE organization_id = current_organization() ORDER BY id',
  );
  return { rules: await readRules(tx), channels, quiet: await readQuietHours(tx) };
}
