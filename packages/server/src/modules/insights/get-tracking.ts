import { getTracking as operation } from '@trunkline/contract/tracking';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readTracking } from './settings.ts';

/** Whether it is recorded how the product is used; the pages ask before they send anything. */
export const getTracking: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => readTracking(ctx.app, tx));
};
