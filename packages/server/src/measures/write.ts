import type pg from 'pg';
import { int8Array, textArray, timestamptzArray, uuidArray } from '../lib/pg-binary.ts';
import { recentKept } from './sums.ts';
import type { ErrorSums, HourSums } from './sums.ts';

/** Kinds of errors that are kept of one integration, the latest ones. */
const mostKinds = 50;

/** PostgreSQL's text of an array, which can stand inside of another array. */
const arrayText = (values: readonly (number | string)[]): string => `{${values.join(',')}}`;

/** Adds sums to the hours. Those of an integration that is gone are left out. */
export async function writeHours(pool: pg.Pool, sums: readonly HourSums[]): Promise<void> {
  // In one order, so that two nodes never wait for each other in a circle.
  const rows = sums.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  await pool.query({
    name: 'write_measures',
    text: `
      INSERT INTO integration_hours AS h (integration_id, organization_id, kind, hour, count, failures, duration_ms,
        latency, faults)
      SELECT m.integration_id, m.organization_id, m.kind, m.hour, m.count, m.failures, m.duration_ms,
        m.latency::bigint[], m.faults::bigint[]
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::int8[], $6::int8[], $7::int8[],
        $8::text[], $9::text[]) WITH ORDINALITY
        AS m (integration_id, organization_id, kind, hour, count, failures, duration_ms, latency, faults, n)
      JOIN integrations i ON i.organization_id = m.organization_id AND i.id = m.integration_id
      ORDER BY m.n
      ON CONFLICT (integration_id, kind, hour) DO UPDATE SET count = h.count + excluded.count,
        failures = h.failures + excluded.failures, duration_ms = h.duration_ms + excluded.duration_ms,
        latency = add_counts(h.latency, excluded.latency), faults = add_counts(h.faults, excluded.faults)`,
    values: [
      uuidArray(rows.map((row) => row.integrationId)),
      uuidArray(rows.map((row) => row.organizationId)),
      textArray(rows.map((row) => row.kind)),
      timestamptzArray(rows.map((row) => row.hour)),
      int8Array(rows.map((row) => row.count)),
      int8Array(rows.map((row) => row.failures)),
      int8Array(rows.map((row) => Math.round(row.durationMs))),
      textArray(rows.map((row) => arrayText(row.latency))),
      textArray(rows.map((row) => arrayText(row.faults))),
    ],
  });
}

/** Adds errors to those of their kind. */
export async function writeErrors(pool: pg.Pool, sums: readonly ErrorSums[]): Promise<void> {
  const rows = sums.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  const texts = (read: (row: ErrorSums) => string | null): Buffer => textArray(rows.map(read));
  await pool.query({
    name: 'write_errors',
    text: `
      INSERT INTO integration_errors AS e (integration_id, organization_id, fingerprint, fault, code, title, cause, fix,
        link, count, first_at, last_at, recent_at, last_message, steps)
      SELECT m.integration_id, m.organization_id, m.fingerprint, m.fault, m.code, m.title, m.cause, m.fix, m.link, m.count,
        m.first_at, m.last_at, m.recent_at::timestamptz[], m.last_message, m.steps::jsonb
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::int8[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::text[], $15::text[])
        WITH ORDINALITY AS m (integration_id, organization_id, fingerprint, fault, code, title, cause, fix, link, count,
          first_at, last_at, recent_at, last_message, steps, n)
      JOIN integrations i ON i.organization_id = m.organization_id AND i.id = m.integration_id
      ORDER BY m.n
      ON CONFLICT (integration_id, fingerprint) DO UPDATE SET count = e.count + excluded.count,
        last_at = greatest(e.last_at, excluded.last_at), link = excluded.link, fix = excluded.fix,
        recent_at = ARRAY(SELECT at FROM unnest(e.recent_at || excluded.recent_at) at ORDER BY at DESC
          LIMIT ${recentKept}),
        last_message = excluded.last_message, steps = coalesce(excluded.steps, e.steps)`,
    values: [
      uuidArray(rows.map((row) => row.integrationId)),
      uuidArray(rows.map((row) => row.organizationId)),
      texts((row) => row.fingerprint),
      texts((row) => row.last.problem.fault),
      texts((row) => row.last.code),
      texts((row) => row.last.problem.title),
      texts((row) => row.last.problem.cause),
      texts((row) => row.last.problem.fix),
      texts((row) => row.last.problem.link),
      int8Array(rows.map((row) => row.count)),
      timestamptzArray(rows.map((row) => row.firstAt)),
      timestamptzArray(rows.map((row) => Math.max(...row.recentAt))),
      texts((row) => arrayText(row.recentAt.map((at) => new Date(at).toISOString()))),
      texts((row) => row.last.message),
      texts((row) => (row.last.steps ? JSON.stringify(row.last.steps) : null)),
    ],
  });
}

/** Forgets the oldest kinds of errors of these integrations where there are more than are kept. */
export async function dropSurplusErrors(pool: pg.Pool, integrationIds: readonly string[]): Promise<void> {
  await pool.query({
    name: 'drop_surplus_errors',
    text: `
      DELETE FROM integration_errors e USING (
        SELECT integration_id, fingerprint,
          row_number() OVER (PARTITION BY integration_id ORDER BY last_at DESC, fingerprint) AS place
        FROM integration_errors WHERE integration_id = ANY ($1::uuid[])) ranked
      WHERE ranked.place > ${mostKinds} AND e.integration_id = ranked.integration_id
        AND e.fingerprint = ranked.fingerprint`,
    values: [uuidArray(integrationIds)],
  });
}

function keyOf(row: HourSums | ErrorSums): string {
  return row.integrationId + ('kind' in row ? row.kind + row.hour : row.fingerprint);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
