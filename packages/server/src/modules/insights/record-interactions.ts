import { recordInteractions as operation } from '@trunkline/contract/interactions';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { storeEvents, trackedActorOf } from './store-events.ts';

/**
 * Records what somebody did in the pages. Neither audited nor announced: it changes nothing that anybody works with, and
 * comes every few seconds.
 */
export const recordInteractions: Verb<typeof operation> = async (ctx, { device, events }) => {
  authorize(ctx, operation);
  const recorded = await inOrganization(ctx, (tx) =>
    storeEvents(ctx.app, tx, trackedActorOf(ctx), events, device),
  );
  return { recorded };
};
