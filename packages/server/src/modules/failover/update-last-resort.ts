import { capabilities } from '@trunkline/contract/capabilities';
import { updateLastResort as operation } from '@trunkline/contract/last-resorts';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readLastResorts } from './last-resorts.ts';

/** Switches the last resort of a capability on or off (FAILOVER-4). What it holds stays. */
export const updateLastResort: Verb<typeof operation> = async (ctx, { capability, enabled }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const changed = await tx.query(
      enabled
        ? `INSERT INTO last_resorts (organization_id, capability) VALUES (current_organization(), $1)
           ON CONFLICT DO NOTHING RETURNING capability`
        : `DELETE FROM last_resorts WHERE organization_id = current_organization() AND capability = $1
           RETURNING capability`,
      [capability],
    );
    if (changed.length > 0) {
      await recordAudit(ctx, tx, {
        action: 'failover.last_resort_changed',
        target: { type: 'capability', id: capability, name: capabilities[capability].label },
        changes: { enabled: { before: !enabled, after: enabled } },
      });
      tx.announce('failover');
    }
    return (await readLastResorts(tx)).find((one) => one.capability === capability)!;
  });
};
