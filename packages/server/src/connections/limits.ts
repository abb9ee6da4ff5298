import type { CallLimits } from '@trunkline/contract/integrations';
import type { Tx } from '../ctx.ts';

const hourMs = 3_600_000;

/** `retryAfterMs` is when the window that is full ends. */
export type Admission =
  { admitted: true } | { admitted: false; window: 'hour' | 'day'; limit: number; retryAfterMs: number };

/**
 * Counts one call of an integration, if its limits still allow it (CONN-4); without `count` it only looks. Hours and days are those of UTC. All nodes
 * count in one row, which the statement locks, so that together they admit no more than the limit.
 */
export async function admitCall(
  tx: Tx,
  integrationId: string,
  limits: Pick<CallLimits, 'perHour' | 'perDay'>,
  now: number,
  { count = true }: { count?: boolean } = {},
): Promise<Admission> {
  const hour = new Date(now - (now % hourMs));
  const day = new Date(now - (now % (24 * hourMs)));
  await tx.query(
    `INSERT INTO integration_usage (integration_id, organization_id, hour, calls)
     VALUES ($1, current_organization(), $2, 0) ON CONFLICT DO NOTHING`,
    [integrationId, hour],
  );
  const [used] = await tx.query<{ calls: number; today: number }>(
    `SELECT u.calls, (SELECT coalesce(sum(d.calls), 0)::int8 FROM integration_usage d
       WHERE d.organization_id = current_organization() AND d.integration_id = $1 AND d.hour >= $3 AND d.hour < $2)
       + u.calls AS today
     FROM integration_usage u
     WHERE u.organization_id = current_organization() AND u.integration_id = $1 AND u.hour = $2 FOR UPDATE`,
    [integrationId, hour, day],
  );
  const { calls, today } = used!;
  if (limits.perDay !== null && today >= limits.perDay) {
    return {
      admitted: false,
      window: 'day',
      limit: limits.perDay,
      retryAfterMs: day.getTime() + 24 * hourMs - now,
    };
  }
  if (limits.perHour !== null && calls >= limits.perHour) {
    return {
      admitted: false,
      window: 'hour',
      limit: limits.perHour,
      retryAfterMs: hour.getTime() + hourMs - now,
    };
  }
  if (!count) return { admitted: true };
  await tx.query(
    `UPDATE integration_usage SET calls = calls + 1
     WHERE organization_id = current_organization() AND integration_id = $1 AND hour = $2`,
    [integrationId, hour],
  );
  return { admitted: true };
}

/** Calls since the full hour and since midnight, UTC. */
export async function readUsage(
  tx: Tx,
  integrationId: string,
  now: number,
): Promise<{ hour: number; day: number }> {
  const [row] = await tx.query<{ hour: number; day: number }>(
    `SELECT coalesce(sum(calls) FILTER (WHERE hour = $2), 0)::int8 AS hour, coalesce(sum(calls), 0)::int8 AS day
     FROM integration_usage
     WHERE organization_id = current_organization() AND integration_id = $1 AND hour >= $3`,
    [integrationId, new Date(now - (now % hourMs)), new Date(now - (now % (24 * hourMs)))],
  );
  return row!;
}
