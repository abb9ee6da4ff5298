import type { RetryPolicy } from '@trunkline/contract/retry';
import type { Webhook } from '@trunkline/contract/webhooks';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';
import { statusOf } from './rules.ts';

interface WebhookRow {
  id: string;
  name: string;
  url: string;
  description: string | null;
  events: string[];
  enabled: boolean;
  disabledReason: 'person' | 'gone' | null;
  secretPreview: string;
  previousSecretExpiresAt: Date | null;
  retry: RetryPolicy | null;
  createdAt: Date;
  updatedAt: Date;
  lastDeliveryAt: Date | null;
  lastDeliveryStatus: number | null;
  failureCount: number;
  succeeded: number;
  failed: number;
  pending: number;
  activity: { hour: string; succeeded: number; failed: number }[];
}

/** One statement for a page or a single one: settings, health, 30-day sums, the last 24 hours by hour. */
const selectWebhooks = `
  SELECT w.id, w.name, w.url, w.description, w.events, w.enabled, w.disabled_reason AS "disabledReason",
    w.secret_preview AS "secretPreview", w.previous_secret_expires_at AS "previousSecretExpiresAt", w.retry,
    w.created_at AS "createdAt", w.updated_at AS "updatedAt",
    h.last_attempt_at AS "lastDeliveryAt", h.last_status AS "lastDeliveryStatus",
    coalesce(h.consecutive_failures, 0) AS "failureCount",
    coalesce(s.succeeded, 0)::int8 AS succeeded, coalesce(s.failed, 0)::int8 AS failed,
    (SELECT count(*) FROM (SELECT FROM delivery_queue q WHERE q.webhook_id = w.id LIMIT 10000) q) AS pending,
    coalesce(s.activity, '[]') AS activity
  FROM webhooks w
  LEFT JOIN webhook_health h ON h.webhook_id = w.id
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
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    description: row.description,
    events: row.events,
    status: statusOf(row.enabled, row.failureCount),
    disabledReason: row.disabledReason,
    secretPreview: row.secretPreview,
    previousSecretExpiresAt: row.previousSecretExpiresAt?.toISOString() ?? null,
    retry: row.retry,
    lastDeliveryAt: row.lastDeliveryAt?.toISOString() ?? null,
    lastDeliveryStatus: row.lastDeliveryStatus,
    failureCount: row.failureCount,
    successRate: attempts === 0 ? null : row.succeeded / attempts,
    attempts30d: attempts,
    pending: row.pending,
    activity: row.activity,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** What an audit record shows of a webhook. */
export function auditView(webhook: Webhook) {
  const { name, url, description, events, retry } = webhook;
  return { name, url, description, events, retry, enabled: webhook.status !== 'disabled' };
}
