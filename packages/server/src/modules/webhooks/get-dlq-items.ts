import { getDlqItems as operation } from '@trunkline/contract/dead-letters';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { pageCursor, readCursor } from '../page-cursor.ts';
import type { Verb } from '../../verb.ts';
import { countDeadLetters, listDeadLetterRows } from './dead-letter-queries.ts';

/** Dead letters, newest first, with their number (DLQ-1). */
export const getDlqItems: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const before = readCursor(input.cursor);
  return inOrganization(ctx, async (tx) => {
    const rows = await listDeadLetterRows(tx, {
      webhookId: input.webhookId,
      before,
      limit: input.limit + 1,
    });
    return {
      data: rows.slice(0, input.limit),
      nextCursor: pageCursor(rows, input.limit, (row) => row.deliveryId),
      total: await countDeadLetters(tx, input.webhookId),
    };
  });
};
