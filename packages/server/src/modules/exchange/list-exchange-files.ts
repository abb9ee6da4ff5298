import { listExchangeFiles as operation } from '@trunkline/contract/exchange';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { kindsFor } from '../../providers/parts/exchange-kinds.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import { listFiles, readPartner } from './queries.ts';

/**
 * Files to and from a partner, newest first, and what can be written for it.
 *
 * @throws AppError `not_found`
 */
export const listExchangeFiles: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { integrationId, direction, limit, cursor } = input;
  const before = readIdCursor(cursor);
  return inOrganization(ctx, async (tx) => {
    const { provider, transport } = await readPartner(tx, integrationId);
    const rows = await listFiles(tx, { integrationId, direction, before }, limit + 1);
    return {
      data: rows.slice(0, limit),
      nextCursor: pageCursor(rows, limit, ({ id }) => id),
      kinds: [...kindsFor(provider)],
      transport,
    };
  });
};
