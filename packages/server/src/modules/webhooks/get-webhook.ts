import { getWebhook as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readWebhook } from './queries.ts';

/** One webhook with its status and rates (WH-7). */
export const getWebhook: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => readWebhook(tx, id));
};
