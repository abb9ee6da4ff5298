import { retryCopyBack as operation } from '@trunkline/contract/failover';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { presentConfig } from './present.ts';

/**
 * Has the files that backups took tried again now (FAILOVER-4): those that were given up, with all their tries, and those
 * that wait for their next one. What is being copied just now goes on.
 *
 * @throws AppError `not_found`
 */
export const retryCopyBack: Verb<typeof operation> = async (ctx, { integrationId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const files = await tx.query(
      `UPDATE displaced_files SET tries = 0, due_at = now(), fence = fence + 1
       WHERE organization_id = current_organization() AND primary_id = $1 AND due_at > now() AND held_until <= now()
       RETURNING id`,
      [integrationId],
    );
    const config = await presentConfig(tx, integrationId);
    if (files.length > 0) {
      await recordAudit(ctx, tx, {
        action: 'failover.copy_retried',
        target: { type: 'integration', id: integrationId, name: config.primary.name },
        changes: { files: { before: 0, after: files.length } },
      });
      tx.announce('failover', [integrationId]);
    }
    return config;
  });
};
