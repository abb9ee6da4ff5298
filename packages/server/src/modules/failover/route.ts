import type { CapabilityName } from '@trunkline/contract/capabilities';
import { connectionColumns, connectionJoins, storedProviderOf } from '../../connections/load-connection.ts';
import type { StoredConnection } from '../../connections/load-connection.ts';
import { providerOf } from '../../connections/provider-of.ts';
import type { Tx } from '../../ctx.ts';
import type { OneTrip } from '../../db/one-trip.ts';
import { allProviders } from '../../providers/all-providers.ts';
import type { Provider } from '../../providers/provider.ts';

/** An integration as routing sees it. */
export interface RouteRow {
  id: string;
  name: string;
  provider: string;
  /** It is switched on and connected. */
  usable: boolean;
  enabled: boolean;
  /** Where its calls go when it is a primary; null: to itself. */
  activeId: string | null;
  autoFailover: boolean;
  /** In the order in which they are asked. */
  backups: string[];
  isBackup: boolean;
  /** A person has made it the primary of the capability. */
  chosen: boolean;
}

/** Who is asked for a capability, in this order. */
export interface Route {
  primaryId: string;
  /** Never empty. Without automatic failover only the active one. */
  order: string[];
  /** Every connected one, beginning with the active one: who may have what was stored while calls went elsewhere. */
  chain: string[];
}

/** Every integration of the organization, oldest first, as routing sees it for a capability. */
export async function readRouteRows(tx: Tx, capability: CapabilityName): Promise<RouteRow[]> {
  return tx.query<RouteRow>(
    `SELECT i.id, i.name, i.provider, i.enabled, ${routeColumns}
     FROM integrations i ${routeJoins}
     WHERE i.organization_id = current_organization() AND i.deleted_at IS NULL ORDER BY i.id`,
    [capability],
    'route_rows',
  );
}

/** As routing sees it, with all that is needed to call it. */
export interface CallableRow extends RouteRow, StoredConnection {}

/** The integrations that offer a capability, oldest first, each ready to be opened: in one statement. */
export async function readCallable(tx: OneTrip, capability: CapabilityName): Promise<CallableRow[]> {
  const rows = await tx.query<CallableRow>(
    `SELECT ${connectionColumns}, ${routeColumns}
     FROM integrations i ${routeJoins} ${connectionJoins(`'current'`)}
     WHERE i.organization_id = current_organization() AND i.deleted_at IS NULL
       AND (i.provider = ANY($2) OR cp.slug IS NOT NULL) ORDER BY i.id`,
    [capability, builtInOffering(capability)],
    'callable_rows',
  );
  return rows.filter((row) => offers(row, capability));
}

const routeColumns = `i.enabled AND i.connected_at IS NOT NULL AS usable,
  c.active_id AS "activeId", coalesce(c.auto_failover, false) AS "autoFailover",
  ARRAY(SELECT b.backup_id FROM failover_backups b
    WHERE b.organization_id = i.organization_id AND b.integration_id = i.id ORDER BY b.position) AS backups,
  EXISTS (SELECT FROM failover_backups b
    WHERE b.organization_id = i.organization_id AND b.backup_id = i.id) AS "isBackup",
  p.capability IS NOT NULL AS chosen`;
const routeJoins = `
  LEFT JOIN failover_configs c ON c.organization_id = i.organization_id AND c.integration_id = i.id
  LEFT JOIN capability_primaries p ON p.organization_id = i.organization_id AND p.integration_id = i.id
    AND p.capability = $1`;

function builtInOffering(capability: CapabilityName): string[] {
  return allProviders.filter(({ adapters }) => adapters?.[capability] !== undefined).map(({ slug }) => slug);
}

/** A definition that this release cannot read offers nothing. */
function offers(row: StoredConnection, capability: CapabilityName): boolean {
  try {
    return storedProviderOf(row)?.adapters?.[capability] !== undefined;
  } catch {
    return false;
  }
}

/** The rows whose providers can do it. */
export async function offering(
  tx: Tx,
  rows: readonly RouteRow[],
  capability: CapabilityName,
): Promise<RouteRow[]> {
  const providers = new Map<string, Provider | null>();
  for (const { provider } of rows) {
    if (!providers.has(provider)) providers.set(provider, await providerOf(tx, provider).catch(() => null));
  }
  return rows.filter(({ provider }) => providers.get(provider)?.adapters?.[capability] !== undefined);
}

/**
 * Who is asked: the chain of the wanted integration, or of the primary of the capability: the one that a person chose,
 * else the oldest that is nobody's backup. The chain begins where its calls go now. Null: nobody can be asked.
 */
export function routeOf(rows: readonly RouteRow[], wantedId: string | null): Route | null {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const chainOf = (row: RouteRow): string[] => {
    const chain = [row.id, ...row.backups];
    const first = Math.max(0, chain.indexOf(row.activeId ?? row.id));
    return [...chain.slice(first), ...chain.slice(0, first)].filter((id) => byId.get(id)?.usable === true);
  };
  for (const row of candidatesOf(rows, wantedId)) {
    const chain = chainOf(row);
    const order = row.autoFailover ? chain : chain.slice(0, 1);
    if (order.length > 0) return { primaryId: row.id, order, chain };
  }
  return null;
}

/** Who could be the primary, the most wanted first: also those that cannot be asked just now. */
export function candidatesOf(rows: readonly RouteRow[], wantedId: string | null): RouteRow[] {
  if (wantedId !== null) return rows.filter(({ id }) => id === wantedId);
  return [
    ...rows.filter(({ chosen }) => chosen),
    ...rows.filter(({ chosen, isBackup }) => !chosen && !isBackup),
    ...rows.filter(({ chosen, isBackup }) => !chosen && isBackup),
  ];
}
