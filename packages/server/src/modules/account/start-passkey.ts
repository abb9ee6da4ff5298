import { startPasskey as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import type { Verb } from '../../verb.ts';
import { ownerOf } from './account-transaction.ts';
import { askForNewPasskey } from './passkeys.ts';
import { presentAccount } from './present-account.ts';

/** Begins to add a passkey: what the browser is to make. */
export const startPasskey: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { id } = ownerOf(ctx);
  const { name, email } = await presentAccount(ctx.app.pool, id, false);
  return askForNewPasskey(ctx, ctx.app.pool, { id, name, email });
};
