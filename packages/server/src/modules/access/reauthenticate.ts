import { reauthenticate as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import type { Ctx } from '../../ctx.ts';
import { AppError } from '../../errors.ts';
import { markFresh } from '../../identity/sessions.ts';
import { takeStep } from '../../identity/steps.ts';
import type { Verb } from '../../verb.ts';
import { personOf } from '../account/account-transaction.ts';
import type { Person } from '../account/account-transaction.ts';
import { takePasskey } from '../account/passkeys.ts';
import type { PasskeyAnswer } from '../account/passkeys.ts';
import { takeTotpCode } from '../account/totp-factor.ts';
import { throughIdentity } from './identity-errors.ts';
import { recordEntry } from './record-entry.ts';

/** Checks the password, a code or a passkey again, which opens sensitive acts for five minutes (ACC-2). */
export const reauthenticate: Verb<typeof operation> = async (ctx, proof) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const person = personOf(ctx);
  const { id: userId, sessionId } = person;
  if ('password' in proof) {
    const { password } = proof;
    await throughIdentity(app.identity.proveFresh({ sessionId, userId, password }));
  } else {
    if ('code' in proof) await proveByCode(ctx, person, proof.code);
    else await proveByPasskey(ctx, person, proof.token, proof.passkey);
    await markFresh(app.pool, sessionId, app.clock());
  }
  await recordEntry(ctx, 'member.reauthenticated');
  return { ok: true };
};

async function proveByCode(ctx: Ctx, { id }: Person, code: string): Promise<void> {
  const { app, request } = ctx;
  await throughIdentity(
    app.identity.guard('proof', id, request.headers, async () =>
      (await takeTotpCode(app, app.pool, id, code)) ? true : null,
    ),
  );
}

async function proveByPasskey(
  ctx: Ctx,
  { id }: Person,
  token: string,
  passkey: PasskeyAnswer,
): Promise<void> {
  const { app } = ctx;
  const step = await takeStep(app.pool, token, 'passkey_proof', app.clock());
  if (step?.userId !== id) throw new AppError('sign_in_step_over', 'Begin again to confirm.');
  const owner = await takePasskey(ctx, app.pool, passkey, step.challenge);
  if (owner?.userId !== id) throw new AppError('wrong_code', 'This passkey is not one of yours.');
}
