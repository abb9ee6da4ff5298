import { confirmTotp as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { AppError } from '../../errors.ts';
import { matchTotp } from '../../identity/totp.ts';
import type { Verb } from '../../verb.ts';
import { throughIdentity } from '../access/identity-errors.ts';
import { accountTransaction, ownerOf } from './account-transaction.ts';
import { addFactor } from './factors.ts';
import { totpPlace } from './totp-factor.ts';

/**
 * Switches the authenticator app on by its first code, which shows that it was set up right. An app from before is
 * out of use with that.
 *
 * @throws AppError `wrong_code`; `too_many_sign_ins` after five
 */
export const confirmTotp: Verb<typeof operation> = async (ctx, { code }) => {
  authorize(ctx, operation);
  const person = ownerOf(ctx);
  const { app } = ctx;
  const { secret, box, step } = await throughIdentity(
    app.identity.guard('proof', person.id, ctx.request.headers, async () => {
      const { rows } = await app.pool.query<{ box: Buffer | null }>(
        'SELECT pending_box AS box FROM totp_factors WHERE user_id = $1',
        [person.id],
      );
      const pending = rows[0]?.box ?? null;
      if (pending === null) return null;
      const opened = app.secretBox.open(pending, totpPlace(person.id, 'pending_box'));
      const matched = matchTotp(opened, code, app.clock(), 0);
      return matched === null ? null : { secret: opened, box: pending, step: matched };
    }),
  );
  return accountTransaction(ctx, async (db) => {
    const recoveryCodes = await addFactor(ctx, db, person, async () => {
      const { rowCount } = await db.query(
        `UPDATE totp_factors SET secret_box = $2, pending_box = NULL, last_step = $3, confirmed_at = $4
         WHERE user_id = $1 AND pending_box = $5`,
        [
          person.id,
          app.secretBox.seal(secret, totpPlace(person.id, 'secret_box')),
          step,
          new Date(app.clock()),
          box,
        ],
      );
      if (rowCount === 0) throw new AppError('sign_in_step_over', 'It was begun anew meanwhile. Scan again.');
    });
    return {
      result: { recoveryCodes },
      change: {
        action: 'member.second_factor_added',
        changes: { factor: { before: null, after: 'authenticator app' } },
      },
    };
  });
};
