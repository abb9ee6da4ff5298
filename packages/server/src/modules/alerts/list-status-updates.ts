import { listStatusUpdates as operation } from '@trunkline/contract/status-updates';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import { listUpdates } from './status-update-queries.ts';

/** Status updates, newest first; `current` are those that everybody sees. */
export const listStatusUpdates: Verb<typeof operation> = async (ctx, { state, limit, cursor }) => {
  authorize(ctx, operation);
  const before = readIdCursor(cursor);
  return inOrganization(ctx, async (tx) => {
    const rows = await listUpdates(tx, { current: state === 'current', before, limit: limit + 1 });
    return { data: rows.slice(0, limit), nextCursor: pageCursor(rows, limit, (row) => row.id) };
  });
};
