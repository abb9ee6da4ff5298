import { switchOrganization as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { throughIdentity } from './identity-errors.ts';
import { recordEntry } from './record-entry.ts';
import { personView } from './session-view.ts';

/** Moves the session to another organization of the person, whose audit log shows that they came. */
export const switchOrganization: Verb<typeof operation> = async (ctx, { organizationId }) => {
  authorize(ctx, operation);
  const { app, actor } = ctx;
  if (actor.type !== 'user') throw new AppError('forbidden', 'Only a signed-in person may do this.');
  await throughIdentity(app.identity.setActiveOrganization(actor.sessionId, actor.id, organizationId));
  if (organizationId !== ctx.organizationId)
    await recordEntry({ ...ctx, organizationId }, 'member.signed_in');
  const session = await app.identity.authenticate(ctx.request.headers);
  return personView(app, { userId: actor.id, organizationId, missing: session?.missing ?? null });
};
