import { updateLogSettings as operation } from '@trunkline/contract/logs';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { readSettings } from './settings.ts';

/** Changes how long lines are kept; what is older by then goes with the next round of housekeeping. */
export const updateLogSettings: Verb<typeof operation> = async (ctx, { retentionDays }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const before = await readSettings(tx);
    await tx.query(
      `INSERT INTO log_settings (organization_id, retention_days, updated_at)
       VALUES (current_organization(), $1, $2)
       ON CONFLICT (organization_id) DO UPDATE
         SET retention_days = excluded.retention_days, updated_at = excluded.updated_at`,
      [retentionDays, new Date(ctx.app.clock())],
    );
    const after = { retentionDays };
    await recordAudit(ctx, tx, {
      action: 'log.settings_updated',
      target: { type: 'log_settings', id: null, name: null },
      changes: changesBetween(before, after),
    });
    tx.announce('logs');
    return after;
  });
};
