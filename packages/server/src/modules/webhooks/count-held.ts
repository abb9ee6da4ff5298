import type { App } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { uuid7FloorOf } from '../../lib/uuid7.ts';
import { countFurther } from './held-events.ts';

/** What is younger is not counted yet: an event with an older id may still be on its way. */
const settledMs = 60_000;
/** Events that one transaction looks at. */
const windowLimit = 5_000;
/** Windows of one webhook before the next one has its turn; the rest waits for the next round. */
const windowsPerRound = 200;

/**
 * Counts the events that are held for webhooks that are off, a window after the other, so that showing their number costs no
 * look at all of them. Call it on one node at a time.
 */
export async function countHeld(app: App, stopping: () => boolean = () => false): Promise<void> {
  const { pool, clock } = app;
  const last = uuid7FloorOf(Math.max(0, clock() - settledMs));
  const { rows } = await pool.query<{ id: string; organizationId: string }>(
    `SELECT webhook_id AS id, organization_id AS "organizationId" FROM webhook_holds WHERE counted_to < $1
     ORDER BY counted_to`,
    [last],
  );
  for (const { id, organizationId } of rows) {
    for (let window = 0; window < windowsPerRound && !stopping(); window += 1) {
      const looked = await tenantTransaction(pool, organizationId, async (tx) => {
        const count = await countFurther(tx, id, last, windowLimit);
        // Open screens show the number.
        if (count > 0) tx.announce('deliveries', [id]);
        return count;
      });
      if (looked < windowLimit) break;
    }
  }
}
