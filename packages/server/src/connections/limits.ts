import type { Tx } from '../ctx.ts';

const hourMs = 3_600_000;

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

/** Which limit is full, in words. */
export function limitWords(
  name: string,
  { window, limit }: { window: 'second' | 'hour' | 'day'; limit: number },
): string {
  const span = { second: 'a second', hour: 'an hour', day: 'a day' }[window];
  return `${name} may make ${limit} ${limit === 1 ? 'call' : 'calls'} ${span}.`;
}
