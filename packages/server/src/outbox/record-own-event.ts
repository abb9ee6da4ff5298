import type { App, Tx } from '../ctx.ts';

/** One of the product's own events (WH-8), such as `integration.failed`. */
export interface OwnEvent {
  id: string;
  organizationId: string;
  type: string;
  data: Record<string, unknown>;
  occurredAt: Date;
}

/**
 * Writes one of the product's own events in the transaction of its fact: it exists if and only if that commits. Passed
 * on at least once, within about a second, to the organization's webhooks and to what reacts to it.
 */
export async function recordOwnEvent(
  app: Pick<App, 'clock' | 'newId'>,
  tx: Tx,
  type: string,
  data: Record<string, unknown>,
): Promise<void> {
  const now = new Date(app.clock());
  await tx.query(
    `INSERT INTO own_events (id, organization_id, type, data, occurred_at, due_at)
     VALUES ($1, current_organization(), $2, $3, $4, $4)`,
    [app.newId(), type, JSON.stringify(data), now],
  );
}
