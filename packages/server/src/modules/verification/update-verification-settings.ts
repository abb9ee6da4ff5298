import { updateVerificationSettings as operation } from '@trunkline/contract/verification';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { readSettings } from './queries.ts';

/** Changes when integrations are verified by themselves. */
export const updateVerificationSettings: Verb<typeof operation> = async (ctx, settings) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const before = await readSettings(tx);
    await tx.query(
      `INSERT INTO verification_settings (organization_id, enabled, day) VALUES (current_organization(), $1, $2)
       ON CONFLICT (organization_id) DO UPDATE SET enabled = excluded.enabled, day = excluded.day`,
      [settings.enabled, settings.day],
    );
    await recordAudit(ctx, tx, {
      action: 'verification.settings_updated',
      target: { type: 'organization', id: tx.organizationId, name: null },
      changes: changesBetween(before, settings),
    });
    tx.announce('health');
    return settings;
  });
};
