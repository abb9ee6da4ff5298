import { listThrottled as operation } from '@trunkline/contract/usage';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readCursor, wrongCursor } from '../page-cursor.ts';
import { readThrottled } from './queries.ts';
import type { ThrottledFilter } from './queries.ts';

const moment = (text: string | undefined) => (text === undefined ? null : new Date(text));
const place = /^(\d{1,15}) ([0-9a-f-]{36}) (minute|hour|organization)$/;

/** Requests over a limit, by key and minute (KEY-3). */
export const listThrottled: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { limit } = input;
  const before = placeOf(input.cursor);
  const rows = await inOrganization(ctx, (tx) =>
    readThrottled(tx, {
      limit,
      before,
      keyId: input.keyId ?? null,
      since: moment(input.since),
      until: moment(input.until),
    }),
  );
  return {
    data: rows.slice(0, limit).map((row) => ({
      ...row,
      minute: row.minute.toISOString(),
      lastAt: row.lastAt.toISOString(),
    })),
    nextCursor: pageCursor(
      rows,
      limit,
      ({ minute, keyId, quota }) => `${minute.getTime()} ${keyId} ${quota}`,
    ),
  };
};

function placeOf(cursor: string | undefined): ThrottledFilter['before'] {
  const text = readCursor(cursor);
  if (text === undefined) return null;
  const match = place.exec(text);
  if (match === null) throw wrongCursor();
  return { minute: new Date(Number(match[1])), keyId: match[2]!, quota: match[3]! };
}
