import { getUsage as operation } from '@trunkline/contract/usage';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readCurrentUse } from '../limits/read-limits.ts';
import { readUsage } from './queries.ts';
import { readSpan } from './rules.ts';

/** How much the API is used, and how it went (KEY-4). */
export const getUsage: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const span = readSpan(input, ctx.app.clock());
  return inOrganization(ctx, async (tx) => ({
    ...(await readUsage(tx, span, input.keyId ?? null)),
    limits: await readCurrentUse(ctx.app, tx),
  }));
};
