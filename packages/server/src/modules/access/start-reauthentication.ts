import { startReauthentication as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import type { Verb } from '../../verb.ts';
import { personOf } from '../account/account-transaction.ts';
import { askForPasskey } from '../account/passkeys.ts';
import { presentAccount } from '../account/present-account.ts';

/** How the caller can prove that it is them, with a question for their passkeys where they have some. */
export const startReauthentication: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { id, boundTo } = personOf(ctx);
  const { hasPassword, totpSince, passkeys } = await presentAccount(ctx.app.pool, id, false);
  return {
    password: hasPassword,
    totp: totpSince !== null,
    sso: boundTo != null,
    passkey: passkeys.length > 0 ? await askForPasskey(ctx, ctx.app.pool, 'passkey_proof', id) : null,
  };
};
