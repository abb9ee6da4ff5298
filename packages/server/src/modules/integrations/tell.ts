import type { CheckProblem } from '@trunkline/contract/checks';
import type { Transition } from '../../connections/state.ts';
import type { App } from '../../ctx.ts';
import type { Provider } from '../../providers/provider.ts';
import { sendOwnEvent } from '../events/own-events.ts';
import { impactOf } from './impact.ts';

/** An integration as events name it. */
export interface Told {
  organizationId: string;
  integrationId: string;
  name: string;
  provider: Provider;
}

/**
 * Sends the product's own event about a change of status (WH-8): `integration.failed` when it stops to work,
 * `integration.recovered` when it works again. Called after the commit; a failure to send is logged and changes nothing.
 */
export function tellTransition(
  app: App,
  told: Told,
  transition: Transition,
  problem: CheckProblem | null,
): void {
  const { from, to, since, consecutiveFailures } = transition;
  const now = app.clock();
  if (to === 'error' && from !== 'error' && problem !== null) {
    tell(app, told, 'integration.failed', {
      error: { code: problem.fault, message: problem.title },
      impact: impactOf(told.provider.category),
      consecutiveFailures,
      failedAt: new Date(now).toISOString(),
    });
  }
  if (from === 'error' && to === 'active') {
    tell(app, told, 'integration.recovered', {
      failedAt: since.toISOString(),
      downSeconds: Math.max(0, Math.round((now - since.getTime()) / 1000)),
      recoveredAt: new Date(now).toISOString(),
    });
  }
}

/** Sends one of the events about integrations, with the fields that all of them have. */
export function tell(app: App, told: Told, type: string, data: Record<string, unknown>): void {
  const { organizationId, integrationId, name, provider } = told;
  sendOwnEvent(app, organizationId, type, { integrationId, name, provider: provider.slug, ...data }).catch(
    (error: unknown) =>
      app.log.warn({ err: error, integrationId, type }, 'an event of our own could not be sent'),
  );
}
