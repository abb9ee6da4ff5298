import type { ApiUsage, ThrottledRequests } from '@trunkline/contract/usage';
import type { Tx } from '../../ctx.ts';
import { quantile, sumOfLatencies } from './latencies.ts';
import type { Span } from './rules.ts';
import { percent } from './rules.ts';

/** Every key by id, with those that are over but still have a row. */
const keyNames = `(
  SELECT id, CASE WHEN expires_at IS NULL THEN 'API key' ELSE 'Older API key' END AS name, preview, last_used_at
  FROM api_keys WHERE organization_id = current_organization()
  UNION ALL
  SELECT id, name, preview, last_used_at FROM scoped_keys WHERE organization_id = current_organization())`;
/** A key that was replaced leaves its numbers behind. */
const formerKey = 'Former API key';

interface Sums {
  requests: number;
  succeeded: number;
  clientErrors: number;
  serverErrors: number;
}

const sums = `sum(requests)::int8 AS requests,
  coalesce(sum(requests) FILTER (WHERE status_class < 4), 0)::int8 AS succeeded,
  coalesce(sum(requests) FILTER (WHERE status_class = 4), 0)::int8 AS "clientErrors",
  coalesce(sum(requests) FILTER (WHERE status_class = 5), 0)::int8 AS "serverErrors"`;
const none: Sums = { requests: 0, succeeded: 0, clientErrors: 0, serverErrors: 0 };

function source({ by }: Span): string {
  const column = by === 'minute' ? 'minute' : 'hour';
  return `(SELECT *, ${column} AS at FROM api_usage_${column}s
    WHERE organization_id = current_organization() AND ${column} >= $1 AND ${column} < $2
      AND ($3::uuid IS NULL OR key_id = $3)) u`;
}

const latencyOf = (counts: readonly number[]) => ({
  p50Ms: quantile(counts, 0.5),
  p95Ms: quantile(counts, 0.95),
});

/** The sums of a span, of one key or of all. */
export async function readUsage(tx: Tx, span: Span, keyId: string | null): Promise<Omit<ApiUsage, 'limits'>> {
  const from = source(span);
  const values = [new Date(span.since), new Date(span.until), keyId];
  const [total] = await tx.query<Sums & { latencies: number[] }>(
    `SELECT ${sums}, ${sumOfLatencies('latencies')} AS latencies FROM ${from} HAVING count(*) > 0`,
    values,
  );
  const endpoints = await tx.query<Sums & { endpoint: string; latencies: number[] }>(
    `SELECT endpoint, ${sums}, ${sumOfLatencies('latencies')} AS latencies FROM ${from}
     GROUP BY endpoint ORDER BY requests DESC, endpoint LIMIT 10`,
    values,
  );
  const keys = await tx.query<
    Sums & { keyId: string; name: string | null; preview: string | null; last: Date }
  >(
    `SELECT s.*, k.name, k.preview FROM (
       SELECT key_id AS "keyId", ${sums}, max(at) AS last FROM ${from} GROUP BY key_id) s
     LEFT JOIN ${keyNames} k ON k.id = s."keyId" ORDER BY s.requests DESC, s."keyId" LIMIT 100`,
    values,
  );
  const series = await tx.query<Sums & { at: Date }>(
    `SELECT to_timestamp(floor(extract(epoch FROM at) / $4) * $4) AS at, ${sums} FROM ${from} GROUP BY 1 ORDER BY 1`,
    [...values, span.bucketMs / 1000],
  );
  const [other] = await tx.query<{ throttled: number; last: Date | null }>(
    `SELECT (SELECT coalesce(sum(requests), 0)::int8 FROM api_throttled
         WHERE organization_id = current_organization() AND minute >= $1 AND minute < $2
           AND ($3::uuid IS NULL OR key_id = $3)) AS throttled,
       (SELECT max(last_used_at) FROM ${keyNames} k WHERE $3::uuid IS NULL OR id = $3) AS last`,
    values,
  );
  const whole = total ?? { ...none, latencies: [] };
  const lastBucket = keys.reduce<Date | null>(
    (last, key) => (last === null || key.last > last ? key.last : last),
    null,
  );
  const last = other!.last ?? lastBucket;
  return {
    since: new Date(span.since).toISOString(),
    until: new Date(span.until).toISOString(),
    totals: {
      requests: whole.requests,
      succeeded: whole.succeeded,
      clientErrors: whole.clientErrors,
      serverErrors: whole.serverErrors,
      succeededPercent: percent(whole.succeeded, whole.requests),
      clientErrorsPercent: percent(whole.clientErrors, whole.requests),
      serverErrorsPercent: percent(whole.serverErrors, whole.requests),
      throttled: other!.throttled,
    },
    latency: latencyOf(whole.latencies),
    lastCallAt: last?.toISOString() ?? null,
    endpoints: endpoints.map(({ latencies, ...endpoint }) => ({
      ...endpoint,
      latency: latencyOf(latencies),
    })),
    keys: keys.map(({ last: lastCall, name, preview, ...key }) => ({
      ...key,
      name: name ?? formerKey,
      keyPreview: preview,
      lastCallAt: lastCall.toISOString(),
    })),
    bucketSeconds: span.bucketMs / 1000,
    series: everyBucket(span, series),
  };
}

