import { getActionBulk as operation } from '@trunkline/contract/action-bulks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readBulk } from './bulk-queries.ts';

/** Progress of a bulk of actions. @throws AppError `not_found` */
export const getActionBulk: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => readBulk(tx, id));
};
