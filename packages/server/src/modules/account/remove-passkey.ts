import { removePasskey as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { accountTransaction, ownerOf } from './account-transaction.ts';
import { dropUselessCodes } from './factors.ts';

/** Removes one of the caller's passkeys, which opens nothing from then on. */
export const removePasskey: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const person = ownerOf(ctx);
  return accountTransaction(ctx, async (db) => {
    const { rows } = await db.query<{ name: string }>(
      'DELETE FROM passkeys WHERE id = $1 AND user_id = $2 RETURNING name',
      [id, person.id],
    );
    if (!rows[0]) throw notFound('passkey');
    await dropUselessCodes(db, person.id);
    return {
      result: { ok: true },
      change: {
        action: 'member.second_factor_removed',
        changes: { factor: { before: `passkey “${rows[0].name}”`, after: null } },
      },
    };
  });
};
