import { listVerifications as operation } from '@trunkline/contract/verification';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { InvalidCursorError, decodeCursor, encodeCursor } from '../../lib/cursor.ts';
import type { Verb } from '../../verb.ts';
import { wrongCursor } from '../page-cursor.ts';
import { listRuns } from './queries.ts';

/** Verifications, newest first. */
export const listVerifications: Verb<typeof operation> = async (ctx, { cursor, limit }) => {
  authorize(ctx, operation);
  const before = cursor === undefined ? null : readCursor(cursor);
  return inOrganization(ctx, async (tx) => {
    const runs = await listRuns(tx, before, limit + 1);
    const data = runs.slice(0, limit);
    const last = data.at(-1);
    return { data, nextCursor: runs.length > limit && last ? encodeCursor([last.id]) : null };
  });
};

function readCursor(cursor: string): string {
  try {
    const [id] = decodeCursor(cursor, 1);
    if (!/^[0-9a-f-]{36}$/.test(String(id))) throw new InvalidCursorError();
    return String(id);
  } catch (error) {
    if (error instanceof InvalidCursorError) throw wrongCursor();
    throw error;
  }
}
