import { listRunbooks as operation } from '@trunkline/contract/runbooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readSubjects } from './queries.ts';
import { summariesOf } from './rules.ts';

/** Which emergency procedures there are, and where one is needed now (UC-ADMIN-007, section 9). */
export const listRunbooks: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => ({ data: summariesOf(await readSubjects(tx)) }));
};
