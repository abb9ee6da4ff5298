import { getLimits as operation } from '@trunkline/contract/limits';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readLimitSettings } from './read-limits.ts';

/** Limits on requests with API keys, and how far they are used (KEY-3). */
export const getLimits: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => readLimitSettings(ctx.app, tx));
};
