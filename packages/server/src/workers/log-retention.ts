import type pg from 'pg';
import { logRetentionDays } from '@trunkline/contract/logs';
import { uuid7FloorOf } from '../lib/uuid7.ts';

const dayMs = 86_400_000;
const rowsAtATime = 20_000;

/** The days after which nobody needs a partition of log lines any more. */
export async function longestLogRetention(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ days: number }>(
    'SELECT greatest(max(retention_days), $1) AS days FROM log_settings',
    [logRetentionDays.normal],
  );
  return rows[0]?.days ?? logRetentionDays.normal;
}

/**
 * Removes lines of organizations that keep theirs shorter than the longest retention, a batch a transaction, so that
 * nothing waits long for a lock.
 */
export async function removeOldLines(
  now: number,
  transaction: (work: (client: pg.PoolClient) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  let removed = rowsAtATime;
  while (removed >= rowsAtATime) {
    removed = 0;
    await transaction(async (client) => {
      const longest = await longestLogRetention(client);
      const { rows } = await client.query<{ id: string; days: number }>(
        `SELECT o.id, coalesce(s.retention_days, $1) AS days FROM organizations o
         LEFT JOIN log_settings s ON s.organization_id = o.id WHERE coalesce(s.retention_days, $1) < $2`,
        [logRetentionDays.normal, longest],
      );
      for (const { id, days } of rows) {
        if (removed >= rowsAtATime) return;
        const { rowCount } = await client.query(
          `DELETE FROM log_entries WHERE id < $2 AND id IN (
             SELECT l.id FROM (VALUES ('debug'), ('info'), ('warn'), ('error')) v (level)
             CROSS JOIN LATERAL (SELECT id FROM log_entries
               WHERE organization_id = $1 AND level = v.level AND id < $2 ORDER BY id LIMIT $3) l
             LIMIT $3)`,
          [id, uuid7FloorOf(now - days * dayMs), rowsAtATime - removed],
        );
        removed += rowCount ?? 0;
      }
    });
  }
}
