import type { Ctx } from '../../ctx.ts';
import type { SignedIn } from '../../identity/identity.ts';
import { recordEntry } from './record-entry.ts';
import { asPerson, personView } from './session-view.ts';
import type { SessionView } from './session-view.ts';

/** Tells the organization that a session works in that it began. The cookie is set when that worked. */
export async function enter(
  ctx: Ctx,
  { setCookie, session }: { setCookie: string[]; session: SignedIn },
): Promise<SessionView> {
  await recordEntry(asPerson(ctx, session), 'member.signed_in');
  ctx.cookies.push(...setCookie);
  return personView(ctx.app, session);
}
