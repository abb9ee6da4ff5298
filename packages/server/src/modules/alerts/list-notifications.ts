import { listNotifications as operation } from '@trunkline/contract/alert-settings';
import type { AlertNotification } from '@trunkline/contract/alert-settings';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';

interface NotificationRow extends Omit<AlertNotification, 'createdAt' | 'nextAttemptAt' | 'sentAt'> {
  createdAt: Date;
  dueAt: Date;
  sentAt: Date | null;
}

/** What was sent to whom, with the result, newest first. */
export const listNotifications: Verb<typeof operation> = async (
  ctx,
  { alertId, channelId, limit, cursor },
) => {
  authorize(ctx, operation);
  const before = readIdCursor(cursor);
  return inOrganization(ctx, async (tx) => {
    const rows = await tx.query<NotificationRow>(
      `SELECT id, channel_id AS "channelId", channel_name AS "channelName", channel_kind AS "channelKind", title,
         alerts, recipients, state, attempts, created_at AS "createdAt", due_at AS "dueAt", sent_at AS "sentAt", detail
       FROM alert_notifications m WHERE organization_id = current_organization()
         AND ($1::uuid IS NULL OR EXISTS (SELECT FROM alert_notices n WHERE n.notification_id = m.id AND n.alert_id = $1))
         AND ($2::uuid IS NULL OR channel_id = $2) AND ($3::uuid IS NULL OR id < $3)
       ORDER BY id DESC LIMIT $4`,
      [alertId ?? null, channelId ?? null, before ?? null, limit + 1],
    );
    const data = rows.slice(0, limit).map(({ dueAt, ...row }) => ({
      ...row,
      createdAt: row.createdAt.toISOString(),
      nextAttemptAt: row.state === 'waiting' ? dueAt.toISOString() : null,
      sentAt: row.sentAt?.toISOString() ?? null,
    }));
    return { data, nextCursor: pageCursor(rows, limit, (row) => row.id) };
  });
};
