import { reauthenticate as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { throughIdentity } from './identity-errors.ts';
import { recordEntry } from './record-entry.ts';

/** Checks the password again, which opens sensitive acts for five minutes (ACC-2). */
export const reauthenticate: Verb<typeof operation> = async (ctx, { password }) => {
  authorize(ctx, operation);
  const { app, actor } = ctx;
  if (actor.type !== 'user') throw new AppError('forbidden', 'Only a signed-in person may do this.');
  await throughIdentity(app.identity.proveFresh({ sessionId: actor.sessionId, userId: actor.id, password }));
  await recordEntry(ctx, 'member.reauthenticated');
  return { ok: true };
};
