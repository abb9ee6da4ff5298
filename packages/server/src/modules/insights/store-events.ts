import { trackingPlan } from '@trunkline/contract/tracking-plan';
import type { TrackedEventName } from '@trunkline/contract/tracking-plan';
import type { ActorKind } from '@trunkline/contract/permissions';
import { actorKindOf } from '../../authorize.ts';
import type { App, Ctx, Tx } from '../../ctx.ts';
import { findProvider } from '../../providers/all-providers.ts';
import { asksForPrivacy } from './settings.ts';

/** How many events of one person are kept of any minute, over all nodes; what is beyond it is not recorded. */
const aPersonAMinute = 240;

export interface EventToStore {
  event: TrackedEventName;
  properties: Record<string, unknown>;
}

/** Whom an event counts for; a program has no id. */
export interface TrackedActor {
  userId: string | null;
  role: ActorKind;
}

/** Whom events of a request count for; null: nothing is recorded of a browser that asks for privacy, nor of the system. */
export function trackedActorOf(ctx: Ctx): TrackedActor | null {
  const role = actorKindOf(ctx);
  if (role === null || asksForPrivacy(ctx)) return null;
  return { userId: ctx.actor.type === 'user' ? ctx.actor.id : null, role };
}

/**
 * Records events of the plan for somebody, in the transaction given. Nothing is written while recording is off, and beyond
 * {@link aPersonAMinute}.
 *
 * @returns how many were recorded
 * @throws ZodError for properties that the plan does not name
 */
export async function storeEvents(
  app: App,
  tx: Tx,
  who: TrackedActor | null,
  events: readonly EventToStore[],
  device: 'narrow' | 'wide' | null,
): Promise<number> {
  if (!app.config.tracking || who === null) return 0;
  const rows = events.map(({ event, properties }) => ({
    id: app.newId(),
    event,
    properties: trackingPlan[event].properties.strict().parse(withoutOwnNames(properties)),
  }));
  // Somebody who is removed at this moment is no member any more, and leaves nothing behind.
  const stored = await tx.query(
    `INSERT INTO tracked_events (id, organization_id, at, event, user_id, role, device, properties)
     SELECT e.id, current_organization(), $2, e.event, $3::uuid, $4, $5, e.properties
     FROM json_to_recordset($1) AS e (id uuid, event text, properties jsonb)
     WHERE coalesce((SELECT enabled FROM tracking_settings WHERE organization_id = current_organization()), true)
       AND ($3::uuid IS NULL OR EXISTS (SELECT FROM members
         WHERE organization_id = current_organization() AND user_id = $3))
       AND (SELECT count(*) FROM (SELECT FROM tracked_events WHERE organization_id = current_organization()
         AND user_id IS NOT DISTINCT FROM $3 AND at > $2::timestamptz - interval '1 minute' LIMIT $6) r) < $6
     RETURNING 1`,
    [JSON.stringify(rows), new Date(app.clock()), who.userId, who.role, device, aPersonAMinute],
  );
  return stored.length;
}

/** A provider that the organization added has a name of its own; what is recorded says only that it is one. */
function withoutOwnNames(properties: Record<string, unknown>): Record<string, unknown> {
  const name = properties['integration_name'];
  if (typeof name !== 'string' || findProvider(name)) return properties;
  return { ...properties, integration_name: 'custom' };
}
