import type { CheckReport } from '@trunkline/contract/checks';
import { endCheck } from '../../connections/check-schedule.ts';
import { checkConnection } from '../../connections/check.ts';
import type { CheckOptions } from '../../connections/check.ts';
import type { Connection } from '../../connections/connection.ts';
import { logCheck } from '../../connections/log-check.ts';
import { measureCheck } from '../../connections/measure-check.ts';
import { recordFinding } from '../../connections/state.ts';
import type { App } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { considerSwitch } from '../failover/consider-switch.ts';
import { tellTransition } from './tell.ts';

/**
 * Checks a stored connection, records what was found, tells when the status changed by it, and lets failover follow.
 * `leased`: it was taken from the schedule (takeDueChecks), so that it is free again and its next check is due an interval
 * later.
 */
export async function checkIntegration(
  app: App,
  connection: Connection,
  options: CheckOptions & { leased?: boolean },
): Promise<CheckReport> {
  const { leased = false } = options;
  const beganAt = app.clock();
  const report = await checkConnection(app, connection, options);
  const { organizationId, integrationId } = connection;
  measureCheck(app, connection, report);
  await tenantTransaction(app.pool, organizationId, async (tx) => {
    const { problem, account } = report;
    const transition = await recordFinding(app, tx, integrationId, { problem, report, account });
    if (transition === null) return;
    await endCheck(app, tx, integrationId, { beganAt, ok: problem === null, leased });
    await tellTransition(app, tx, connection, transition, problem);
    const { consecutiveFailures } = transition;
    await considerSwitch(app, tx, integrationId, { problem, consecutiveFailures });
    await logCheck(app, tx, connection, report, transition);
  });
  return report;
}