/** Buckets without requests are bars of no height. */
function everyBucket(span: Span, rows: readonly (Sums & { at: Date })[]): ApiUsage['series'] {
  const known = new Map(rows.map(({ at, ...counts }) => [at.getTime(), counts]));
  const series: ApiUsage['series'] = [];
  for (let at = span.since - (span.since % span.bucketMs); at < span.until; at += span.bucketMs) {
    series.push({ at: new Date(at).toISOString(), ...(known.get(at) ?? none) });
  }
  return series;
}

export interface RequestRow {
  id: string;
  at: Date;
  keyId: string;
  keyName: string;
  endpoint: string;
  status: number;
  durationMs: number;
  errorCode: string | null;
  ip: string | null;
  userAgent: string | null;
  requestId: string;
}

export interface RequestFilter {
  limit: number;
  before: string | null;
  keyId: string | null;
  endpoint: string | null;
  statusClass: number | null;
  since: Date | null;
  until: Date | null;
}

/** Sampled requests, the newest first; one more than a page where there is a next one. */
export async function readRequests(tx: Tx, filter: RequestFilter): Promise<RequestRow[]> {
  return tx.query<RequestRow>(
    `SELECT r.id, r.at, r.key_id AS "keyId", coalesce(k.name, '${formerKey}') AS "keyName", r.endpoint, r.status,
       r.duration_ms AS "durationMs", r.error_code AS "errorCode", r.ip, r.user_agent AS "userAgent",
       r.request_id AS "requestId"
     FROM api_requests r LEFT JOIN ${keyNames} k ON k.id = r.key_id
     WHERE r.organization_id = current_organization() AND ($2::uuid IS NULL OR r.id < $2)
       AND ($3::uuid IS NULL OR r.key_id = $3) AND ($4::text IS NULL OR r.endpoint = $4)
       AND ($5::int4 IS NULL OR r.status / 100 = $5) AND ($6::timestamptz IS NULL OR r.at >= $6)
       AND ($7::timestamptz IS NULL OR r.at < $7)
     ORDER BY r.id DESC LIMIT $1 + 1`,
    [
      filter.limit,
      filter.before,
      filter.keyId,
      filter.endpoint,
      filter.statusClass,
      filter.since,
      filter.until,
    ],
  );
}

export interface ThrottledRow extends Omit<ThrottledRequests, 'minute' | 'lastAt'> {
  minute: Date;
  lastAt: Date;
}

export interface ThrottledFilter {
  limit: number;
  /** The last row of the page before. */
  before: { minute: Date; keyId: string; quota: string } | null;
  keyId: string | null;
  since: Date | null;
  until: Date | null;
}

/** Throttled requests, the newest minute first; one more than a page where there is a next one. */
export async function readThrottled(tx: Tx, filter: ThrottledFilter): Promise<ThrottledRow[]> {
  const { before } = filter;
  return tx.query<ThrottledRow>(
    `SELECT t.minute, t.key_id AS "keyId", coalesce(k.name, '${formerKey}') AS "keyName", t.quota, t.requests,
       t.last_at AS "lastAt"
     FROM api_throttled t LEFT JOIN ${keyNames} k ON k.id = t.key_id
     WHERE t.organization_id = current_organization()
       AND ($2::timestamptz IS NULL OR (t.minute, t.key_id, t.quota) < ($2, $3::uuid, $4::text))
       AND ($5::uuid IS NULL OR t.key_id = $5) AND ($6::timestamptz IS NULL OR t.minute >= $6)
       AND ($7::timestamptz IS NULL OR t.minute < $7)
     ORDER BY t.minute DESC, t.key_id DESC, t.quota DESC LIMIT $1 + 1`,
    [
      filter.limit,
      before?.minute ?? null,
      before?.keyId ?? null,
      before?.quota ?? null,
      filter.keyId,
      filter.since,
      filter.until,
    ],
  );
}

export interface UsageRow {
  at: Date;
  keyName: string;
  endpoint: string;
  statusClass: number;
  requests: number;
  latencies: number[];
}

/** The sums of a span by hour, key, endpoint and class of status, for a file. */
export async function readUsageRows(
  tx: Tx,
  span: Span,
  keyId: string | null,
  limit: number,
): Promise<UsageRow[]> {
  return tx.query<UsageRow>(
    `SELECT u.hour AS at, coalesce(k.name, '${formerKey}') AS "keyName", u.endpoint, u.status_class AS "statusClass",
       u.requests, u.latencies
     FROM api_usage_hours u LEFT JOIN ${keyNames} k ON k.id = u.key_id
     WHERE u.organization_id = current_organization() AND u.hour >= date_trunc('hour', $1::timestamptz, 'UTC')
       AND u.hour < $2 AND ($3::uuid IS NULL OR u.key_id = $3)
     ORDER BY u.hour, u.key_id, u.endpoint, u.status_class LIMIT $4`,
    [new Date(span.since), new Date(span.until), keyId, limit],
  );
}
