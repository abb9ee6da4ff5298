import { discardCredentials as operation } from '@trunkline/contract/integrations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { lockIntegration, readIntegration } from './queries.ts';

/** Erases the waiting credentials; those in use stay. @throws AppError `not_found` */
export const discardCredentials: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    await lockIntegration(tx, id);
    const { name } = await readIntegration(ctx.app, tx, id);
    const erased = await tx.query(
      `DELETE FROM integration_credentials
       WHERE organization_id = current_organization() AND integration_id = $1 AND state = 'next' RETURNING id`,
      [id],
    );
    if (erased.length > 0) {
      await recordAudit(ctx, tx, {
        action: 'integration.credentials_discarded',
        target: { type: 'integration', id, name },
      });
      tx.announce('integrations', [id]);
    }
    return { ok: true };
  });
};
