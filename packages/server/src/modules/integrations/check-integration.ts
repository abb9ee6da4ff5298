import type { CheckReport } from '@trunkline/contract/checks';
import { endCheck, giveBackCheck, holdsCheck, takeCheckNow } from '../../connections/check-schedule.ts';
import type { TakenCheck } from '../../connections/check-schedule.ts';
import { checkConnection } from '../../connections/check.ts';
import type { CheckOptions } from '../../connections/check.ts';
import type { Connection } from '../../connections/connection.ts';
import { logCheck } from '../../connections/log-check.ts';
import { measureCheck } from '../../connections/measure-check.ts';
import { recordFinding } from '../../connections/state.ts';
import type { App } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { considerSwitch } from '../failover/consider-switch.ts';
import { trackRunCheck } from '../insights/track-run-check.ts';
import { tellTransition } from './tell.ts';

/**
 * Checks a stored connection that was `taken` for it, records what was found, tells when the status changed by it, and
 * lets failover follow. When a later check has taken it meanwhile, only that one's finding is recorded: what stands is
 * always what the check or call has found that began last.
 */
export async function checkIntegration(
  app: App,
  connection: Connection,
  { taken, ...options }: CheckOptions & { taken: TakenCheck },
): Promise<CheckReport> {
  const beganAt = app.clock();
  const report = await checkConnection(app, connection, options);
  const { organizationId, integrationId } = connection;
  measureCheck(app, connection, report);
  await tenantTransaction(app.pool, organizationId, async (tx) => {
    if (!(await holdsCheck(tx, taken))) return;
    const { problem, account } = report;
    const transition = await recordFinding(app, tx, integrationId, { problem, report, account, beganAt });
    const ok = problem === null;
    const runs = await endCheck(app, tx, integrationId, { beganAt, ok });
    await trackRunCheck(app, tx, runs, { provider: connection.provider.slug, ok });
    if (transition === null) return;
    await tellTransition(app, tx, connection, transition, problem);
    const { consecutiveFailures } = transition;
    await considerSwitch(app, tx, integrationId, { problem, consecutiveFailures });
    await logCheck(app, tx, connection, report, transition);
  });
  return report;
}

/**
 * Checks a stored connection because somebody asks for it: at once, whoever else checks it at the time.
 *
 * @throws AppError `not_found`
 */
export async function checkIntegrationNow(
  app: App,
  connection: Connection,
  options: CheckOptions,
): Promise<CheckReport> {
  const taken = await takeCheckNow(app, connection);
  try {
    return await checkIntegration(app, connection, { ...options, taken });
  } catch (error) {
    await giveBackCheck(app, taken, 0).catch(() => undefined);
    throw error;
  }
}
