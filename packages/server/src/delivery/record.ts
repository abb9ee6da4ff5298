import type pg from 'pg';
import { boolArray, int4Array, textArray, timestamptzArray, uuidArray } from '../lib/pg-binary.ts';
import { keptHeaders } from './send-attempt.ts';
import type { Lease, Outcome, Verdict } from './types.ts';

export interface Result {
  lease: Lease;
  outcome: Outcome;
  verdict: Verdict;
}

/** The result's columns, as binary arrays; the statements below name them `r`. */
const resultColumns = `
  SELECT * FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::timestamptz[], $6::int4[], $7::int4[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bool[])
  AS r (id, fence, event_type, state, started_at, duration_us, response_status,
    error_code, error_message, url, signatures, response_headers, response_body, response_truncated)`;

const attemptColumns = `delivery_id, number, organization_id, webhook_id, event_id, event_type, trigger, replay_of,
  state, started_at, duration_ms, response_status, error_code, error_message, url, signatures,
  response_headers, response_body, response_truncated`;

const attemptValues = `q.id, q.attempts + 1, q.organization_id, q.webhook_id, q.event_id, r.event_type, q.trigger,
  q.replay_of, r.state, r.started_at, r.duration_us / 1000.0, r.response_status, r.error_code, r.error_message,
  r.url, r.signatures, r.response_headers, r.response_body, r.response_truncated`;

/** Delivered: out of the queue and into the history, and out of the dead letters if it came from there. */
const recordSuccesses = {
  name: 'record_successes',
  text: `
  WITH r AS MATERIALIZED (${resultColumns}),
  q AS (
    DELETE FROM delivery_queue q USING r WHERE q.id = r.id AND q.fence = r.fence
    RETURNING q.id, q.attempts, q.organization_id, q.webhook_id, q.event_id, q.trigger, q.replay_of, q.attempts_before),
  logged AS (
    INSERT INTO attempts (${attemptColumns}) SELECT ${attemptValues} FROM q JOIN r ON r.id = q.id),
  revived AS (
    DELETE FROM dead_letters d USING q WHERE d.delivery_id = q.id AND q.attempts_before > 0)
  SELECT id FROM q`,
};

/** Failed: rescheduled, or out of the queue and into the dead letters. */
const recordFailures = {
  name: 'record_failures',
  text: `
  WITH r AS MATERIALIZED (
    SELECT r.*, d.delay_ms, d.retention_days FROM (${resultColumns}) r
    JOIN unnest($1::uuid[], $15::int4[], $16::int4[]) AS d (id, delay_ms, retention_days) ON d.id = r.id),
  again AS (
    UPDATE delivery_queue q SET attempts = q.attempts + 1, claims = 0, owner = NULL, fence = q.fence + 1,
      due_at = now() + r.delay_ms * interval '1 millisecond'
    FROM r WHERE q.id = r.id AND q.fence = r.fence AND r.state = 'retrying'
    RETURNING q.id, q.attempts - 1 AS attempts, q.organization_id, q.webhook_id, q.event_id, q.trigger, q.replay_of,
      q.subject),
  ended AS (
    DELETE FROM delivery_queue q USING r
    WHERE q.id = r.id AND q.fence = r.fence AND r.state <> 'retrying'
    RETURNING q.id, q.attempts, q.organization_id, q.webhook_id, q.event_id, q.trigger, q.replay_of, q.subject),
  q AS (SELECT * FROM again UNION ALL SELECT * FROM ended),
  logged AS (
    INSERT INTO attempts (${attemptColumns}) SELECT ${attemptValues} FROM q JOIN r ON r.id = q.id),
  dead AS (
    INSERT INTO dead_letters AS d (delivery_id, organization_id, webhook_id, event_id, event_type, trigger, replay_of,
      subject, attempts, response_status, error_code, error_message, failed_at, expires_at)
    SELECT q.id, q.organization_id, q.webhook_id, q.event_id, r.event_type, q.trigger, q.replay_of,
      q.subject, q.attempts + 1, r.response_status, r.error_code, r.error_message, now(),
      now() + r.retention_days * interval '1 day'
    FROM q JOIN r ON r.id = q.id WHERE r.state = 'dlq'
    ON CONFLICT (delivery_id) DO UPDATE SET attempts = excluded.attempts, retrying = false,
      response_status = excluded.response_status, error_code = excluded.error_code,
      error_message = excluded.error_message, failed_at = excluded.failed_at, expires_at = excluded.expires_at)
  SELECT id FROM q`,
};

