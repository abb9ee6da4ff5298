import type { CapabilityName } from '@trunkline/contract/capabilities';
import type { App, Ctx, Tx } from '../../ctx.ts';
import { AppError, fieldError, notFound } from '../../errors.ts';
import { hasLastResort } from '../failover/last-resorts.ts';
import { offering, readRouteRows, routeOf } from '../failover/route.ts';
import type { Route } from '../failover/route.ts';

/* What one action and many of them ask of a request. */

const furthestMs = 90 * 86_400_000;

/** Who asks, by name. */
export function callerOf({ actor }: Ctx): string {
  return actor.type === 'anonymous' ? 'nobody signed in' : actor.name;
}

/** @throws AppError `no_organization` */
export function organizationOf(ctx: Ctx): string {
  if (ctx.organizationId === null) {
    throw new AppError('no_organization', 'Ask an administrator to invite you to an organization.');
  }
  return ctx.organizationId;
}

/** The idempotency key of a request; null without one. @throws AppError `invalid_input` */
export function keyOf(headers: Headers): string | null {
  const key = headers.get('idempotency-key');
  if (key === null) return null;
  if (key.length === 0 || key.length > 255) {
    throw new AppError('invalid_input', 'An Idempotency-Key has 1 to 255 characters.');
  }
  return key;
}

/** When it is to be done; null: now. @throws AppError `invalid_input` for a time that is too far ahead */
export function dueTime(app: App, sendAt: string | undefined): Date | null {
  if (sendAt === undefined) return null;
  const time = new Date(sendAt);
  if (time.getTime() - app.clock() > furthestMs) {
    throw fieldError('invalid_input', '/sendAt', 'At most 90 days ahead.');
  }
  return time;
}

/** Refuses what nobody could do, before anything is stored. */
export async function requireRoute(
  tx: Tx,
  { capability, wantedId }: { capability: CapabilityName; wantedId: string | null },
): Promise<Route> {
  const rows = await readRouteRows(tx, capability);
  if (wantedId !== null && !rows.some(({ id }) => id === wantedId)) throw notFound('integration');
  const able = await offering(tx, rows, capability);
  const route = routeOf(able, wantedId);
  if (route !== null) return route;
  // A last resort needs nobody.
  if (wantedId === null && (await hasLastResort(tx, capability)))
    return { primaryId: '', order: [], chain: [] };
  const wanted = rows.find(({ id }) => id === wantedId);
  if (wanted && !able.includes(wanted)) {
    throw fieldError('invalid_input', '/integrationId', `${wanted.name} does not offer ${capability}.`);
  }
  if (wanted?.enabled === false) {
    throw new AppError('integration_disabled', 'Switch the integration on first, or link a backup.');
  }
  throw new AppError(
    'integration_not_connected',
    `No connected integration offers ${capability}. Connect one first.`,
  );
}

/** @throws AppError `not_found` */
export async function requireThere(tx: Tx, integrationId: string): Promise<void> {
  const rows = await tx.query(
    'SELECT FROM integrations WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL',
    [integrationId],
  );
  if (rows.length === 0) throw notFound('integration');
}
