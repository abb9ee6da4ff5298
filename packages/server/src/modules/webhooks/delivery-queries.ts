import type {
  Attempt,
  AttemptErrorCode,
  Delivery,
  DeliveryStatus,
  DeliveryTrigger,
} from '@trunkline/contract/deliveries';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';
import { firstIdAt, timeOfUuid7 } from '../../lib/uuid7.ts';
import { flowsInSql } from './rules.ts';

export interface DeliveryRow {
  id: string;
  webhookId: string;
  eventId: string;
  eventKey: string | null;
  eventType: string;
  status: DeliveryStatus;
  trigger: DeliveryTrigger;
  replayOf: string | null;
  attemptCount: number;
  responseStatus: number | null;
  errorCode: AttemptErrorCode | null;
  errorMessage: string | null;
  durationMs: number | null;
  lastAttemptAt: Date | null;
  nextAttemptAt: Date | null;
}

const lastAttempt = `LEFT JOIN LATERAL (
  SELECT response_status, error_code, error_message, duration_ms, started_at
  FROM attempts a WHERE a.delivery_id = q.id ORDER BY number DESC LIMIT 1) a ON true`;

/**
 * Deliveries that are not finished. Whether they are held is a matter of their webhook alone, wherever the row lies.
 * A leased one is on its way now; one in the backlog goes when the endpoint has room: both have no time of their own.
 */
const unfinished = `
  SELECT q.id, q.webhook_id AS "webhookId", q.event_id AS "eventId", e.key AS "eventKey",
    coalesce(e.type, '') AS "eventType",
    CASE WHEN NOT ${flowsInSql} THEN 'held' WHEN q.attempts > q.attempts_before THEN 'retrying' ELSE 'pending' END
      AS status,
    q.trigger, q.replay_of AS "replayOf", q.attempts AS "attemptCount",
    a.response_status AS "responseStatus", a.error_code AS "errorCode", a.error_message AS "errorMessage",
    a.duration_ms AS "durationMs", a.started_at AS "lastAttemptAt",
    CASE WHEN q.owner IS NULL AND q.due_at < 'infinity' AND ${flowsInSql} THEN q.due_at END AS "nextAttemptAt"
  FROM delivery_queue q JOIN webhooks w ON w.id = q.webhook_id
  LEFT JOIN events e ON e.id = q.event_id ${lastAttempt}
  WHERE q.organization_id = current_organization()`;

/**
 * The last attempt of a finished delivery. One that was cleared from the dead letters has failed for good. `OFFSET 0`
 * keeps the look into the queue a look per row: as a join the planner would read a webhook's whole history for a page.
 */
const finished = (where: string, limit: string) => `
  SELECT f.delivery_id AS id, f.webhook_id AS "webhookId", f.event_id AS "eventId", e.key AS "eventKey",
    f.event_type AS "eventType",
    CASE WHEN f.state = 'dlq' AND NOT EXISTS (SELECT FROM dead_letters d WHERE d.delivery_id = f.delivery_id)
      THEN 'failed' ELSE f.state END AS status,
    f.trigger, f.replay_of AS "replayOf", f.number AS "attemptCount",
    f.response_status AS "responseStatus", f.error_code AS "errorCode", f.error_message AS "errorMessage",
    f.duration_ms AS "durationMs", f.started_at AS "lastAttemptAt", NULL::timestamptz AS "nextAttemptAt"
  FROM (
    SELECT DISTINCT ON (delivery_id) * FROM attempts a
    WHERE a.organization_id = current_organization() AND a.state <> 'retrying'
      AND NOT EXISTS (SELECT FROM delivery_queue q WHERE q.id = a.delivery_id OFFSET 0) ${where}
    ORDER BY delivery_id DESC, number DESC ${limit}) f
  LEFT JOIN events e ON e.id = f.event_id`;

export interface HistoryFilter {
  webhookId: string;
  status: 'all' | 'success' | 'failed' | 'dlq' | 'pending';
  eventType: string | undefined;
  /** Instants, the second one no longer in it. */
  since?: string | undefined;
  until?: string | undefined;
  before: string | undefined;
  limit: number;
}