function columnsOf(results: readonly Result[]): Buffer[] {
  return [
    uuidArray(results.map((r) => r.lease.id)),
    int4Array(results.map((r) => r.lease.fence)),
    textArray(results.map((r) => r.lease.event.type)),
    textArray(results.map((r) => r.verdict.state)),
    timestamptzArray(results.map((r) => r.outcome.startedAt)),
    int4Array(results.map((r) => Math.min(Math.round(r.outcome.durationMs * 1000), 2_000_000_000))),
    int4Array(results.map((r) => r.outcome.responseStatus)),
    textArray(results.map((r) => r.outcome.errorCode)),
    textArray(results.map((r) => r.outcome.errorMessage)),
    textArray(results.map((r) => r.outcome.url)),
    textArray(results.map((r) => r.outcome.signatures)),
    textArray(results.map((r) => keptHeaders(r.outcome.responseHeaders))),
    textArray(results.map((r) => withoutNul(r.outcome.responseBody))),
    boolArray(results.map((r) => r.outcome.responseTruncated)),
  ];
}

/** PostgreSQL's text has no NUL; an endpoint's answer may. */
function withoutNul(text: string | null): string | null {
  return text?.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

/**
 * Records results in at most two statements. Only rows whose fence is still the lease's are written, so a
 * node that lost its lease changes nothing. Gives the ids that were written.
 */
export async function recordResults(pool: pg.Pool, results: readonly Result[]): Promise<Set<string>> {
  const successes = results.filter((r) => r.verdict.state === 'success');
  const failures = results.filter((r) => r.verdict.state !== 'success');
  const written = new Set<string>();
  if (successes.length > 0) {
    const { rows } = await pool.query<{ id: string }>({ ...recordSuccesses, values: columnsOf(successes) });
    for (const row of rows) written.add(row.id);
  }
  if (failures.length > 0) {
    const delays = failures.map((r) => (r.verdict.state === 'retrying' ? Math.round(r.verdict.delayMs) : 0));
    const days = failures.map((r) => (r.verdict.state === 'dlq' ? r.verdict.retentionDays : 0));
    const { rows } = await pool.query<{ id: string }>({
      ...recordFailures,
      values: [...columnsOf(failures), int4Array(delays), int4Array(days)],
    });
    for (const row of rows) written.add(row.id);
  }
  return written;
}

/** Whether the database refused what was written, so that the same statement would fail again (SQLSTATE 22, 23). */
export function isDataFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^2[23]\w{3}$/.test(String(error.code));
}

/** Of results whose statement broke off, the deliveries whose attempt is in the history all the same. */
export async function storedAttempts(pool: pg.Pool, results: readonly Result[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT a.delivery_id AS id FROM attempts a
     JOIN unnest($1::uuid[], $2::int4[], $3::timestamptz[]) AS r (id, number, started_at)
       ON a.delivery_id = r.id AND a.number = r.number AND a.started_at = r.started_at`,
    [
      uuidArray(results.map((r) => r.lease.id)),
      int4Array(results.map((r) => r.lease.attempts + 1)),
      timestamptzArray(results.map((r) => r.outcome.startedAt)),
    ],
  );
  return rows.map((row) => row.id);
}

/** Records the one attempt of a test, which was never in the queue. */
export async function recordTest(pool: pg.Pool, result: Result): Promise<void> {
  const { lease } = result;
  await pool.query(
    `WITH r AS (${resultColumns}),
     q AS (SELECT $1::uuid[] AS ids, r.id, 0 AS attempts, $15::uuid AS organization_id, $16::uuid AS webhook_id,
       $17::uuid AS event_id, $18::text AS trigger, NULL::uuid AS replay_of FROM r)
     INSERT INTO attempts (${attemptColumns}) SELECT ${attemptValues} FROM q JOIN r ON r.id = q.id`,
    [...columnsOf([result]), lease.organizationId, lease.webhookId, lease.event.id, lease.trigger],
  );
}
