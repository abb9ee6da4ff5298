import { listAlerts as operation } from '@trunkline/contract/alerts';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { InvalidCursorError, decodeCursor, encodeCursor } from '../../lib/cursor.ts';
import type { Verb } from '../../verb.ts';
import { wrongCursor } from '../page-cursor.ts';
import { countAlerts, listAlertRows, presentAlert } from './queries.ts';
import type { AlertPosition } from './queries.ts';

/** The organization's alerts, the worst and then the latest first, with counts of all of them (HEALTH-4). */
export const listAlerts: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const after = readPosition(input.cursor);
  const now = ctx.app.clock();
  return inOrganization(ctx, async (tx) => {
    const { state, severity, subjectId, limit } = input;
    const filter = { state, severity, subjectId, withoutSnoozed: input.snoozed === 'leave_out' };
    const rows = await listAlertRows(tx, filter, after, limit + 1, now);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      data: page.map((row) => presentAlert(row, now)),
      nextCursor: rows.length > limit && last ? encodeCursor([last.rank, last.at.getTime(), last.id]) : null,
      counts: await countAlerts(tx, now),
    };
  });
};

function readPosition(cursor: string | undefined): AlertPosition | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [rank, at, id] = decodeCursor(cursor, 3);
    const good = Number.isInteger(rank) && Number.isInteger(at) && /^[0-9a-f-]{36}$/.test(String(id));
    if (!good || Math.abs(Number(at)) > 8e15) throw new InvalidCursorError();
    return { rank: Number(rank), at: new Date(Number(at)), id: String(id) };
  } catch (error) {
    if (error instanceof InvalidCursorError) throw wrongCursor();
    throw error;
  }
}
