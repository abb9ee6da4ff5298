import { getVerification as operation } from '@trunkline/contract/verification';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readReport } from './queries.ts';

/**
 * The report of a verification, as it was when the run ended.
 *
 * @throws AppError `not_found`
 */
export const getVerification: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => readReport(tx, id));
};
