import { startPasskeySignIn as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import type { Verb } from '../../verb.ts';
import { askForPasskey } from '../account/passkeys.ts';

/** Asks for any passkey that is for this installation; whose it is, the answer says. */
export const startPasskeySignIn: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return askForPasskey(ctx, ctx.app.pool, 'passkey_sign_in', null);
};
