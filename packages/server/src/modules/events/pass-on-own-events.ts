import type { App, Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import type { OwnEvent } from '../../outbox/record-own-event.ts';
import { eventBody } from './event-body.ts';

/** What follows from an own event inside the product; runs once for each, in a transaction of its organization. */
export type Reaction = (app: App, tx: Tx, event: OwnEvent) => Promise<void>;

/** Longer than passing on a batch takes; then another node takes it. */
const leaseMs = 30_000;
const longestWaitMs = 3_600_000;

/**
 * Passes up to `limit` own events on, oldest first: to the organizations' webhooks as any other event, and to each
 * reaction. An event is removed in the transaction of its reactions. When the process dies in between, the webhooks get
 * nothing twice, because the event's id is its key. What fails is tried again later, up to an hour apart.
 *
 * @returns how many were taken
 * @throws AppError `overloaded`, `database_unavailable`: nothing was removed; all are due again after the lease
 */
export async function passOnOwnEvents(
  app: App,
  limit: number,
  reactions: readonly Reaction[],
): Promise<number> {
  const now = app.clock();
  const { rows } = await app.pool.query<OwnEvent & { attempts: number }>(
    `UPDATE own_events SET due_at = $2, attempts = attempts + 1
     WHERE id IN (SELECT id FROM own_events WHERE due_at <= $1 ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, organization_id AS "organizationId", type, data, occurred_at AS "occurredAt", attempts`,
    [new Date(now), new Date(now + leaseMs), limit],
  );
  if (rows.length === 0) return 0;
  const events = rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  await app.engine.accept(
    events.map(({ id, organizationId, type, data, occurredAt }) => ({
      id,
      key: id,
      type,
      body: eventBody(id, type, occurredAt.getTime(), data),
      organizationId,
      subject: null,
    })),
  );
  for (const event of events) {
    try {
      await react(app, event, reactions);
    } catch (error) {
      app.log.warn({ err: error, type: event.type, id: event.id }, 'an own event could not be reacted to');
      const waitMs = Math.min(1_000 * 2 ** event.attempts, longestWaitMs);
      await app.pool.query('UPDATE own_events SET due_at = $2 WHERE id = $1', [
        event.id,
        new Date(app.clock() + waitMs),
      ]);
    }
  }
  return rows.length;
}

async function react(app: App, event: OwnEvent, reactions: readonly Reaction[]): Promise<void> {
  await tenantTransaction(app.pool, event.organizationId, async (tx) => {
    const removed = await tx.query(
      'DELETE FROM own_events WHERE organization_id = current_organization() AND id = $1 RETURNING id',
      [event.id],
    );
    // Another node was faster, because this one had held it too long.
    if (removed.length === 0) return;
    for (const reaction of reactions) await reaction(app, tx, event);
  });
}
