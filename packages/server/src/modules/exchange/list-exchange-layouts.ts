import { listExchangeLayouts as operation } from '@trunkline/contract/exchange';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { kindsFor } from '../../providers/parts/exchange-kinds.ts';
import type { Verb } from '../../verb.ts';
import { presentLayout } from './present-layout.ts';
import { readPartner } from './queries.ts';
import { isLayoutKind } from './rules.ts';

/**
 * How each kind of CSV file for the partner is written.
 *
 * @throws AppError `not_found`
 */
export const listExchangeLayouts: Verb<typeof operation> = async (ctx, { integrationId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { provider } = await readPartner(tx, integrationId);
    const data = [];
    for (const kind of kindsFor(provider).filter(isLayoutKind)) {
      data.push(await presentLayout(tx, integrationId, kind, provider));
    }
    return { data, nextCursor: null };
  });
};
