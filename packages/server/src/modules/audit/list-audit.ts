import { listAudit as operation } from '@trunkline/contract/audit';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readCursor } from '../page-cursor.ts';
import { listRecords, presentRecord } from './queries.ts';

/** The audit log, newest first (ACC-3). `since` is inclusive, `until` exclusive. */
export const listAudit: Verb<typeof operation> = async (ctx, { limit, cursor, ...filter }) => {
  authorize(ctx, operation);
  const before = sequenceOf(readCursor(cursor));
  const rows = await inOrganization(ctx, (tx) => listRecords(tx, filter, before, limit + 1));
  return {
    data: rows.slice(0, limit).map(presentRecord),
    nextCursor: pageCursor(rows, limit, ({ sequence }) => String(sequence)),
  };
};

function sequenceOf(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  const sequence = Number(cursor);
  if (!Number.isSafeInteger(sequence)) {
    throw fieldError('invalid_input', '/cursor', 'Send the nextCursor of an earlier page, unchanged.');
  }
  return sequence;
}
