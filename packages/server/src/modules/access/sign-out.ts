import { signOut as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import type { Verb } from '../../verb.ts';
import { recordEntry } from './record-entry.ts';

/** Ends the session of the request, if there is one. */
export const signOut: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { setCookie } = await ctx.app.identity.signOut(ctx.request.headers);
  ctx.cookies.push(...setCookie);
  await recordEntry(ctx, 'member.signed_out');
  return { ok: true };
};
