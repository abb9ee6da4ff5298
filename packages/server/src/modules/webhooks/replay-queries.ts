import type { Tx } from '../../ctx.ts';
import { AppError, notFound } from '../../errors.ts';
import { uuid7FloorOf } from '../../lib/uuid7.ts';

/** Rows that one request may queue at once; the next request goes on where this one ended. */
export const replayLimit = 10_000;

/** The first id that a delivery or event since a time can have. Nothing is older than the epoch. */
export function firstIdSince(ms: number): string {
  return uuid7FloorOf(Math.max(0, ms));
}

/**
 * A new delivery id with the present time, so that a replay stands at the top of the history. Built in SQL
 * because the number of rows is only known there: 48 bits of milliseconds, version 7, the rest random.
 */
export const newDeliveryId = `(
  lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' ||
  substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid`;

/**
 * Queues deliveries again as new ones with the same event. `source` selects `delivery_id`, `webhook_id`,
 * `event_id`; the new rows come back with the old ids.
 */
export async function queueReplays(
  tx: Tx,
  trigger: 'replay' | 'recover',
  source: string,
  values: unknown[],
): Promise<{ id: string; replayOf: string | null }[]> {
  return tx.query(
    `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, replay_of, due_at)
     SELECT ${newDeliveryId}, current_organization(), s.webhook_id, s.event_id, '${trigger}', s.delivery_id, now()
     FROM (${source}) s
     RETURNING id, replay_of AS "replayOf"`,
    values,
  );
}

/**
 * The webhook, locked against other bulk replays of it, so that two at the same moment do not queue the same
 * events twice. Deliveries and their statistics do not wait for this lock.
 *
 * @throws AppError `not_found`, or `webhook_inactive` when nothing can be delivered to it now
 */
export async function requireActiveWebhook(tx: Tx, id: string): Promise<{ name: string; events: string[] }> {
  const [webhook] = await tx.query<{ name: string; events: string[]; enabled: boolean; deleted: boolean }>(
    `SELECT name, events, enabled, deleted_at IS NOT NULL AS deleted FROM webhooks
     WHERE organization_id = current_organization() AND id = $1 FOR NO KEY UPDATE`,
    [id],
  );
  if (!webhook) throw notFound('webhook');
  if (webhook.deleted) throw new AppError('conflict', 'The webhook was deleted; nothing can be sent to it.');
  if (!webhook.enabled) {
    throw new AppError('webhook_inactive', 'Switch the webhook on first, then send its deliveries again.');
  }
  return webhook;
}
