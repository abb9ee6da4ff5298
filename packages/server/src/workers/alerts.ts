import { setTimeout } from 'node:timers/promises';
import type { App } from '../ctx.ts';
import { sweepAlerts } from '../modules/alerts/sweep-alerts.ts';
import { onOneNode } from './on-one-node.ts';
import { Rounds } from './rounds.ts';

/**
 * Brings alerts in line with what is so every ten seconds, on one node at a time (HEALTH-4). What happens is told at once by
 * those who see it, so a round may take its time: it is spread over seconds.
 */
export class Alerts extends Rounds {
  readonly #betweenMs: number;

  /** `betweenMs`: how long a round rests between two rules. */
  constructor(app: App, betweenMs = 150) {
    super(app, { everyMs: 10_000, failure: 'alerts could not be looked at' });
    this.#betweenMs = betweenMs;
  }

  protected override round(): Promise<void> {
    return onOneNode(this.app.pool, 'alerts', () => sweepAlerts(this.app, () => this.#rest()));
  }

  async #rest(): Promise<void> {
    if (!this.stopping && this.#betweenMs > 0) await setTimeout(this.#betweenMs);
  }
}
