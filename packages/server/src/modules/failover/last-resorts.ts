import type { CapabilityName } from '@trunkline/contract/capabilities';
import { lastResortCapabilities, lastResortOf } from '@trunkline/contract/last-resorts';
import type { LastResort, LastResortKind } from '@trunkline/contract/last-resorts';
import type { Tx } from '../../ctx.ts';

/** The kind of a capability's last resort; null where there is none to choose. */
export function lastResortKind(capability: CapabilityName): LastResortKind | null {
  return (lastResortOf as Partial<Record<CapabilityName, LastResortKind>>)[capability] ?? null;
}

/** Whether somebody has switched the last resort of a capability on. */
export async function hasLastResort(tx: Tx, capability: CapabilityName): Promise<boolean> {
  if (lastResortKind(capability) === null) return false;
  const rows = await tx.query(
    'SELECT FROM last_resorts WHERE organization_id = current_organization() AND capability = $1',
    [capability],
  );
  return rows.length > 0;
}

/** Every last resort that there is, and what it holds. */
export async function readLastResorts(tx: Tx): Promise<LastResort[]> {
  const enabled = await tx.query<{ capability: string }>(
    'SELECT capability FROM last_resorts WHERE organization_id = current_organization()',
  );
  const waiting = await tx.query<{ capability: string; count: number }>(
    `SELECT capability, count(*)::int AS count FROM actions
     WHERE organization_id = current_organization() AND last_resort IS NOT NULL AND finished_at IS NULL GROUP BY capability`,
  );
  return lastResortCapabilities.map((capability) => ({
    capability,
    kind: lastResortOf[capability],
    enabled: enabled.some((row) => row.capability === capability),
    waiting: waiting.find((row) => row.capability === capability)?.count ?? 0,
  }));
}
