import { getRunbook as operation } from '@trunkline/contract/runbooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readSubjects } from './queries.ts';
import { runbookOf } from './rules.ts';

/** The emergency procedure of one category, about the organization's own integrations. */
export const getRunbook: Verb<typeof operation> = async (ctx, { category }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => runbookOf(category, await readSubjects(tx)));
};
