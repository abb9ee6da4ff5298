import type { SignInResult } from '@trunkline/contract/access';
import type { z } from 'zod';
import type { Ctx } from '../../ctx.ts';
import { beginStep } from '../../identity/steps.ts';
import { factorsOf } from '../account/factors.ts';
import { passkeyOptions } from '../account/passkeys.ts';
import { anonymousView } from './session-view.ts';

export type SignInView = z.input<typeof SignInResult>;

/** Asks for the second factor of somebody whose password was right. Only now do they learn which ones there are. */
export async function askForSecondFactor(ctx: Ctx, userId: string): Promise<SignInView> {
  const { app } = ctx;
  const { token, challenge } = await beginStep(app.pool, {
    id: app.newId(),
    purpose: 'second_factor',
    userId,
    now: app.clock(),
    random: app.randomBytes,
  });
  const methods = await factorsOf(app.pool, userId);
  const passkey = methods.includes('passkey') ? await passkeyOptions(ctx, app.pool, challenge, userId) : null;
  return { ...(await anonymousView(app)), secondFactor: { token, methods, passkey } };
}
