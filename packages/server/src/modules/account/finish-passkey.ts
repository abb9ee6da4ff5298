import { finishPasskey as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { AppError } from '../../errors.ts';
import { takeStep } from '../../identity/steps.ts';
import type { Verb } from '../../verb.ts';
import { accountTransaction, ownerOf } from './account-transaction.ts';
import { addFactor } from './factors.ts';
import { presentPasskeys, readNewPasskey } from './passkeys.ts';

/**
 * Adds the passkey that the browser has made.
 * @throws AppError `sign_in_step_over`, `wrong_code`; `conflict` for one that is known
 */
export const finishPasskey: Verb<typeof operation> = async (ctx, { token, name, passkey }) => {
  authorize(ctx, operation);
  const person = ownerOf(ctx);
  const { app } = ctx;
  const step = await takeStep(app.pool, token, 'passkey_add', app.clock());
  if (step?.userId !== person.id) throw new AppError('sign_in_step_over', 'Begin again to add the passkey.');
  const made = await readNewPasskey(ctx, passkey, step.challenge);
  if (made === null) throw new AppError('wrong_code', 'The browser gave no passkey that can be used here.');
  const id = app.newId();
  return accountTransaction(ctx, async (db) => {
    const recoveryCodes = await addFactor(ctx, db, person, async () => {
      const { rowCount } = await db.query(
        `INSERT INTO passkeys (id, user_id, name, credential_id, public_key, counter, transports, synced, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (credential_id) DO NOTHING`,
        [
          id,
          person.id,
          name,
          made.credentialId,
          made.publicKey,
          made.counter,
          made.transports,
          made.synced,
          new Date(app.clock()),
        ],
      );
      if (rowCount === 0) throw new AppError('conflict', 'This passkey was added already.');
    });
    const added = (await presentPasskeys(db, person.id)).find((each) => each.id === id)!;
    return {
      result: { passkey: added, recoveryCodes },
      change: {
        action: 'member.second_factor_added',
        changes: { factor: { before: null, after: `passkey “${name}”` } },
      },
    };
  });
};
