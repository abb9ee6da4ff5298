import { replayFailedDeliveries as operation } from '@trunkline/contract/deliveries';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { requireActiveWebhook } from '../webhooks/replay-queries.ts';
import { startJob } from './start-job.ts';

/**
 * Sends again what ended without success and was not delivered since by another delivery of the same event.
 * Dead letters go back into the queue under their own ids, as a retry of them does.
 */
export const replayFailedDeliveries: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { webhookId, since } = input;
  return inOrganization(ctx, (tx) =>
    startJob(ctx, tx, {
      kind: 'replay_failed',
      webhookId,
      since: since === undefined ? null : Date.parse(since),
      deliveryIds: null,
      dryRun: input.dryRun,
      ratePerSecond: input.ratePerSecond,
      check: () => requireActiveWebhook(tx, webhookId),
      audit: (name, count) => ({
        action: 'delivery.failed_replayed',
        target: { type: 'webhook', id: webhookId, name },
        changes: {
          deliveries: { before: null, after: count },
          since: { before: null, after: since ?? null },
        },
      }),
    }),
  );
};
