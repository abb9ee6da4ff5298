import type { App, Tx } from '../../ctx.ts';
import { ownerTransaction } from '../../db/transaction.ts';
import { composeAlerts } from './compose-message.ts';
import type { ToldAlert } from './compose-message.ts';
import { nextMessageAt, rateWindowMs } from './message-rate.ts';
import { insertNotification } from './notification-queries.ts';

/** Notices of one message. */
const mostNotices = 5_000;

interface NoticeRow extends Omit<ToldAlert, 'startedAt' | 'resolvedAt'> {
  id: string;
  startedAt: Date;
  resolvedAt: Date | null;
  integrationId: string | null;
}

/**
 * Makes one message for every channel that has something due and may have one now (message-rate.ts); what waits longer
 * goes into a later one. Any number of nodes may do it; a channel is in the hands of one.
 *
 * @returns how many messages were made
 */
export async function foldNotices(app: App): Promise<number> {
  const { rows } = await app.pool.query<{ channelId: string }>(
    `SELECT channel_id AS "channelId" FROM alert_notices WHERE notification_id IS NULL AND due_at <= $1
     GROUP BY channel_id ORDER BY min(due_at) LIMIT 100`,
    [new Date(app.clock())],
  );
  let made = 0;
  for (const { channelId } of rows) if (await foldChannel(app, channelId)) made += 1;
  return made;
}

async function foldChannel(app: App, channelId: string): Promise<boolean> {
  return ownerTransaction(app.pool, async (db, enter) => {
    const { rows } = await db.query<{ organizationId: string }>(
      `SELECT organization_id AS "organizationId" FROM alert_channels WHERE id = $1 FOR UPDATE SKIP LOCKED`,
      [channelId],
    );
    const organizationId = rows[0]?.organizationId;
    if (organizationId === undefined) return false;
    const tx = await enter(organizationId);
    const now = app.clock();
    const next = nextMessageAt(await recentMessages(tx, channelId, now), now);
    if (next > now) {
      await tx.query(
        `UPDATE alert_notices SET due_at = $2 WHERE organization_id = current_organization() AND channel_id = $1
           AND notification_id IS NULL AND due_at <= $3`,
        [channelId, new Date(next), new Date(now)],
      );
      return false;
    }
    const notices = await takeNotices(tx, channelId, now);
    if (notices.length === 0) return false;
    const content = composeAlerts(
      notices.map((notice) => ({
        ...notice,
        startedAt: notice.startedAt.toISOString(),
        resolvedAt: notice.resolvedAt?.toISOString() ?? null,
      })),
      app.config,
    );
    const notificationId = await insertNotification(app, tx, channelId, content);
    await tx.query(
      `UPDATE alert_notices SET notification_id = $2
       WHERE organization_id = current_organization() AND id = ANY ($1)`,
      [notices.map(({ id }) => id), notificationId],
    );
    tx.announce('alerts');
    return true;
  });
}

/** When the messages about alerts of this channel were made, oldest first. */
async function recentMessages(tx: Tx, channelId: string, now: number): Promise<number[]> {
  const rows = await tx.query<{ createdAt: Date }>(
    `SELECT created_at AS "createdAt" FROM alert_notifications
     WHERE organization_id = current_organization() AND channel_id = $1 AND created_at > $2 AND alerts > 0
     ORDER BY created_at`,
    [channelId, new Date(now - rateWindowMs)],
  );
  return rows.map(({ createdAt }) => createdAt.getTime());
}

/** What is due for a channel, and with it whatever else waits about the same alerts; the oldest first. */
async function takeNotices(tx: Tx, channelId: string, now: number): Promise<NoticeRow[]> {
  return tx.query<NoticeRow>(
    `SELECT n.id, n.alert_id AS "alertId", n.kind, a.severity, a.group_key AS "group", a.subject_name AS subject,
       a.title, a.cause, a.impact, a.started_at AS "startedAt", a.acknowledged_by AS "acknowledgedBy",
       a.resolved_at AS "resolvedAt", a.resolved_by AS "resolvedBy",
       CASE WHEN a.subject_type = 'integration' THEN a.subject_id END AS "integrationId"
     FROM alert_notices n JOIN alerts a ON a.id = n.alert_id
     WHERE n.organization_id = current_organization() AND n.channel_id = $1 AND n.notification_id IS NULL
       AND n.alert_id IN (SELECT alert_id FROM alert_notices WHERE organization_id = current_organization()
         AND channel_id = $1 AND notification_id IS NULL AND due_at <= $2)
     ORDER BY n.created_at, n.id LIMIT ${mostNotices}`,
    [channelId, new Date(now)],
  );
}
