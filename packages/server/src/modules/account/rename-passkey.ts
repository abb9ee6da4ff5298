import { renamePasskey as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { accountTransaction, ownerOf } from './account-transaction.ts';
import { presentPasskeys } from './passkeys.ts';

/** Gives one of the caller's passkeys another name. */
export const renamePasskey: Verb<typeof operation> = async (ctx, { id, name }) => {
  authorize(ctx, operation);
  const person = ownerOf(ctx);
  return accountTransaction(ctx, async (db) => {
    const before = (await presentPasskeys(db, person.id)).find((each) => each.id === id);
    if (!before) throw notFound('passkey');
    await db.query('UPDATE passkeys SET name = $2 WHERE id = $1', [id, name]);
    return {
      result: { ...before, name },
      change:
        before.name === name
          ? null
          : { action: 'member.passkey_renamed', changes: { name: { before: before.name, after: name } } },
    };
  });
};
