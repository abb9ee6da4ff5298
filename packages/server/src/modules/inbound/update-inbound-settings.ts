import { updateInboundSettings as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { readSettings } from './settings.ts';

/** Changes how long what came in is kept, and whether suppressed addresses are refused; what is not named stays. */
export const updateInboundSettings: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const before = await readSettings(tx);
    const after = {
      retentionDays: input.retentionDays ?? before.retentionDays,
      suppress: input.suppress ?? before.suppress,
    };
    await tx.query(
      `INSERT INTO inbound_settings (organization_id, retention_days, suppress, updated_at)
       VALUES (current_organization(), $1, $2, $3)
       ON CONFLICT (organization_id) DO UPDATE SET retention_days = excluded.retention_days,
         suppress = excluded.suppress, updated_at = excluded.updated_at`,
      [after.retentionDays, after.suppress, new Date(ctx.app.clock())],
    );
    await recordAudit(ctx, tx, {
      action: 'inbound.settings_updated',
      target: { type: 'inbound_settings', id: null, name: null },
      changes: changesBetween(before, after),
    });
    tx.announce('inbound');
    return after;
  });
};
