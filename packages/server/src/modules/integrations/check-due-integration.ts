import { giveBackCheck } from '../../connections/check-schedule.ts';
import type { TakenCheck } from '../../connections/check-schedule.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import { tokenSourceOf } from '../../connections/token-source.ts';
import type { App } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { during, kindOfError, spanHere } from '../../tracing/tracer.ts';
import type { Span } from '../../tracing/tracer.ts';
import { checkIntegration } from './check-integration.ts';

/** After something went wrong on our side. */
const retryMs = 30_000;

/**
 * Checks an integration that was taken from the schedule. What goes wrong on our side leaves it as it is; it is due again
 * a little later. Never throws.
 */
export async function checkDueIntegration(app: App, taken: TakenCheck): Promise<void> {
  const { integrationId, organizationId } = taken;
  const span = spanHere(app, {
    name: 'check integration',
    kind: 'internal',
    attributes: { 'trunkline.organization.id': organizationId, 'trunkline.integration.id': integrationId },
  });
  return during(app, span, (inner) => checkIn(inner, span, taken));
}

async function checkIn(app: App, span: Span | null, taken: TakenCheck): Promise<void> {
  const { integrationId, organizationId } = taken;
  try {
    const connection = await tenantTransaction(app.pool, organizationId, (tx) =>
      loadConnection(app, tx, integrationId),
    );
    const token = tokenSourceOf(app, connection);
    span?.set({ 'trunkline.provider': connection.provider.slug });
    const { problem } = await checkIntegration(app, connection, { ...(token && { token }), taken });
    if (problem !== null) span?.fail(problem.fault);
  } catch (error) {
    span?.fail(kindOfError(error));
    app.log.warn({ err: error, integrationId }, 'an integration could not be checked');
    await giveBackCheck(app, taken, retryMs).catch(() => undefined);
  }
}
