import { logRetentionDays } from '@trunkline/contract/logs';
import type { LogSettings } from '@trunkline/contract/logs';
import type { Tx } from '../../ctx.ts';

/** What the organization has set, or what is set without it. */
export async function readSettings(tx: Tx): Promise<LogSettings> {
  const [row] = await tx.query<{ days: number }>(
    'SELECT retention_days AS days FROM log_settings WHERE organization_id = current_organization()',
  );
  return { retentionDays: row?.days ?? logRetentionDays.normal };
}
