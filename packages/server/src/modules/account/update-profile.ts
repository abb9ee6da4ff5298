import { updateProfile as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { notFound } from '../../errors.ts';
import { readName } from '../../identity/organizations.ts';
import type { Verb } from '../../verb.ts';
import { throughIdentity } from '../access/identity-errors.ts';
import { accountTransaction, ownerOf } from './account-transaction.ts';
import { presentAccount } from './present-account.ts';

/** Changes the caller's name, everywhere from the next request on. What they did before keeps the old one. */
export const updateProfile: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { id } = ownerOf(ctx);
  const name = await throughIdentity(Promise.resolve(input.name).then(readName));
  return accountTransaction(ctx, async (db) => {
    const { rows } = await db.query<{ name: string }>('SELECT name FROM users WHERE id = $1 FOR UPDATE', [
      id,
    ]);
    if (!rows[0]) throw notFound('account');
    const before = rows[0].name;
    await db.query('UPDATE users SET name = $2, updated_at = $3 WHERE id = $1', [
      id,
      name,
      new Date(ctx.app.clock()),
    ]);
    return {
      result: await presentAccount(db, id, false),
      change:
        before === name
          ? null
          : { action: 'member.name_changed', changes: { name: { before, after: name } } },
    };
  });
};
