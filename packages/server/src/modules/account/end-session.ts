import { endSession as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { notFound } from '../../errors.ts';
import { endSessionOf } from '../../identity/sessions.ts';
import type { Verb } from '../../verb.ts';
import { accountTransaction, personOf, sessionOwner } from './account-transaction.ts';

/** Ends one of the caller's own sessions; it is over with its next request. */
export const endSession: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const person = personOf(ctx);
  return accountTransaction(ctx, async (db) => {
    if (!(await endSessionOf(db, sessionOwner(person), id, ctx.app.clock()))) throw notFound('session');
    return { result: { ok: true }, change: { action: 'member.session_ended' } };
  });
};
