import { startPasskeySignIn as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import type { Verb } from '../../verb.ts';
import { askForPasskey } from '../account/passkeys.ts';
import { throughIdentity } from './identity-errors.ts';

/**
 * Asks for any passkey that is for this installation; whose it is, the answer says.
 * @throws AppError `too_many_sign_ins`
 */
export const startPasskeySignIn: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  await throughIdentity(ctx.app.identity.admitStart(ctx.request.headers));
  return askForPasskey(ctx, ctx.app.pool, 'passkey_sign_in', null);
};
