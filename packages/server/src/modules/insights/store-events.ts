import { trackingPlan } from '@trunkline/contract/tracking-plan';
import type { TrackedEventName } from '@trunkline/contract/tracking-plan';
import { actorKindOf } from '../../authorize.ts';
import type { Ctx, Tx } from '../../ctx.ts';
import { findProvider } from '../../providers/all-providers.ts';
import { asksForPrivacy } from './settings.ts';

/** How many events of one person are kept of any minute, over all nodes; what is beyond it is not recorded. */
const aPersonAMinute = 240;

export interface EventToStore {
  event: TrackedEventName;
  properties: Record<string, unknown>;
}

/**
 * Records events of the plan for the caller of `ctx`, in the transaction given. Nothing is written while recording is off,
 * for a browser that asks for privacy, for the system itself, and beyond {@link aPersonAMinute}.
 *
 * @returns how many were recorded
 * @throws ZodError for properties that the plan does not name
 */
export async function storeEvents(
  ctx: Ctx,
  tx: Tx,
  events: readonly EventToStore[],
  device: 'narrow' | 'wide' | null,
): Promise<number> {
  const { app, actor } = ctx;
  const role = actorKindOf(ctx);
  if (!app.config.tracking || asksForPrivacy(ctx) || role === null) return 0;
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
    [
      JSON.stringify(rows),
      new Date(app.clock()),
      actor.type === 'user' ? actor.id : null,
      role,
      device,
      aPersonAMinute,
    ],
  );
  return stored.length;
}

/** A provider that the organization added has a name of its own; what is recorded says only that it is one. */
function withoutOwnNames(properties: Record<string, unknown>): Record<string, unknown> {
  const name = properties['integration_name'];
  if (typeof name !== 'string' || findProvider(name)) return properties;
  return { ...properties, integration_name: 'custom' };
}
