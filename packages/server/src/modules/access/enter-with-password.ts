import type { Ctx } from '../../ctx.ts';
import { throughIdentity } from './identity-errors.ts';
import { recordEntry } from './record-entry.ts';
import { asPerson, personView } from './session-view.ts';
import type { SessionView } from './session-view.ts';

/**
 * Starts a session and tells the organization that it works in. The cookie is set when all of that worked.
 * @throws AppError `invalid_credentials` or `too_many_sign_ins`
 */
export async function enterWithPassword(
  ctx: Ctx,
  credentials: { email: string; password: string },
): Promise<SessionView> {
  const { app } = ctx;
  const { setCookie, session } = await throughIdentity(
    app.identity.signIn({ ...credentials, headers: ctx.request.headers }),
  );
  await recordEntry(asPerson(ctx, session), 'member.signed_in');
  ctx.cookies.push(...setCookie);
  return personView(app, session);
}
