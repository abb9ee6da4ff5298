import { listEvents as operation } from '@trunkline/contract/ledger';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { firstIdAt } from '../../lib/uuid7.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import type { Verb } from '../../verb.ts';
import { presentEvent } from './present-event.ts';
import { listEventRows } from './queries.ts';

/** Events that a call with a filter looks at. Where fewer match, its page is short and its cursor goes on. */
const looksWithFilter = 20_000;

/** Events that were sent, newest first, the product's own and tests among them. `since` is inclusive. */
export const listEvents: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { limit, eventType, subject, since } = input;
  const before = readIdCursor(input.cursor);
  const from = since === undefined ? undefined : firstIdAt(since);
  const filtered = eventType !== undefined || subject !== undefined;
  const { rows, end } = await inOrganization(ctx, (tx) =>
    listEventRows(tx, { eventType, subject, from, before }, filtered ? looksWithFilter : limit + 1),
  );
  const goOn = end === null ? null : encodeCursor([end]);
  return {
    data: rows.slice(0, limit).map(presentEvent),
    nextCursor: rows.length > limit ? pageCursor(rows, limit, ({ id }) => id) : goOn,
  };
};
