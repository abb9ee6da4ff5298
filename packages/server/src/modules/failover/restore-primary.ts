import { restorePrimary as operation } from '@trunkline/contract/failover';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { presentConfig } from './present.ts';
import { readConfig } from './queries.ts';
import { switchOver } from './switch-over.ts';

/**
 * Sends calls through the primary again. When they go there already, nothing changes.
 *
 * @throws AppError `not_found`
 */
export const restorePrimary: Verb<typeof operation> = async (ctx, { integrationId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const config = await readConfig(tx, integrationId, true);
    if (config !== null && config.activeId !== null) {
      await switchOver(ctx, tx, config, integrationId, { trigger: 'manual', problem: null });
    }
    return presentConfig(tx, integrationId);
  });
};
