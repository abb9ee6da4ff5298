import { getApiKey as operation } from '@trunkline/contract/api-keys';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readApiKey } from './queries.ts';

/** The organization's key, masked (KEY-1). */
export const getApiKey: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => readApiKey(tx, new Date(ctx.app.clock())));
};
