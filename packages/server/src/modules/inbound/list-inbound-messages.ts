import { listInboundMessages as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import { listMessageRows, presentMessage } from './message-queries.ts';

/** Webhooks that came in, the newest first. */
export const listInboundMessages: Verb<typeof operation> = async (ctx, { limit, cursor, ...filter }) => {
  authorize(ctx, operation);
  const before = readIdCursor(cursor);
  return inOrganization(ctx, async (tx) => {
    const rows = await listMessageRows(tx, { ...filter, before }, limit + 1);
    return {
      data: rows.slice(0, limit).map(presentMessage),
      nextCursor: pageCursor(rows, limit, ({ id }) => id),
    };
  });
};
