import { listAutomationRuns as operation } from '@trunkline/contract/automations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import { listRunRows, presentRun } from './queries.ts';

/** Runs of the organization's automations, newest first. */
export const listAutomationRuns: Verb<typeof operation> = async (ctx, { limit, cursor, ...filter }) => {
  authorize(ctx, operation);
  const before = readIdCursor(cursor);
  return inOrganization(ctx, async (tx) => {
    const rows = await listRunRows(tx, { ...filter, before }, limit + 1);
    return {
      data: rows.slice(0, limit).map(presentRun),
      nextCursor: pageCursor(rows, limit, ({ id }) => id),
    };
  });
};
