import { updateAuditSettings as operation } from '@trunkline/contract/audit';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from './record-audit.ts';
import { presentSettings, readRetentionDays } from './settings.ts';

/** Changes how long records are kept; what is older by then goes with the next round of housekeeping. */
export const updateAuditSettings: Verb<typeof operation> = async (ctx, { retentionDays }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const before = { retentionDays: await readRetentionDays(tx) };
    await tx.query(
      `INSERT INTO audit_settings (organization_id, retention_days, updated_at)
       VALUES (current_organization(), $1, $2)
       ON CONFLICT (organization_id) DO UPDATE
         SET retention_days = excluded.retention_days, updated_at = excluded.updated_at`,
      [retentionDays, new Date(ctx.app.clock())],
    );
    await recordAudit(ctx, tx, {
      action: 'audit.settings_updated',
      target: { type: 'audit_log', id: null, name: null },
      changes: changesBetween(before, { retentionDays }),
    });
    return presentSettings(ctx.app, tx);
  });
};
