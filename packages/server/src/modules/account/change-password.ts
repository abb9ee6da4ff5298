import { changePassword as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { AppError, fieldError } from '../../errors.ts';
import { endSessionsBeside } from '../../identity/sessions.ts';
import type { Verb } from '../../verb.ts';
import { throughIdentity } from '../access/identity-errors.ts';
import { secretChanged } from '../audit/record-audit.ts';
import { accountTransaction, ownerOf } from './account-transaction.ts';

/**
 * Changes the caller's password, which the old one proves. Whoever else is signed in as them is signed out.
 * @throws AppError `invalid_input` at `/currentPassword`; `too_many_sign_ins` after five failures
 */
export const changePassword: Verb<typeof operation> = async (ctx, { currentPassword, newPassword }) => {
  authorize(ctx, operation);
  const { id: userId, sessionId } = ownerOf(ctx);
  const { app } = ctx;
  const known = { sessionId, userId, password: currentPassword };
  await throughIdentity(app.identity.proveFresh(known)).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'invalid_credentials') {
      throw fieldError('invalid_input', '/currentPassword', 'The password is not right.');
    }
    throw error;
  });
  return accountTransaction(ctx, async (db) => {
    await throughIdentity(app.identity.setPassword({ userId, password: newPassword }, db));
    const ended = await endSessionsBeside(db, { userId, boundTo: null }, sessionId, app.clock());
    const changes = { password: secretChanged, sessions: { before: ended + 1, after: 1 } };
    return { result: { ended }, change: { action: 'member.password_changed', changes } };
  });
};
