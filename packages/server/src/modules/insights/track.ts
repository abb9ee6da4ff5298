import type { PropertiesOf, TrackedEventName, trackingPlan } from '@trunkline/contract/tracking-plan';
import type { Ctx, Tx } from '../../ctx.ts';
import { storeEvents, trackedActorOf } from './store-events.ts';

/** The events that the server knows of by itself. */
export type ServerEventName = {
  [Name in TrackedEventName]: (typeof trackingPlan)[Name]['by'] extends 'server' ? Name : never;
}[TrackedEventName];

/** Records what has just happened, in its transaction; see {@link storeEvents} for when nothing is written. */
export async function track<Name extends ServerEventName>(
  ctx: Ctx,
  tx: Tx,
  event: Name,
  properties: PropertiesOf<Name>,
): Promise<void> {
  await storeEvents(ctx.app, tx, trackedActorOf(ctx), [{ event, properties }], null);
}
