import { Id } from '@trunkline/contract/common';
import { getDlqItems as operation } from '@trunkline/contract/dead-letters';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { pageCursor, readCursor, wrongCursor } from '../page-cursor.ts';
import type { Verb } from '../../verb.ts';
import { countDeadLetters, listDeadLetterRows, presentDeadLetter } from './dead-letter-queries.ts';

/** Dead letters, newest first, with their number (DLQ-1). */
export const getDlqItems: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const before = placeOf(readCursor(input.cursor));
  return inOrganization(ctx, async (tx) => {
    const rows = await listDeadLetterRows(tx, {
      webhookId: input.webhookId,
      before,
      limit: input.limit + 1,
    });
    return {
      data: rows.slice(0, input.limit).map(presentDeadLetter),
      nextCursor: pageCursor(rows, input.limit, (row) => `${row.failedAtMicros} ${row.deliveryId}`),
      total: await countDeadLetters(tx, input.webhookId),
    };
  });
};

/** A place in the list, which holds when its own row has left the queue meanwhile. */
function placeOf(cursor: string | undefined): { failedAtMicros: number; deliveryId: string } | undefined {
  if (cursor === undefined) return undefined;
  const [, micros, deliveryId] = /^(\d{1,16}) ([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (micros === undefined || !Id.safeParse(deliveryId).success) throw wrongCursor();
  return { failedAtMicros: Number(micros), deliveryId: deliveryId ?? '' };
}
