import { clearAllDlq as operation } from '@trunkline/contract/dead-letters';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { selected } from './dead-letter-queries.ts';

/** Removes all dead letters, one webhook's, or the named ones; those being retried stay. */
export const clearAllDlq: Verb<typeof operation> = async (ctx, selection) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const cleared = await tx.query<{ webhookId: string }>(
      `DELETE FROM dead_letters WHERE ${selected} RETURNING webhook_id AS "webhookId"`,
      [selection.deliveryIds ?? null, selection.webhookId ?? null],
    );
    if (cleared.length > 0) {
      await recordAudit(ctx, tx, {
        action: 'dead_letter.cleared',
        target: { type: 'dead_letters', id: selection.webhookId ?? null, name: null },
        changes: { deliveries: { before: cleared.length, after: 0 } },
      });
      // A line that one of them had stopped goes on.
      tx.afterCommit(() => ctx.app.engine.wake());
      tx.announce('dead_letters');
      tx.announce('deliveries', [...new Set(cleared.map((row) => row.webhookId))].slice(0, 50));
    }
    return { count: cleared.length };
  });
};
