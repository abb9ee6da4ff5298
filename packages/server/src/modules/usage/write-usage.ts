import type pg from 'pg';
import { sumOfLatencies } from './latencies.ts';
import type { Caller, Counted, SampledRequest, Throttled } from './types.ts';

export interface UsageBatch {
  counted: Counted[];
  throttled: Throttled[];
  callers: Caller[];
  requests: SampledRequest[];
}

/**
 * Adds what a node has counted, in one statement, so that it is written whole or not at all. Rows of every table come in
 * the order of their keys: two nodes wait for each other instead of deadlocking. What belongs to an organization that is
 * gone is left out.
 */
export async function writeUsage(pool: pg.Pool, batch: UsageBatch): Promise<void> {
  await pool.query({
    name: 'write_usage',
    text: `
      WITH counted AS MATERIALIZED (
        SELECT c.* FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int2[], $5::timestamptz[], $6::int8[], $7::text[])
          AS c (organization_id, key_id, endpoint, status_class, minute, requests, latencies)
        JOIN organizations o ON o.id = c.organization_id),
      minutes AS (
        INSERT INTO api_usage_minutes AS u (organization_id, minute, key_id, endpoint, status_class, requests, latencies)
        SELECT organization_id, minute, key_id, endpoint, status_class, requests, latencies::int8[] FROM counted
        ORDER BY organization_id, minute, key_id, endpoint, status_class
        ON CONFLICT (organization_id, minute, key_id, endpoint, status_class) DO UPDATE
          SET requests = u.requests + excluded.requests, latencies = add_latencies(u.latencies, excluded.latencies)),
      hours AS (
        INSERT INTO api_usage_hours AS u (organization_id, hour, key_id, endpoint, status_class, requests, latencies)
        SELECT organization_id, date_trunc('hour', minute, 'UTC') AS hour, key_id, endpoint, status_class,
          sum(requests), ${sumOfLatencies('latencies::int8[]')}
        FROM counted GROUP BY organization_id, hour, key_id, endpoint, status_class
        ORDER BY organization_id, hour, key_id, endpoint, status_class
        ON CONFLICT (organization_id, hour, key_id, endpoint, status_class) DO UPDATE
          SET requests = u.requests + excluded.requests, latencies = add_latencies(u.latencies, excluded.latencies)),
      throttled AS (
        INSERT INTO api_throttled AS t (organization_id, minute, key_id, quota, requests, last_at)
        SELECT t.organization_id, t.minute, t.key_id, t.quota, t.requests, t.last_at
        FROM unnest($8::uuid[], $9::uuid[], $10::timestamptz[], $11::text[], $12::int8[], $13::timestamptz[])
          AS t (organization_id, key_id, minute, quota, requests, last_at)
        JOIN organizations o ON o.id = t.organization_id
        ORDER BY t.organization_id, t.minute, t.key_id, t.quota
        ON CONFLICT (organization_id, minute, key_id, quota) DO UPDATE
          SET requests = t.requests + excluded.requests, last_at = greatest(t.last_at, excluded.last_at)),
      callers AS (
        INSERT INTO api_key_callers AS c (organization_id, key_id, ip, user_agent, requests, last_at)
        SELECT c.organization_id, c.key_id, c.ip, c.user_agent, sum(c.requests), max(c.last_at)
        FROM unnest($14::uuid[], $15::uuid[], $16::text[], $17::text[], $18::int8[], $19::timestamptz[])
          AS c (organization_id, key_id, ip, user_agent, requests, last_at)
        JOIN organizations o ON o.id = c.organization_id
        GROUP BY c.organization_id, c.key_id, c.ip, c.user_agent
        ORDER BY c.key_id, c.ip, c.user_agent
        ON CONFLICT (key_id, ip, user_agent) DO UPDATE
          SET requests = c.requests + excluded.requests, last_at = greatest(c.last_at, excluded.last_at))
      INSERT INTO api_requests (organization_id, id, at, key_id, endpoint, status, duration_ms, error_code, ip,
        user_agent, request_id)
      SELECT r.* FROM unnest($20::uuid[], $21::uuid[], $22::timestamptz[], $23::uuid[], $24::text[], $25::int2[],
        $26::int4[], $27::text[], $28::text[], $29::text[], $30::text[])
        AS r (organization_id, id, at, key_id, endpoint, status, duration_ms, error_code, ip, user_agent, request_id)
      JOIN organizations o ON o.id = r.organization_id`,
    values: [
      ...countedArrays(batch.counted),
      ...throttledArrays(batch.throttled),
      ...callerArrays(batch.callers),
      ...requestArrays(batch.requests),
    ],
  });
}

const at = (ms: number) => new Date(ms);

function countedArrays(rows: Counted[]): unknown[] {
  return [
    rows.map((row) => row.organizationId),
    rows.map((row) => row.keyId),
    rows.map((row) => row.endpoint),
    rows.map((row) => row.statusClass),
    rows.map((row) => at(row.minute)),
    rows.map((row) => row.requests),
    // An array of arrays would be one of two dimensions, which unnest flattens.
    rows.map((row) => `{${row.latencies.join(',')}}`),
  ];
}

function throttledArrays(rows: Throttled[]): unknown[] {
  return [
    rows.map((row) => row.organizationId),
    rows.map((row) => row.keyId),
    rows.map((row) => at(row.minute)),
    rows.map((row) => row.quota),
    rows.map((row) => row.requests),
    rows.map((row) => at(row.lastAt)),
  ];
}

function callerArrays(rows: Caller[]): unknown[] {
  return [
    rows.map((row) => row.organizationId),
    rows.map((row) => row.keyId),
    rows.map((row) => row.ip),
    rows.map((row) => storable(row.userAgent)),
    rows.map((row) => row.requests),
    rows.map((row) => at(row.lastAt)),
  ];
}

function requestArrays(rows: SampledRequest[]): unknown[] {
  return [
    rows.map((row) => row.organizationId),
    rows.map((row) => row.id),
    rows.map((row) => at(row.at)),
    rows.map((row) => row.keyId),
    rows.map((row) => row.endpoint),
    rows.map((row) => row.status),
    rows.map((row) => row.durationMs),
    rows.map((row) => row.errorCode),
    rows.map((row) => row.ip),
    rows.map((row) => (row.userAgent === null ? null : storable(row.userAgent))),
    rows.map((row) => row.requestId),
  ];
}

/** PostgreSQL text takes no NUL; a header with one does not get here, but a lost batch would be too high a price. */
function storable(text: string): string {
  return text.replaceAll('\0', '');
}
