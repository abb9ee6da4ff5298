import { getAction as operation } from '@trunkline/contract/actions';
import { authorize, permits } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readAction } from './queries.ts';

/** An action with its attempts. Its result is for those who may run actions: it may hold what only they should see. */
export const getAction: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const open = permits(ctx, 'action.run');
  return inOrganization(ctx, (tx) => readAction(ctx.app, tx, id, { open }));
};
