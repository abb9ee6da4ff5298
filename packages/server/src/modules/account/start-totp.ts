import { startTotp as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { createTotpSecret, totpUri } from '../../identity/totp.ts';
import type { Verb } from '../../verb.ts';
import { ownerOf } from './account-transaction.ts';
import { presentAccount } from './present-account.ts';
import { totpPlace } from './totp-factor.ts';

/** Makes a secret for an authenticator app. It counts once a code of it has come; until then nothing is changed. */
export const startTotp: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { id } = ownerOf(ctx);
  const { app } = ctx;
  const { email } = await presentAccount(app.pool, id, false);
  const secret = createTotpSecret(app.randomBytes);
  await app.pool.query(
    `INSERT INTO totp_factors (user_id, pending_box, created_at) VALUES ($1, $2, $3)
     ON CONFLICT (user_id) DO UPDATE SET pending_box = $2`,
    [id, app.secretBox.seal(secret, totpPlace(id, 'pending_box')), new Date(app.clock())],
  );
  return { secret, uri: totpUri(secret, app.config.brand, email) };
};
