import { signInWithPasskey as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import { AppError } from '../../errors.ts';
import { takeStep } from '../../identity/steps.ts';
import type { Verb } from '../../verb.ts';
import { takePasskey } from '../account/passkeys.ts';
import { enter } from './enter.ts';
import { throughIdentity } from './identity-errors.ts';

/**
 * Signs in by a passkey, which is two factors at once: the device, and a finger, face or PIN on it.
 * @throws AppError `sign_in_step_over`; `wrong_code` for a passkey that is unknown or does not fit
 */
export const signInWithPasskey: Verb<typeof operation> = async (ctx, { token, passkey }) => {
  authorize(ctx, operation);
  const { app, request } = ctx;
  const step = await takeStep(app.pool, token, 'passkey_sign_in', app.clock());
  if (step === null) throw new AppError('sign_in_step_over', 'Begin again to sign in.');
  const owner = await takePasskey(ctx, app.pool, passkey, step.challenge);
  if (owner === null) throw new AppError('wrong_code', 'This passkey opens no account here.');
  return enter(
    ctx,
    await throughIdentity(app.identity.startSession(owner.userId, 'passkey', request.headers)),
  );
};
