import type { App } from '../ctx.ts';
import { disableFailingWebhooks } from '../modules/webhooks/disable-failing-webhooks.ts';
import { systemContext } from '../system-context.ts';
import { onOneNode } from './on-one-node.ts';
import { Rounds } from './rounds.ts';

/** Tells of webhooks that fail for days and then disables them, on one node at a time. */
export class FailingWebhooks extends Rounds {
  constructor(app: App) {
    super(app, { everyMs: 5 * 60_000, atStart: true, failure: 'failing webhooks could not be looked at' });
  }

  protected override round(): Promise<void> {
    const { app } = this;
    return onOneNode(app.pool, 'failingWebhooks', async () => {
      await disableFailingWebhooks(app, (organizationId) => systemContext(app, organizationId));
    });
  }
}
