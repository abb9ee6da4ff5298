import type { CheckProblem } from '@trunkline/contract/checks';
import type { Connection } from '../../connections/connection.ts';
import { recordFinding } from '../../connections/state.ts';
import type { App, Tx } from '../../ctx.ts';
import { considerSwitch } from '../failover/consider-switch.ts';
import { tellTransition } from '../integrations/tell.ts';

/**
 * Records what a call that began at `beganAt` has shown of its integration: its state, what follows from a change of it,
 * and failover.
 */
export async function noteHealth(
  app: App,
  tx: Tx,
  connection: Connection,
  problem: CheckProblem | null,
  beganAt: number,
): Promise<void> {
  const { integrationId } = connection;
  const transition = await recordFinding(app, tx, integrationId, { problem, report: null, beganAt });
  if (transition === null) return;
  await tellTransition(app, tx, connection, transition, problem);
  await considerSwitch(app, tx, integrationId, {
    problem,
    consecutiveFailures: transition.consecutiveFailures,
  });
}
