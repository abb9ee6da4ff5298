import type { Ctx } from '../../ctx.ts';
import { SecondFactorRequired } from '../../identity/errors.ts';
import { enter } from './enter.ts';
import { throughIdentity } from './identity-errors.ts';
import { askForSecondFactor } from './second-step.ts';
import type { SignInView } from './second-step.ts';

/**
 * Starts a session by password, or asks for the second factor where the person has one.
 * @throws AppError `invalid_credentials` or `too_many_sign_ins`
 */
export async function enterWithPassword(
  ctx: Ctx,
  credentials: { email: string; password: string },
): Promise<SignInView> {
  const begun = await signInOrStep(ctx, credentials);
  if (begun instanceof SecondFactorRequired) return askForSecondFactor(ctx, begun.userId);
  return { ...(await enter(ctx, begun)), secondFactor: null };
}

/** A session whose cookie nobody has yet; or, with a right password that is not enough, whose second factor it needs. */
export async function signInOrStep(
  ctx: Ctx,
  credentials: { email: string; password: string },
): Promise<Awaited<ReturnType<Ctx['app']['identity']['signIn']>> | SecondFactorRequired> {
  const begun = ctx.app.identity
    .signIn({ ...credentials, headers: ctx.request.headers })
    .catch((error: unknown) => {
      if (error instanceof SecondFactorRequired) return error;
      throw error;
    });
  return throughIdentity(begun);
}
