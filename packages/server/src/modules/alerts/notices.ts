import type { AlertSeverity } from '@trunkline/contract/alert-rules';
import type { App, Tx } from '../../ctx.ts';
import { mayGoAt } from './quiet-hours.ts';
import { channelsFor } from './rules.ts';
import type { AlertSettings } from './settings.ts';
import type { AlertRow } from './queries.ts';

/** So long a first notice waits for others that belong to it, in milliseconds. */
export const settleMs = 5_000;

export type NoticeKind = 'opened' | 'escalated' | 'reminder' | 'resolved';

/** Has the channels told of an alert that are for it, in the transaction of what happened. */
export async function queueNotices(
  app: Pick<App, 'newId' | 'clock'>,
  tx: Tx,
  settings: AlertSettings,
  alert: Pick<AlertRow, 'id' | 'rule' | 'severity' | 'subjectId'>,
  kind: Exclude<NoticeKind, 'resolved'>,
): Promise<void> {
  const rule = settings.rules[kind === 'escalated' ? 'integration_down' : alert.rule];
  const channels = channelsFor(settings.channels, rule, alert.severity, alert.subjectId);
  await insertNotices(
    app,
    tx,
    settings,
    alert,
    kind,
    channels.map(({ id }) => id),
    settleMs,
  );
}

/** Tells the channels that an alert is over that were told, or are still to be told, that it began. */
export async function queueResolved(
  app: Pick<App, 'newId' | 'clock'>,
  tx: Tx,
  settings: AlertSettings,
  alert: Pick<AlertRow, 'id' | 'severity'>,
): Promise<void> {
  const told = await tx.query<{ channelId: string }>(
    `SELECT DISTINCT channel_id AS "channelId" FROM alert_notices
     WHERE organization_id = current_organization() AND alert_id = $1`,
    [alert.id],
  );
  const channelIds = told.map(({ channelId }) => channelId);
  await insertNotices(app, tx, settings, alert, 'resolved', channelIds, 0);
}

async function insertNotices(
  app: Pick<App, 'newId' | 'clock'>,
  tx: Tx,
  settings: AlertSettings,
  alert: { id: string; severity: AlertSeverity },
  kind: NoticeKind,
  channelIds: readonly string[],
  waitMs: number,
): Promise<void> {
  if (channelIds.length === 0) return;
  const now = app.clock();
  const dueAt = mayGoAt(settings.quiet, alert.severity, now + waitMs);
  await tx.query(
    `INSERT INTO alert_notices (id, organization_id, channel_id, alert_id, kind, created_at, due_at)
     SELECT id, current_organization(), channel_id, $3, $4, $5, $6 FROM unnest($1::uuid[], $2::uuid[]) n (id, channel_id)`,
    [channelIds.map(() => app.newId()), channelIds, alert.id, kind, new Date(now), new Date(dueAt)],
  );
}
