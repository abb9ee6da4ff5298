import { listLogs as operation } from '@trunkline/contract/logs';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readCursor, readIdCursor, wrongCursor } from '../page-cursor.ts';
import { presentLine } from './present-line.ts';
import { knowsScope, newestLines } from './queries.ts';
import { idAt, idRangeOf, tailOverlapMs } from './rules.ts';

/**
 * Lines of integrations and webhooks, newest first (LOG-1). `since` is inclusive, `until` exclusive; `cursor` goes back,
 * `after` forward.
 *
 * @throws AppError `not_found` for an integration or webhook of somebody else
 */
export const listLogs: Verb<typeof operation> = async (ctx, { limit, cursor, after, ...filter }) => {
  authorize(ctx, operation);
  const now = ctx.app.clock();
  const range = idRangeOf(filter, now);
  const before = readIdCursor(cursor);
  if (before !== undefined && before < range.until) range.until = before;
  const newerThan = readTailCursor(after);
  if (newerThan !== null) {
    const from = idAt(newerThan - tailOverlapMs);
    if (from > range.from) range.from = from;
  }
  const rows = await inOrganization(ctx, async (tx) => {
    if ((await knowsScope(tx, filter)) === null) throw notFound('integration or webhook');
    return newestLines(tx, filter, range, limit + 1);
  });
  const newest = rows[0]?.at.getTime() ?? newerThan ?? now;
  return {
    data: rows.slice(0, limit).map(presentLine),
    nextCursor: pageCursor(rows, limit, ({ id }) => id),
    newestCursor: encodeCursor([newest]),
  };
};

/** @throws AppError `invalid_input` */
function readTailCursor(after: string | undefined): number | null {
  const text = readCursor(after);
  if (text === undefined) return null;
  const ms = Number(text);
  if (!Number.isSafeInteger(ms) || ms < 0) throw wrongCursor();
  return ms;
}
