import { getIntegration as operation } from '@trunkline/contract/integrations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readIntegration } from './queries.ts';

/**
 * One integration with what its page shows. Secrets are masked.
 *
 * @throws AppError `not_found`
 */
export const getIntegration: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => readIntegration(ctx.app, tx, id));
};
