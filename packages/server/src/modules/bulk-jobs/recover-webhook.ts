import { recoverWebhook as operation } from '@trunkline/contract/deliveries';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { requireActiveWebhook } from '../webhooks/replay-queries.ts';
import { startJob } from './start-job.ts';

/**
 * Delivers what a webhook has missed since a time, for example while it was switched off or before it
 * existed (WH-5). What waits or lies in the dead letters is not sent twice.
 */
export const recoverWebhook: Verb<typeof operation> = async (ctx, { id, since, dryRun, ratePerSecond }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) =>
    startJob(ctx, tx, {
      kind: 'recover',
      webhookId: id,
      since: Date.parse(since),
      deliveryIds: null,
      dryRun,
      ratePerSecond,
      check: () => requireActiveWebhook(tx, id),
      audit: (name, count) => ({
        action: 'webhook.recovered',
        target: { type: 'webhook', id, name },
        changes: { since: { before: null, after: since }, deliveries: { before: null, after: count } },
      }),
    }),
  );
};
