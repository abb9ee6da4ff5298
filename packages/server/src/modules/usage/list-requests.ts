import { listRequests as operation } from '@trunkline/contract/usage';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import { readRequests } from './queries.ts';

const moment = (text: string | undefined) => (text === undefined ? null : new Date(text));

/** Single requests with API keys: the sample that is kept (KEY-4). */
export const listRequests: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { limit } = input;
  const rows = await inOrganization(ctx, (tx) =>
    readRequests(tx, {
      limit,
      before: readIdCursor(input.cursor) ?? null,
      keyId: input.keyId ?? null,
      endpoint: input.endpoint ?? null,
      statusClass: input.status === undefined ? null : Number(input.status[0]),
      since: moment(input.since),
      until: moment(input.until),
    }),
  );
  return {
    data: rows.slice(0, limit).map((row) => ({ ...row, at: row.at.toISOString() })),
    nextCursor: pageCursor(rows, limit, ({ id }) => id),
  };
};
