import { endOtherSessions as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { endSessionsBeside } from '../../identity/sessions.ts';
import type { Verb } from '../../verb.ts';
import { accountTransaction, personOf, sessionOwner } from './account-transaction.ts';

/** Signs the caller out everywhere but here. */
export const endOtherSessions: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const person = personOf(ctx);
  return accountTransaction(ctx, async (db) => {
    const ended = await endSessionsBeside(db, sessionOwner(person), person.sessionId, ctx.app.clock());
    return {
      result: { ended },
      change:
        ended === 0
          ? null
          : { action: 'member.sessions_ended', changes: { sessions: { before: ended + 1, after: 1 } } },
    };
  });
};
