import type { App, Tx } from '../../ctx.ts';

/**
 * Ends what waits: one action, or all of a bulk. What is being sent is left alone; one of which an earlier try may have
 * arrived is a doubt and no cancellation. Gives the ids.
 */
export async function cancelQueued(
  app: Pick<App, 'clock'>,
  tx: Tx,
  which: { id: string } | { bulkId: string },
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `UPDATE actions a SET state = CASE WHEN EXISTS (SELECT FROM action_attempts t
         WHERE t.organization_id = a.organization_id AND t.action_id = a.id AND t.number = a.attempt_count
           AND t.outcome IN ('ambiguous', 'sending')) THEN 'ambiguous' ELSE 'cancelled' END,
       input_box = NULL, due_at = 'infinity', finished_at = $1, fence = fence + 1
     WHERE organization_id = current_organization() AND state = 'queued'
       AND (id = $2::uuid OR bulk_id = $3::uuid) RETURNING id`,
    [new Date(app.clock()), 'id' in which ? which.id : null, 'bulkId' in which ? which.bulkId : null],
  );
  return rows.map(({ id }) => id);
}
