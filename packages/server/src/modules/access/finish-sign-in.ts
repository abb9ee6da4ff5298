import { finishSignIn as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import type { Ctx } from '../../ctx.ts';
import { AppError } from '../../errors.ts';
import { readStep, takeStep } from '../../identity/steps.ts';
import type { Verb } from '../../verb.ts';
import { takeProof } from '../account/prove-factor.ts';
import { enter } from './enter.ts';
import { throughIdentity } from './identity-errors.ts';
import { recordEntry } from './record-entry.ts';
import { asPerson } from './session-view.ts';

/**
 * The second step of a sign-in: a code of the authenticator app, a recovery code or a passkey. A wrong one leaves the
 * step open until five minutes are over, and counts.
 *
 * @throws AppError `sign_in_step_over`, `wrong_code`, `too_many_sign_ins`
 */
export const finishSignIn: Verb<typeof operation> = async (ctx, { token, proof }) => {
  authorize(ctx, operation);
  const { app, request } = ctx;
  const step = await readStep(app.pool, token, 'second_factor', app.clock());
  if (step?.userId == null) throw stepOver();
  const { userId, challenge } = step;
  const factor = await throughIdentity(
    app.identity.guard('second_factor', userId, request.headers, () =>
      takeProof(ctx, app.pool, userId, proof, challenge),
    ),
  );
  // Of two right answers at the same time one signs in.
  if ((await takeStep(app.pool, token, 'second_factor', app.clock())) === null) throw stepOver();
  const begun = await throughIdentity(app.identity.startSession(userId, 'password', request.headers));
  const view = await enter(ctx, begun);
  if (factor === 'recovery_code') await recordRecovery(asPerson(ctx, begun.session));
  return view;
};

function stepOver(): AppError {
  return new AppError('sign_in_step_over', 'Sign in again.');
}

/** A recovery code in use is worth a line of its own: the other factors may be lost, or somebody found the codes. */
function recordRecovery(ctx: Ctx): Promise<void> {
  return recordEntry(ctx, 'member.recovery_code_used');
}
