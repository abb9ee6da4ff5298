import type { CheckProblem } from '@trunkline/contract/checks';
import type { Transition } from '../../connections/state.ts';
import { endThrottling, recordThrottling } from '../../connections/throttling.ts';
import type { App, Tx } from '../../ctx.ts';
import type { Provider } from '../../providers/provider.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import { impactOf } from './impact.ts';

/** An integration as events name it. */
export interface Told {
  integrationId: string;
  name: string;
  provider: Provider;
}

/**
 * Records the product's own event about a change of status (WH-8): `integration.failed` when it stops to work,
 * `integration.recovered` when it works again, `integration.throttled` when its provider begins to hold it back.
 */
export async function tellTransition(
  app: App,
  tx: Tx,
  told: Told,
  transition: Transition,
  problem: CheckProblem | null,
): Promise<void> {
  const { from, to, since, consecutiveFailures } = transition;
  const now = app.clock();
  if (to === 'error' && from !== 'error' && problem !== null) {
    await tell(app, tx, told, 'integration.failed', {
      error: { code: problem.fault, message: problem.title },
      impact: impactOf(told.provider.category),
      consecutiveFailures,
      failedAt: new Date(now).toISOString(),
    });
  }
  if (from === 'error' && to === 'active') {
    await tell(app, tx, told, 'integration.recovered', {
      failedAt: since.toISOString(),
      downSeconds: Math.max(0, Math.round((now - since.getTime()) / 1000)),
      recoveredAt: new Date(now).toISOString(),
    });
  }
  if (to === 'degraded' && from !== 'degraded') {
    const { integrationId } = told;
    await recordThrottling(app, tx, integrationId, {
      limit: null,
      window: null,
      setBy: 'provider',
      resetsAt: null,
    });
  }
  if (from === 'degraded' && to !== 'degraded') await endThrottling(app, tx, told.integrationId);
}

/** Records one of the events about integrations, with the fields that all of them have. */
export async function tell(
  app: App,
  tx: Tx,
  told: Told,
  type: string,
  data: Record<string, unknown>,
): Promise<void> {
  const { integrationId, name, provider } = told;
  await recordOwnEvent(app, tx, type, { integrationId, name, provider: provider.slug, ...data });
}
