import { removeTotp as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { accountTransaction, ownerOf } from './account-transaction.ts';
import { dropUselessCodes } from './factors.ts';

/** Removes the authenticator app. With the last second factor the recovery codes go too. */
export const removeTotp: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { id } = ownerOf(ctx);
  return accountTransaction(ctx, async (db) => {
    const { rowCount } = await db.query(
      'DELETE FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL',
      [id],
    );
    if (rowCount === 0) throw notFound('authenticator app');
    await dropUselessCodes(db, id);
    return {
      result: { ok: true },
      change: {
        action: 'member.second_factor_removed',
        changes: { factor: { before: 'authenticator app', after: null } },
      },
    };
  });
};
