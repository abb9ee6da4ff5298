import { listActions as operation } from '@trunkline/contract/actions';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import { listActionRows, presentAction } from './queries.ts';

/** Actions of the organization, newest first. */
export const listActions: Verb<typeof operation> = async (ctx, { limit, cursor, ...filter }) => {
  authorize(ctx, operation);
  const before = readIdCursor(cursor);
  return inOrganization(ctx, async (tx) => {
    const rows = await listActionRows(tx, { ...filter, before }, limit + 1, ctx.app.clock());
    return {
      data: rows.slice(0, limit).map(presentAction),
      nextCursor: pageCursor(rows, limit, ({ id }) => id),
    };
  });
};
