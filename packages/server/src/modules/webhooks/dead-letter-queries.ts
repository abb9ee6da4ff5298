import type { AttemptErrorCode } from '@trunkline/contract/deliveries';
import type { DeadLetter } from '@trunkline/contract/dead-letters';
import type { Tx } from '../../ctx.ts';
import { presentError } from './delivery-queries.ts';
import { dueAt, lineOf } from './replay-queries.ts';
import type { Place } from './replay-queries.ts';
import { statusOf } from './rules.ts';
import type { FlowState } from './rules.ts';

/** Behind a dead letter no more deliveries than this are counted. */
const blockedLimit = 1_000;

export interface DeadLetterRow extends FlowState {
  deliveryId: string;
  webhookId: string;
  webhookName: string;
  deleted: boolean;
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
  subject: string | null;
  blocked: number;
}

export const deadLetterSelect = `
  SELECT d.delivery_id AS "deliveryId", d.webhook_id AS "webhookId", w.name AS "webhookName", w.enabled,
    w.paused, w.circuit_open AS "circuitOpen", coalesce(h.consecutive_failures, 0) AS "failureCount",
    w.deleted_at IS NOT NULL AS deleted,
    d.event_id AS "eventId", e.key AS "eventKey", d.event_type AS "eventType", d.failed_at AS "failedAt",
    (extract(epoch FROM d.failed_at) * 1000000)::int8 AS "failedAtMicros",
    d.expires_at AS "expiresAt", d.attempts AS "attemptCount", d.response_status AS "responseStatus",
    d.error_code AS "errorCode", d.error_message AS "errorMessage", d.retrying,
    CASE WHEN w.ordering <> 'none' THEN d.subject END AS subject,
    CASE WHEN w.ordering = 'park' AND d.subject IS NOT NULL THEN (
      SELECT count(*) FROM (
        SELECT FROM delivery_queue q
        WHERE q.webhook_id = d.webhook_id AND q.subject = d.subject AND q.id <> d.delivery_id
        LIMIT ${blockedLimit}) behind) ELSE 0 END AS blocked
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
 * Puts dead letters back into the queue under their own delivery ids, so that attempts go on counting. They stay in
 * the list, marked as retrying, until an attempt succeeds; those that are being retried already are left alone. The
 * caller has looked at their webhooks. Gives how many were queued.
 */
export async function requeueDeadLetters(
  tx: Tx,
  deliveryIds: readonly string[],
  place: Place,
): Promise<number> {
  if (deliveryIds.length === 0) return 0;
  const rows = await tx.query(
    `WITH picked AS (
       UPDATE dead_letters SET retrying = true WHERE delivery_id IN (
         SELECT delivery_id FROM dead_letters
         WHERE organization_id = current_organization() AND delivery_id = ANY ($1::uuid[]) AND NOT retrying
         ORDER BY delivery_id FOR UPDATE)
       RETURNING *)
     INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, replay_of, attempts,
       attempts_before, subject, place, due_at)
     SELECT d.delivery_id, d.organization_id, d.webhook_id, d.event_id, d.trigger, d.replay_of, d.attempts, d.attempts,
       ${lineOf}, (SELECT nextval('delivery_places')), ${dueAt[place]}
     FROM picked d JOIN webhooks w ON w.id = d.webhook_id LEFT JOIN events e ON e.id = d.event_id
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    [deliveryIds],
  );
  return rows.length;
}

export function presentDeadLetter(row: DeadLetterRow): DeadLetter {
  return {
    deliveryId: row.deliveryId,
    webhookId: row.webhookId,
    webhookName: row.webhookName,
    webhookStatus: row.deleted ? 'deleted' : statusOf(row),
    eventId: row.eventKey ?? row.eventId,
    eventType: row.eventType,
    failedAt: row.failedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    attemptCount: row.attemptCount,
    responseStatus: row.responseStatus === 0 ? null : row.responseStatus,
    error: presentError(row.errorCode, row.errorMessage),
    retrying: row.retrying,
    subject: row.subject,
    blocked: row.blocked,
  };
}
