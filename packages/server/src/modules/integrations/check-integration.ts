import type { CheckReport } from '@trunkline/contract/checks';
import { checkConnection } from '../../connections/check.ts';
import type { CheckOptions } from '../../connections/check.ts';
import type { Connection } from '../../connections/connection.ts';
import { measureCheck } from '../../connections/measure-check.ts';
import { recordFinding } from '../../connections/state.ts';
import type { App } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { considerSwitch } from '../failover/consider-switch.ts';
import { tellTransition } from './tell.ts';

/** How often a connection is looked at (HEALTH-1), in milliseconds; spread by a tenth to both sides. */
export const checkEveryMs = 300_000;

/**
 * Checks a stored connection, records what was found, tells when the status changed by it, and lets failover follow. The next check is due
 * after {@link checkEveryMs}, unless the integration is switched off.
 */
export async function checkIntegration(
  app: App,
  connection: Connection,
  options: CheckOptions,
): Promise<CheckReport> {
  const report = await checkConnection(app, connection, options);
  const { organizationId, integrationId } = connection;
  measureCheck(app, connection, report);
  await tenantTransaction(app.pool, organizationId, async (tx) => {
    const { problem, account } = report;
    const transition = await recordFinding(app, tx, integrationId, { problem, report, account });
    if (transition === null) return;
    await tx.query(
      `UPDATE integration_health SET check_due_at = $2
       WHERE organization_id = current_organization() AND integration_id = $1 AND isfinite(check_due_at)`,
      [integrationId, new Date(app.clock() + checkEveryMs * (0.9 + 0.2 * app.random()))],
    );
    await tellTransition(app, tx, connection, transition, problem);
    const { consecutiveFailures } = transition;
    await considerSwitch(app, tx, integrationId, { problem, consecutiveFailures });
  });
  return report;
}
