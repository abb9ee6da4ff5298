import { troubleshootIntegration as operation } from '@trunkline/contract/health';
import type { TroubleshootDiagnosis, TroubleshootStep } from '@trunkline/contract/health';
import type { InputOf } from '@trunkline/contract/operation';
import { authorize } from '../../authorize.ts';
import { readUsage } from '../../connections/limits.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import type { Ctx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { hasBackup } from './queries.ts';
import { testNetwork } from './test-network.ts';
import { factsOf, troubleshoot } from './troubleshoot.ts';
import type { StepSink } from './troubleshoot.ts';

/** Work that was authorized, and waits for somebody to watch it. */
export type Troubleshooting = (
  onStep: StepSink,
) => Promise<{ steps: TroubleshootStep[]; diagnosis: TroubleshootDiagnosis }>;

/**
 * Authorizes and audits the troubleshooting of an integration, or of its network alone; it runs when the result is
 * called.
 *
 * @throws AppError `not_found`
 */
export async function prepareTroubleshooting(
  ctx: Ctx,
  { id, part = 'all' }: InputOf<typeof operation>,
): Promise<Troubleshooting> {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    const connection = await loadConnection(app, tx, id);
    const own = {
      limits: connection.limits,
      usage: await readUsage(tx, id, app.clock()),
      hasBackup: await hasBackup(tx, id),
    };
    await recordAudit(ctx, tx, {
      action: 'integration.troubleshot',
      target: { type: 'integration', id, name: connection.name },
      ...(part === 'network' && { changes: { part: { before: null, after: part } } }),
    });
    return (onStep) =>
      part === 'network'
        ? testNetwork(app, connection, factsOf(connection, own), onStep)
        : troubleshoot(app, connection, own, onStep);
  });
}

/**
 * Finds out for real why an integration does not work (HEALTH-3), and answers when all is known.
 *
 * @throws AppError `not_found`
 */
export const troubleshootIntegration: Verb<typeof operation> = async (ctx, input) => {
  const work = await prepareTroubleshooting(ctx, input);
  return work(() => undefined);
};
