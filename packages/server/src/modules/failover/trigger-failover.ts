import { triggerFailover as operation } from '@trunkline/contract/failover';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { presentConfig } from './present.ts';
import { readConfig, readMembers } from './queries.ts';
import { switchOver } from './switch-over.ts';

/**
 * Sends the calls of an integration through its next backup that is switched on and connected (FAILOVER-2), whatever its
 * health: a person has decided.
 *
 * @throws AppError `not_found`, `conflict` when there is no such backup
 */
export const triggerFailover: Verb<typeof operation> = async (ctx, { integrationId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const locked = await readConfig(tx, integrationId, true);
    const before = await presentConfig(tx, integrationId);
    const usable = new Set((await readMembers(tx, null)).flatMap(({ id, usable }) => (usable ? [id] : [])));
    const at = before.backups.findIndex(({ id }) => id === before.activeIntegrationId);
    const next = before.backups.slice(at + 1).find(({ id }) => usable.has(id));
    if (locked === null || next === undefined) {
      throw new AppError('conflict', 'There is no other backup that is connected: link one first.');
    }
    await switchOver(ctx, tx, locked, next.id, { trigger: 'manual', problem: before.primary.problem });
    return presentConfig(tx, integrationId);
  });
};
