import type pg from 'pg';
import { logRetentionDays } from '@trunkline/contract/logs';
import { uuid7FloorOf } from '../lib/uuid7.ts';
import { removeByRetention } from './remove-by-retention.ts';
import type { Kept, Transaction } from './remove-by-retention.ts';

const dayMs = 86_400_000;
const atATime = 20_000;

/** The days after which nobody needs a partition of log lines any more. */
export async function longestLogRetention(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ days: number }>(
    'SELECT greatest(max(retention_days), $1) AS days FROM log_settings',
    [logRetentionDays.normal],
  );
  return rows[0]?.days ?? logRetentionDays.normal;
}

/** Removes lines of organizations that keep theirs shorter than the longest retention. */
export async function removeOldLines(now: number, transaction: Transaction): Promise<void> {
  await removeByRetention(transaction, {
    atATime,
    async organizations(client) {
      const longest = await longestLogRetention(client);
      const { rows } = await client.query<Kept>(
        `SELECT o.id, coalesce(s.retention_days, $1) AS days FROM organizations o
         LEFT JOIN log_settings s ON s.organization_id = o.id WHERE coalesce(s.retention_days, $1) < $2`,
        [logRetentionDays.normal, longest],
      );
      return rows;
    },
    async remove(client, { id, days }, limit) {
      const { rowCount } = await client.query(
        `DELETE FROM log_entries WHERE id < $2 AND id IN (
           SELECT l.id FROM (VALUES ('debug'), ('info'), ('warn'), ('error')) v (level)
           CROSS JOIN LATERAL (SELECT id FROM log_entries
             WHERE organization_id = $1 AND level = v.level AND id < $2 ORDER BY id LIMIT $3) l
           LIMIT $3)`,
        [id, uuid7FloorOf(now - days * dayMs), limit],
      );
      return rowCount ?? 0;
    },
  });
}
