import type { Tx } from '../../ctx.ts';

/** Deliveries that no node has in hand wait until the webhook is on again; a node holds its own itself. */
export async function holdDeliveries(tx: Tx, webhookId: string): Promise<number> {
  const held = await tx.query(
    `UPDATE delivery_queue SET due_at = 'infinity', fence = fence + 1
     WHERE organization_id = current_organization() AND webhook_id = $1 AND owner IS NULL RETURNING id`,
    [webhookId],
  );
  return held.length;
}

/** Held deliveries fall due now. */
export async function resumeDeliveries(tx: Tx, webhookId: string): Promise<void> {
  await tx.query(
    `UPDATE delivery_queue SET due_at = now()
     WHERE organization_id = current_organization() AND webhook_id = $1 AND due_at = 'infinity'`,
    [webhookId],
  );
}
