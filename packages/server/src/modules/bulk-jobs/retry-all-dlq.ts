import { retryAllDlq as operation } from '@trunkline/contract/dead-letters';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { startJob } from './start-job.ts';

/** Retries all dead letters, one webhook's, or the named ones; those of switched-off webhooks stay. */
export const retryAllDlq: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const webhookId = input.webhookId ?? null;
  return inOrganization(ctx, (tx) =>
    startJob(ctx, tx, {
      kind: 'retry_dead_letters',
      webhookId,
      since: null,
      deliveryIds: input.deliveryIds ?? null,
      dryRun: input.dryRun,
      ratePerSecond: input.ratePerSecond,
      audit: (_name, count) =>
        count === 0
          ? null
          : {
              action: 'dead_letter.retried',
              target: { type: 'dead_letters', id: webhookId, name: null },
              changes: { deliveries: { before: null, after: count } },
            },
    }),
  );
};
