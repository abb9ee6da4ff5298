import type { App } from '../ctx.ts';
import { sweepAlerts } from '../modules/alerts/sweep-alerts.ts';
import { onOneNode } from './on-one-node.ts';
import { Rounds } from './rounds.ts';

/** Brings alerts in line with what is so every ten seconds, on one node at a time (HEALTH-4). */
export class Alerts extends Rounds {
  constructor(app: App) {
    super(app, { everyMs: 10_000, failure: 'alerts could not be looked at' });
  }

  protected override round(): Promise<void> {
    return onOneNode(this.app.pool, 'alerts', () => sweepAlerts(this.app));
  }
}
