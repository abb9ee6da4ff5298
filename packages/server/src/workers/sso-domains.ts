import type { App } from '../ctx.ts';
import { recheckDomains } from '../modules/sso/recheck-domains.ts';
import { onOneNode } from './on-one-node.ts';
import { Rounds } from './rounds.ts';

/** Looks every day whether domains are still proved (ACC-1), on one node at a time. */
export class SsoDomains extends Rounds {
  constructor(app: App) {
    super(app, {
      everyMs: 10 * 60_000,
      atStart: true,
      failure: 'the proofs of domains could not be looked for',
    });
  }

  protected override round(): Promise<void> {
    return onOneNode(this.app.pool, 'ssoDomains', () => recheckDomains(this.app, () => this.stopping));
  }
}