/** Which finished deliveries each filter shows, given an attempt `a` whose state is final. */
const finishedFilter = {
  all: '',
  success: `AND a.state = 'success'`,
  failed: `AND a.state IN ('failed', 'dlq') AND NOT EXISTS (SELECT FROM dead_letters d WHERE d.delivery_id = a.delivery_id)
    AND NOT EXISTS (SELECT FROM attempts b WHERE b.delivery_id = a.delivery_id AND b.state = 'success')`,
  dlq: `AND a.state = 'dlq' AND EXISTS (SELECT FROM dead_letters d WHERE d.delivery_id = a.delivery_id)`,
  pending: 'AND false',
};

const unfinishedFilter = {
  all: '',
  success: 'AND false',
  failed: 'AND q.attempts > q.attempts_before',
  dlq: 'AND false',
  pending: 'AND q.attempts = q.attempts_before',
};

/** A page of a webhook's deliveries, newest first; the id orders them by time. */
export async function listDeliveryRows(tx: Tx, filter: HistoryFilter): Promise<DeliveryRow[]> {
  const values: unknown[] = [filter.webhookId, filter.limit];
  const add = (value: unknown) => `$${values.push(value)}`;
  const before = filter.before === undefined ? undefined : add(filter.before);
  const type = filter.eventType === undefined ? undefined : add(filter.eventType);
  const since = filter.since === undefined ? undefined : add(firstIdAt(filter.since));
  const until = filter.until === undefined ? undefined : add(firstIdAt(filter.until));
  const queueWhere = [
    'AND q.webhook_id = $1',
    unfinishedFilter[filter.status],
    before ? `AND q.id < ${before}` : '',
    since ? `AND q.id >= ${since}` : '',
    until ? `AND q.id < ${until}` : '',
    type ? `AND e.type = ${type}` : '',
  ].join(' ');
  const finishedWhere = [
    'AND a.webhook_id = $1',
    finishedFilter[filter.status],
    before ? `AND a.delivery_id < ${before}` : '',
    since ? `AND a.delivery_id >= ${since}` : '',
    until ? `AND a.delivery_id < ${until}` : '',
    type ? `AND a.event_type = ${type}` : '',
  ].join(' ');
  return tx.query<DeliveryRow>(
    `SELECT * FROM (
       (${unfinished} ${queueWhere} ORDER BY q.id DESC LIMIT $2)
       UNION ALL
       (${finished(finishedWhere, 'LIMIT $2')})) rows
     ORDER BY id DESC LIMIT $2`,
    values,
  );
}

/** @throws AppError `not_found` */
export async function readDelivery(tx: Tx, id: string): Promise<DeliveryRow> {
  const [row] = await tx.query<DeliveryRow>(
    `${unfinished} AND q.id = $1 UNION ALL ${finished('AND a.delivery_id = $1', '')}`,
    [id],
  );
  if (!row) throw notFound('delivery');
  return row;
}

export function presentDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    webhookId: row.webhookId,
    eventId: row.eventKey ?? row.eventId,
    eventType: row.eventType,
    status: row.status,
    trigger: row.trigger,
    replayOf: row.replayOf,
    attemptCount: row.attemptCount,
    responseStatus: row.responseStatus,
    error: presentError(row.errorCode, row.errorMessage),
    durationMs: row.durationMs,
    createdAt: new Date(timeOfUuid7(row.id)).toISOString(),
    lastAttemptAt: row.lastAttemptAt?.toISOString() ?? null,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
  };
}

export function presentError(code: AttemptErrorCode | null, message: string | null): Delivery['error'] {
  return code === null ? null : { code, message: message ?? '' };
}

export interface AttemptRow {
  number: number;
  state: string;
  startedAt: Date;
  durationMs: number;
  responseStatus: number;
  errorCode: AttemptErrorCode | null;
  errorMessage: string | null;
  url: string;
  signatures: string;
  responseHeaders: string | null;
  responseBody: string | null;
  responseTruncated: boolean;
}

export async function listAttemptRows(tx: Tx, deliveryId: string): Promise<AttemptRow[]> {
  return tx.query<AttemptRow>(
    `SELECT number, state, started_at AS "startedAt", duration_ms AS "durationMs", response_status AS "responseStatus",
       error_code AS "errorCode", error_message AS "errorMessage", url, signatures,
       response_headers AS "responseHeaders", response_body AS "responseBody",
       response_truncated AS "responseTruncated"
     FROM attempts WHERE organization_id = current_organization() AND delivery_id = $1 ORDER BY number`,
    [deliveryId],
  );
}

export type AttemptOutcome = Attempt['outcome'];
