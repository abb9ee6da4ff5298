import type { AttemptErrorCode } from '@trunkline/contract/deliveries';
import type { DeadLetter } from '@trunkline/contract/dead-letters';
import type { Tx } from '../../ctx.ts';
import { presentError } from './delivery-queries.ts';
import { statusOf } from './rules.ts';

export interface DeadLetterRow {
  deliveryId: string;
  webhookId: string;
  webhookName: string;
  enabled: boolean;
  deleted: boolean;
  failures: number;
  eventId: string;
  eventKey: string | null;
  eventType: string;
  failedAt: Date;
  /** The same, microseconds since the epoch: the order of the list. */
  failedAtMicros: number;
  expiresAt: Date;
  attemptCount: number;
  responseStatus: number;
  errorCode: AttemptErrorCode | null;
  errorMessage: string | null;
  retrying: boolean;
}

export const deadLetterSelect = `
  SELECT d.delivery_id AS "deliveryId", d.webhook_id AS "webhookId", w.name AS "webhookName", w.enabled,
    w.deleted_at IS NOT NULL AS deleted, coalesce(h.consecutive_failures, 0) AS failures,
    d.event_id AS "eventId", e.key AS "eventKey", d.event_type AS "eventType", d.failed_at AS "failedAt",
    (extract(epoch FROM d.failed_at) * 1000000)::int8 AS "failedAtMicros",
    d.expires_at AS "expiresAt", d.attempts AS "attemptCount", d.response_status AS "responseStatus",
    d.error_code AS "errorCode", d.error_message AS "errorMessage", d.retrying
  FROM dead_letters d JOIN webhooks w ON w.id = d.webhook_id
  LEFT JOIN webhook_health h ON h.webhook_id = d.webhook_id
  LEFT JOIN events e ON e.id = d.event_id
  WHERE d.organization_id = current_organization()`;

export async function listDeadLetterRows(
  tx: Tx,
  filter: {
    webhookId: string | undefined;
    before: { failedAtMicros: number; deliveryId: string } | undefined;
    limit: number;
  },
): Promise<DeadLetterRow[]> {
  return tx.query<DeadLetterRow>(
    `${deadLetterSelect}
       AND ($1::uuid IS NULL OR d.webhook_id = $1)
       AND ($2::int8 IS NULL OR
         (d.failed_at, d.delivery_id) < ('epoch'::timestamptz + $2 * interval '1 microsecond', $3::uuid))
     ORDER BY d.failed_at DESC, d.delivery_id DESC LIMIT $4`,
    [
      filter.webhookId ?? null,
      filter.before?.failedAtMicros ?? null,
      filter.before?.deliveryId ?? null,
      filter.limit,
    ],
  );
}

export async function readDeadLetter(tx: Tx, deliveryId: string): Promise<DeadLetter | undefined> {
  const [row] = await tx.query<DeadLetterRow>(`${deadLetterSelect} AND d.delivery_id = $1`, [deliveryId]);
  return row && presentDeadLetter(row);
}

export async function countDeadLetters(tx: Tx, webhookId: string | undefined): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*) AS count FROM dead_letters
     WHERE organization_id = current_organization() AND ($1::uuid IS NULL OR webhook_id = $1)`,
    [webhookId ?? null],
  );
  return row?.count ?? 0;
}

/** Some, one webhook's, or all: the condition that the bulk statements share. */
export const selected = `organization_id = current_organization() AND NOT retrying
  AND ($1::uuid[] IS NULL OR delivery_id = ANY ($1)) AND ($2::uuid IS NULL OR webhook_id = $2)`;

/**
 * Puts dead letters back into the queue under their own delivery ids, so that attempts go on counting. They
 * stay in the list, marked as retrying, until an attempt succeeds. Those of webhooks that are gone or off stay.
 */
export async function requeueDeadLetters(
  tx: Tx,
  selection: { deliveryIds?: string[] | undefined; webhookId?: string | undefined },
  limit: number,
): Promise<{ id: string; webhookId: string }[]> {
  return tx.query(
    `WITH picked AS (
       UPDATE dead_letters SET retrying = true WHERE delivery_id IN (
         SELECT delivery_id FROM dead_letters WHERE ${selected}
           AND webhook_id IN (SELECT id FROM webhooks WHERE enabled AND deleted_at IS NULL)
         ORDER BY failed_at LIMIT ${limit} FOR UPDATE)
       RETURNING *)
     INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, replay_of, attempts,
       attempts_before, due_at)
     SELECT delivery_id, organization_id, webhook_id, event_id, trigger, replay_of, attempts, attempts, now()
     FROM picked ON CONFLICT (id) DO NOTHING
     RETURNING id, webhook_id AS "webhookId"`,
    [selection.deliveryIds ?? null, selection.webhookId ?? null],
  );
}

export function presentDeadLetter(row: DeadLetterRow): DeadLetter {
  return {
    deliveryId: row.deliveryId,
    webhookId: row.webhookId,
    webhookName: row.webhookName,
    webhookStatus: row.deleted ? 'deleted' : statusOf(row.enabled, row.failures),
    eventId: row.eventKey ?? row.eventId,
    eventType: row.eventType,
    failedAt: row.failedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    attemptCount: row.attemptCount,
    responseStatus: row.responseStatus === 0 ? null : row.responseStatus,
    error: presentError(row.errorCode, row.errorMessage),
    retrying: row.retrying,
  };
}
