import { listBulkJobs as operation } from '@trunkline/contract/bulk-jobs';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import { listJobs } from './queries.ts';

/** Bulk jobs of the organization or of one webhook, newest first. */
export const listBulkJobs: Verb<typeof operation> = async (ctx, { webhookId, state, limit, cursor }) => {
  authorize(ctx, operation);
  const before = readIdCursor(cursor);
  return inOrganization(ctx, async (tx) => {
    const unfinished = state === 'unfinished';
    const rows = await listJobs(tx, { webhookId, unfinished, before, limit: limit + 1 });
    return { data: rows.slice(0, limit), nextCursor: pageCursor(rows, limit, (row) => row.id) };
  });
};
