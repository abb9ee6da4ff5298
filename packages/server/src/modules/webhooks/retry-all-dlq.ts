import { retryAllDlq as operation } from '@trunkline/contract/dead-letters';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { requeueDeadLetters } from './dead-letter-queries.ts';
import { replayLimit } from './replay-queries.ts';

/** Retries all dead letters, one webhook's, or the named ones; those of switched-off webhooks stay. */
export const retryAllDlq: Verb<typeof operation> = async (ctx, selection) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const requeued = await requeueDeadLetters(tx, selection, replayLimit);
    if (requeued.length > 0) {
      await recordAudit(ctx, tx, {
        action: 'dead_letter.retried',
        target: { type: 'dead_letters', id: selection.webhookId ?? null, name: null },
        changes: { deliveries: { before: null, after: requeued.length } },
      });
      tx.afterCommit(() => ctx.app.engine.wake());
      tx.announce('dead_letters');
      tx.announce('deliveries', [...new Set(requeued.map((row) => row.webhookId))].slice(0, 50));
    }
    return { count: requeued.length };
  });
};
