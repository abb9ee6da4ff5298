import { listActionBulks as operation } from '@trunkline/contract/action-bulks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import { listBulkRows } from './bulk-queries.ts';

/** Bulks of actions, newest first, with their progress. */
export const listActionBulks: Verb<typeof operation> = async (ctx, { limit, cursor }) => {
  authorize(ctx, operation);
  const before = readIdCursor(cursor);
  return inOrganization(ctx, async (tx) => {
    const rows = await listBulkRows(tx, before, limit + 1);
    return { data: rows.slice(0, limit), nextCursor: pageCursor(rows, limit, ({ id }) => id) };
  });
};
