import { getAccount as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import type { Verb } from '../../verb.ts';
import { personOf } from './account-transaction.ts';
import { presentAccount } from './present-account.ts';

/** The caller's own account. */
export const getAccount: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { id, boundTo } = personOf(ctx);
  return presentAccount(ctx.app.pool, id, boundTo != null);
};
