import type { Tx } from '../../ctx.ts';
import { AppError, notFound } from '../../errors.ts';

/** An event to send again; `deliveryId` is the delivery that the new one repeats. */
export interface Replay {
  eventId: string;
  deliveryId: string | null;
}

/**
 * Where queued rows go: `backlog` waits for the endpoint to have room, which is for many at once; `now` is sent at
 * once, unless it stands in a line, which is worked off in its order. The statement calls the webhook `w` and the
 * event `e`.
 */
export type Place = 'now' | 'backlog';

/** Set only for webhooks that keep an order. */
export const lineOf = `CASE WHEN w.ordering <> 'none' THEN e.subject END`;
export const dueAt = {
  now: `CASE WHEN ${lineOf} IS NULL THEN now() ELSE 'infinity'::timestamptz END`,
  backlog: `'infinity'::timestamptz`,
};

/**
 * Queues new deliveries of one webhook. Their ids have the present time, so that a replay stands at the top of the
 * history, and among them the order of the rows, since a line is sent in the order of its ids: 48 bits of
 * milliseconds, version 7, 12 bits of the row's number, the rest random. Up to 4,000 at once. Events past their
 * retention are left out. Gives the new ids.
 */
export async function queueReplays(
  tx: Tx,
  webhookId: string,
  trigger: 'replay' | 'recover',
  replays: readonly Replay[],
  place: Place,
): Promise<string[]> {
  if (replays.length === 0) return [];
  const rows = await tx.query<{ id: string }>(
    `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, replay_of, subject, place, due_at)
     SELECT (lpad(to_hex((extract(epoch FROM statement_timestamp()) * 1000)::bigint), 12, '0') || '7' ||
         lpad(to_hex(r.row_number), 3, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 17))::uuid,
       current_organization(), w.id, e.id, $2, r.delivery_id, ${lineOf},
       (SELECT nextval('delivery_places')), ${dueAt[place]}
     FROM unnest($3::uuid[], $4::uuid[]) WITH ORDINALITY AS r (event_id, delivery_id, row_number)
     JOIN events e ON e.id = r.event_id AND e.id = ANY ($3::uuid[]) AND e.organization_id = current_organization()
     JOIN webhooks w ON w.id = $1 AND w.organization_id = current_organization()
     RETURNING id`,
    [webhookId, trigger, replays.map((one) => one.eventId), replays.map((one) => one.deliveryId)],
  );
  return rows.map(({ id }) => id);
}

/**
 * The webhook, under a lock that keeps it from being changed or deleted by a person until the transaction ends.
 * Deliveries, their statistics and the circuit do not wait for this lock.
 *
 * @throws AppError `not_found`, or `webhook_inactive` when it is off; to a paused one deliveries may be queued
 */
export async function requireActiveWebhook(tx: Tx, id: string): Promise<{ name: string }> {
  const [webhook] = await tx.query<{ name: string; enabled: boolean; deleted: boolean }>(
    `SELECT name, enabled, deleted_at IS NOT NULL AS deleted FROM webhooks
     WHERE organization_id = current_organization() AND id = $1 FOR KEY SHARE`,
    [id],
  );
  if (!webhook) throw notFound('webhook');
  if (webhook.deleted) throw new AppError('conflict', 'The webhook was deleted; nothing can be sent to it.');
  if (!webhook.enabled) {
    throw new AppError('webhook_inactive', 'Switch the webhook on first, then send its deliveries again.');
  }
  return webhook;
}
