import type { RetryPolicy } from '@trunkline/contract/retry';
import type { Webhook, WebhookFlow } from '@trunkline/contract/webhooks';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';
import { heldEvents } from './held-events.ts';
import { flows, statusOf } from './rules.ts';
import type { FlowState } from './rules.ts';

interface WebhookRow extends FlowState, WebhookFlow {
  id: string;
  name: string;
  url: string;
  description: string | null;
  events: string[];
  disabledReason: 'person' | 'gone' | 'failing' | null;
  failingSince: Date | null;
  circuitOpenedAt: Date | null;
  circuitProbeAt: Date | null;
  secretPreview: string;
  previousSecretExpiresAt: Date | null;
  previousSecrets: number;
  retry: RetryPolicy | null;
  createdAt: Date;
  updatedAt: Date;
  lastDeliveryAt: Date | null;
  lastDeliveryStatus: number | null;
  succeeded: number;
  failed: number;
  pending: number;
  /** Of these, in the backlog and in no line. */
  backlog: number;
  /** Of all that are not finished and of the backlog the first one. */
  firstPending: string | null;
  firstInBacklog: string | null;
  /** Events that are held without a row of their own, while it is off, and the first of them. */
  heldEvents: number;
  firstHeld: string | null;
  catchUp: { jobId: string; left: number; since: string; cursor: string | null; resumes: boolean } | null;
  activity: { hour: string; succeeded: number; failed: number }[];
}

/**
 * One statement for a page or a single one: settings, health, 30-day sums, the last 24 hours by hour. What waits is
 * counted up to a bound, so that one long backlog does not slow down the page.
 */
const selectWebhooks = `
  SELECT w.id, w.name, w.url, w.description, w.events, w.enabled, w.paused, w.circuit_open AS "circuitOpen",
    w.disabled_reason AS "disabledReason", w.max_concurrency AS "maxConcurrency",
    w.rate_per_second AS "ratePerSecond", w.catch_up_per_second AS "catchUpPerSecond", w.ordering,
    w.secret_preview AS "secretPreview", 
    greatest(w.previous_secret_expires_at, o.until) AS "previousSecretExpiresAt",
    o.count + CASE WHEN w.previous_secret_expires_at > now() THEN 1 ELSE 0 END AS "previousSecrets", w.retry,
    w.created_at AS "createdAt", w.updated_at AS "updatedAt",
    t.last_attempt_at AS "lastDeliveryAt", t.last_status AS "lastDeliveryStatus",
    coalesce(t.consecutive_failures, 0) AS "failureCount", t.failing_since AS "failingSince",
    t.circuit_opened_at AS "circuitOpenedAt", t.circuit_probe_at AS "circuitProbeAt",
    coalesce(s.succeeded, 0)::int8 AS succeeded, coalesce(s.failed, 0)::int8 AS failed,
    (SELECT count(*) FROM (SELECT FROM delivery_queue q WHERE q.webhook_id = w.id LIMIT 10000) q) AS pending,
    (SELECT count(*) FROM (SELECT FROM delivery_queue q WHERE q.webhook_id = w.id AND NOT isfinite(q.due_at)
      AND q.subject IS NULL LIMIT 10000) q) AS backlog,
    (SELECT q.id FROM delivery_queue q WHERE q.webhook_id = w.id ORDER BY q.id LIMIT 1) AS "firstPending",
    (SELECT q.id FROM delivery_queue q WHERE q.webhook_id = w.id AND NOT isfinite(q.due_at) AND q.subject IS NULL
      ORDER BY q.due_at, q.id LIMIT 1) AS "firstInBacklog",
    events.held AS "heldEvents", events.first AS "firstHeld",
    (SELECT json_build_object('jobId', j.id, 'left', greatest(0, j.total - j.queued), 'resumes', j.resumes,
        'since', j.since, 'cursor', j.cursor)
      FROM bulk_jobs j WHERE j.organization_id = w.organization_id AND j.webhook_id = w.id AND j.kind = 'catch_up'
        AND j.state IN ('running', 'paused')) AS "catchUp",
    coalesce(s.activity, '[]') AS activity
  FROM webhooks w
  LEFT JOIN webhook_holds h ON h.webhook_id = w.id
  CROSS JOIN ${heldEvents}
  CROSS JOIN LATERAL (SELECT count(*) AS count, max(expires_at) AS until FROM webhook_older_secrets
    WHERE webhook_id = w.id AND expires_at > now()) o
  LEFT JOIN webhook_health t ON t.webhook_id = w.id
  LEFT JOIN LATERAL (
    SELECT sum(succeeded) AS succeeded, sum(failed) AS failed,
      json_agg(json_build_object('hour', to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'succeeded', succeeded, 'failed', failed) ORDER BY hour)
        FILTER (WHERE hour > now() - interval '24 hours') AS activity
    FROM webhook_hours WHERE webhook_id = w.id AND hour > now() - interval '30 days') s ON true
  WHERE w.organization_id = current_organization() AND w.deleted_at IS NULL`;

