import { listSuppressions as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import { countSuppressions, listSuppressionRows, presentSuppression } from './suppression-queries.ts';

/** Addresses that get no more mail through `email.send`, the newest first. */
export const listSuppressions: Verb<typeof operation> = async (ctx, { limit, cursor, ...filter }) => {
  authorize(ctx, operation);
  const before = readIdCursor(cursor);
  return inOrganization(ctx, async (tx) => {
    const rows = await listSuppressionRows(tx, { ...filter, before }, limit + 1);
    return {
      data: rows.slice(0, limit).map(presentSuppression),
      nextCursor: pageCursor(rows, limit, ({ id }) => id),
      total: await countSuppressions(tx, filter),
    };
  });
};
