import { listAutomations as operation } from '@trunkline/contract/automations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { listRows, presentAutomation } from './queries.ts';
import { readStanding } from './standing.ts';

/** All automations, the oldest first; there are at most 200. */
export const listAutomations: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const rows = await listRows(tx);
    const standing = await readStanding(
      tx,
      rows.flatMap(({ steps }) => steps.map(({ capability }) => capability)),
    );
    return {
      data: rows.map((row) => presentAutomation(row, standing.problemOf(row.steps))),
      nextCursor: null,
    };
  });
};
