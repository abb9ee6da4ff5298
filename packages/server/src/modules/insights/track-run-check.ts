import type { ActorKind } from '@trunkline/contract/permissions';
import type { App, Tx } from '../../ctx.ts';
import { storeEvents } from './store-events.ts';

/**
 * Records the check of one integration for everybody who asked for the runs that it belongs to, in the transaction that ends
 * it. What a rule began counts for nobody.
 */
export async function trackRunCheck(
  app: App,
  tx: Tx,
  runIds: readonly string[],
  check: { provider: string; ok: boolean },
): Promise<void> {
  if (runIds.length === 0) return;
  const asking = await tx.query<{ userId: string | null; role: ActorKind }>(
    `SELECT DISTINCT asked_by AS "userId", asked_role AS role FROM check_runs
     WHERE organization_id = current_organization() AND id = ANY ($1::uuid[]) AND asked_role IS NOT NULL`,
    [runIds],
  );
  const properties = { integration_name: check.provider, health_status: check.ok ? 'ok' : 'problem' };
  for (const who of asking) {
    await storeEvents(app, tx, who, [{ event: 'integration_health_checked', properties }], null);
  }
}
