import { getInvitation as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { findOffer } from './queries.ts';
import { hashInvitationToken } from './rules.ts';

/** What a link offers. Unknown, used, withdrawn and expired links are answered alike. */
export const getInvitation: Verb<typeof operation> = async (ctx, { token }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const offer = await findOffer(app.pool, hashInvitationToken(token), new Date(app.clock()));
  if (!offer) throw notFound('invitation');
  const { organizationName, email, role, hasAccount } = offer;
  return { organizationName, email, role, hasAccount };
};
