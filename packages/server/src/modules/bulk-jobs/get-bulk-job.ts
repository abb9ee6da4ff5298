import { getBulkJob as operation } from '@trunkline/contract/bulk-jobs';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readJob } from './queries.ts';

/** How far a bulk job is. */
export const getBulkJob: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => readJob(tx, id));
};
