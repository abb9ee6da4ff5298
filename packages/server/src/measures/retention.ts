import type pg from 'pg';

const dayMs = 86_400_000;
/** Hours older than this are summed into days; one week of normal behind a month is still in hours. */
export const hoursKeptDays = 35;
/** Days, and the history of the status: thirteen months. */
const daysKept = 396;

/** Sums old hours into days, and forgets what is past its time. Inside a transaction of the caller. */
export async function keepMeasures(client: Pick<pg.PoolClient, 'query'>, now: number): Promise<void> {
  const today = Math.floor(now / dayMs) * dayMs;
  const hoursEnd = new Date(today - hoursKeptDays * dayMs);
  const daysEnd = new Date(today - daysKept * dayMs);
  await client.query(
    `WITH old AS (DELETE FROM integration_hours WHERE hour < $1 RETURNING *)
     INSERT INTO integration_days AS d (integration_id, organization_id, kind, day, count, failures, duration_ms, latency,
       faults)
     SELECT integration_id, organization_id, kind, date_trunc('day', hour, 'UTC'), sum(count), sum(failures),
       sum(duration_ms), sum_counts(latency), sum_counts(faults)
     FROM old GROUP BY 1, 2, 3, 4
     ON CONFLICT (integration_id, kind, day) DO UPDATE SET count = d.count + excluded.count,
       failures = d.failures + excluded.failures, duration_ms = d.duration_ms + excluded.duration_ms,
       latency = add_counts(d.latency, excluded.latency), faults = add_counts(d.faults, excluded.faults)`,
    [hoursEnd],
  );
  await client.query('DELETE FROM integration_days WHERE day < $1', [daysEnd]);
  await client.query('DELETE FROM integration_status_spans WHERE until < $1', [daysEnd]);
  await client.query('DELETE FROM integration_errors WHERE last_at < $1', [hoursEnd]);
}
