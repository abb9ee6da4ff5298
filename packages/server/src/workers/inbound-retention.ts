import { uuid7FloorOf } from '../lib/uuid7.ts';
import { normalSettings } from '../modules/inbound/settings.ts';
import { removeByRetention } from './remove-by-retention.ts';
import type { Kept, Transaction } from './remove-by-retention.ts';

const dayMs = 86_400_000;
/** Bodies may be large, so a transaction removes few. */
const atATime = 500;

/**
 * Removes webhooks that came in longer ago than their organizations keep them; what still waits to be processed stays.
 * Counts by hour are kept for two days.
 */
export async function removeOldInbound(now: number, transaction: Transaction): Promise<void> {
  await removeByRetention(transaction, {
    atATime,
    async organizations(client) {
      const { rows } = await client.query<Kept>(
        `SELECT o.id, coalesce(s.retention_days, $1) AS days FROM organizations o
         LEFT JOIN inbound_settings s ON s.organization_id = o.id`,
        [normalSettings.retentionDays],
      );
      return rows;
    },
    async remove(client, { id, days }, limit) {
      const { rowCount } = await client.query(
        `DELETE FROM inbound_messages WHERE id IN (
           SELECT id FROM inbound_messages
           WHERE organization_id = $1 AND id < $2 AND state <> 'queued' ORDER BY id LIMIT $3)`,
        [id, uuid7FloorOf(now - days * dayMs), limit],
      );
      return rowCount ?? 0;
    },
  });
  await transaction((client) =>
    client.query('DELETE FROM inbound_hours WHERE hour < $1', [new Date(now - 2 * dayMs)]),
  );
}
