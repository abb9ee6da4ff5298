import { listLastResorts as operation } from '@trunkline/contract/last-resorts';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readLastResorts } from './last-resorts.ts';

/** What happens when every integration of a chain fails (FAILOVER-4). */
export const listLastResorts: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => ({ data: await readLastResorts(tx), nextCursor: null }));
};
