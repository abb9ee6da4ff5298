import { makeRecoveryCodes as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { AppError } from '../../errors.ts';
import { createRecoveryCodes, replaceRecoveryCodes } from '../../identity/recovery-codes.ts';
import { hasSecondFactor } from '../../identity/sessions.ts';
import type { Verb } from '../../verb.ts';
import { accountTransaction, ownerOf } from './account-transaction.ts';

/** Makes new recovery codes, which this answer alone shows. */
export const makeRecoveryCodes: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { id } = ownerOf(ctx);
  return accountTransaction(ctx, async (db) => {
    if (!(await hasSecondFactor(db, id))) {
      throw new AppError('conflict', 'Recovery codes stand for a second factor. Set one up first.');
    }
    const recoveryCodes = createRecoveryCodes(ctx.app.randomBytes);
    await replaceRecoveryCodes(db, id, recoveryCodes);
    return { result: { recoveryCodes }, change: { action: 'member.recovery_codes_made' } };
  });
};
