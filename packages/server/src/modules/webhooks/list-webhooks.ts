import { listWebhooks as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import { listWebhookRows } from './queries.ts';

/** The organization's webhooks, newest first. */
export const listWebhooks: Verb<typeof operation> = async (ctx, { limit, cursor }) => {
  authorize(ctx, operation);
  const before = readIdCursor(cursor);
  return inOrganization(ctx, async (tx) => {
    const rows = await listWebhookRows(tx, before, limit + 1);
    return { data: rows.slice(0, limit), nextCursor: pageCursor(rows, limit, ({ id }) => id) };
  });
};