/** A page in the order of the ids, which is the order of creation. */
export async function listWebhookRows(tx: Tx, before: string | undefined, limit: number): Promise<Webhook[]> {
  const rows = await tx.query<WebhookRow>(
    `${selectWebhooks} AND ($1::uuid IS NULL OR w.id < $1) ORDER BY w.id DESC LIMIT $2`,
    [before ?? null, limit],
  );
  return rows.map(presentWebhook);
}

/** @throws AppError `not_found` */
export async function readWebhook(tx: Tx, id: string): Promise<Webhook> {
  const [row] = await tx.query<WebhookRow>(`${selectWebhooks} AND w.id = $1`, [id]);
  if (!row) throw notFound('webhook');
  return presentWebhook(row);
}

/** The webhook's row, locked for a change. @throws AppError `not_found` */
export async function lockWebhook(tx: Tx, id: string): Promise<void> {
  const rows = await tx.query(
    `SELECT FROM webhooks WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL FOR UPDATE`,
    [id],
  );
  if (rows.length === 0) throw notFound('webhook');
}

function presentWebhook(row: WebhookRow): Webhook {
  const attempts = row.succeeded + row.failed;
  const byReference = row.heldEvents + (row.catchUp?.left ?? 0);
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    description: row.description,
    events: row.events,
    status: statusOf(row),
    disabledReason: row.disabledReason,
    failingSince: row.failingSince?.toISOString() ?? null,
    circuit: presentCircuit(row),
    flow: {
      maxConcurrency: row.maxConcurrency,
      ratePerSecond: row.ratePerSecond,
      catchUpPerSecond: row.catchUpPerSecond,
      ordering: row.ordering,
    },
    secretPreview: row.secretPreview,
    previousSecretExpiresAt: row.previousSecretExpiresAt?.toISOString() ?? null,
    previousSecrets: row.previousSecrets,
    retry: row.retry,
    lastDeliveryAt: row.lastDeliveryAt?.toISOString() ?? null,
    lastDeliveryStatus: row.lastDeliveryStatus,
    failureCount: row.failureCount,
    successRate: attempts === 0 ? null : row.succeeded / attempts,
    attempts30d: attempts,
    pending: row.pending + byReference,
    held: (flows(row) ? row.backlog : row.pending) + byReference,
    oldestHeldAt: timeOfOldest(row),
    catchUp: row.catchUp && {
      jobId: row.catchUp.jobId,
      left: row.catchUp.left,
      resumes: row.catchUp.resumes,
    },
    activity: row.activity,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** When what is held longest came, by the times in ids; null when nothing is held. */
function timeOfOldest(row: WebhookRow): string | null {
  const { catchUp } = row;
  const ids = [flows(row) ? row.firstInBacklog : row.firstPending, row.firstHeld];
  const times = ids.filter((id) => id !== null).map(timeOf);
  if (catchUp !== null && catchUp.left > 0)
    times.push(catchUp.cursor === null ? Date.parse(catchUp.since) : timeOf(catchUp.cursor));
  return times.length === 0 ? null : new Date(Math.min(...times)).toISOString();
}

/** Milliseconds since the epoch. */
const timeOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

function presentCircuit(row: WebhookRow): Webhook['circuit'] {
  if (!row.circuitOpen || row.circuitOpenedAt === null) return null;
  const nextProbeAt = row.circuitProbeAt ?? row.circuitOpenedAt;
  return { openedAt: row.circuitOpenedAt.toISOString(), nextProbeAt: nextProbeAt.toISOString() };
}

/** What an audit record shows of a webhook. */
export function auditView(webhook: Webhook) {
  const { name, url, description, events, retry, flow, status } = webhook;
  return {
    name,
    url,
    description,
    events,
    retry,
    ...flow,
    enabled: status !== 'disabled',
    paused: status === 'paused',
  };
}

/**
 * A person gives the endpoint a new start: its circuit is closed and its row of failures is forgotten. The caller
 * holds the webhook's lock, see {@link lockWebhook}.
 */
export async function forgetFailures(tx: Tx, id: string): Promise<void> {
  await tx.query(
    `UPDATE webhooks SET circuit_open = false
     WHERE organization_id = current_organization() AND id = $1 AND circuit_open`,
    [id],
  );
  await tx.query(
    `UPDATE webhook_health SET consecutive_failures = 0, failing_since = NULL, failing_noticed_at = NULL,
       circuit_opened_at = NULL, circuit_probe_at = NULL, circuit_probes = 0
     WHERE organization_id = current_organization() AND webhook_id = $1`,
    [id],
  );
}
