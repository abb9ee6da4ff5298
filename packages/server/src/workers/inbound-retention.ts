import type pg from 'pg';
import { uuid7FloorOf } from '../lib/uuid7.ts';
import { normalSettings } from '../modules/inbound/settings.ts';

const dayMs = 86_400_000;
/** Bodies may be large, so a transaction removes few. */
const rowsAtATime = 500;

/**
 * Removes webhooks that came in longer ago than their organizations keep them, a batch a transaction; what still waits to be
 * processed stays. Counts by hour are kept for two days.
 */
export async function removeOldInbound(
  now: number,
  transaction: (work: (client: pg.PoolClient) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  let removed = rowsAtATime;
  while (removed >= rowsAtATime) {
    removed = 0;
    await transaction(async (client) => {
      const { rows } = await client.query<{ id: string; days: number }>(
        `SELECT o.id, coalesce(s.retention_days, $1) AS days FROM organizations o
         LEFT JOIN inbound_settings s ON s.organization_id = o.id`,
        [normalSettings.retentionDays],
      );
      for (const { id, days } of rows) {
        if (removed >= rowsAtATime) return;
        const { rowCount } = await client.query(
          `DELETE FROM inbound_messages WHERE id IN (
             SELECT id FROM inbound_messages
             WHERE organization_id = $1 AND id < $2 AND state <> 'queued' ORDER BY id LIMIT $3)`,
          [id, uuid7FloorOf(now - days * dayMs), rowsAtATime - removed],
        );
        removed += rowCount ?? 0;
      }
    });
  }
  await transaction((client) =>
    client.query('DELETE FROM inbound_hours WHERE hour < $1', [new Date(now - 2 * dayMs)]),
  );
}
