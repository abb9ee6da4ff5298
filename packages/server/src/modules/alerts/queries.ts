import type { AlertRuleKey, AlertSeverity } from '@trunkline/contract/alert-rules';
import type { Alert, AlertState, AlertTimelineEntry } from '@trunkline/contract/alerts';
import type { z } from 'zod';
import type { AlertCounts } from '@trunkline/contract/alerts';
import type { Fault } from '@trunkline/contract/faults';
import type { App, Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';
import { actionsFor } from './rules.ts';

/** An alert as it is stored. */
export interface AlertRow {
  id: string;
  rule: AlertRuleKey;
  severity: AlertSeverity;
  subjectType: Alert['subject']['type'];
  subjectId: string;
  subjectName: string;
  group: string;
  title: string;
  cause: string;
  impact: string;
  fault: Fault | null;
  state: AlertState;
  startedAt: Date;
  openedAt: Date;
  lastSeenAt: Date;
  count: number;
  escalatedAt: Date | null;
  acknowledgedAt: Date | null;
  acknowledgedBy: string | null;
  snoozedUntil: Date | null;
  resolvedAt: Date | null;
  resolvedBy: string | null;
}

export const alertColumns = `a.id, a.rule, a.severity, a.subject_type AS "subjectType", a.subject_id AS "subjectId",
  a.subject_name AS "subjectName", a.group_key AS "group", a.title, a.cause, a.impact, a.fault, a.state,
  a.started_at AS "startedAt", a.opened_at AS "openedAt", a.last_seen_at AS "lastSeenAt", a.count,
  a.escalated_at AS "escalatedAt", a.acknowledged_at AS "acknowledgedAt", a.acknowledged_by AS "acknowledgedBy",
  a.snoozed_until AS "snoozedUntil", a.resolved_at AS "resolvedAt", a.resolved_by AS "resolvedBy"`;

type ShownRow = AlertRow & { byConsent: boolean | null };

/** The worst first, what is over last; then by the time of the latest change. */
const rank = `CASE WHEN a.state = 'resolved' THEN 3
  ELSE array_position(ARRAY['critical', 'warning', 'info'], a.severity) - 1 END`;
const at = 'coalesce(a.resolved_at, a.opened_at)';

const shown = `SELECT ${alertColumns}, i.auth_type = 'oauth2' AS "byConsent", ${rank} AS rank, ${at} AS at
  FROM alerts a LEFT JOIN integrations i
    ON i.organization_id = a.organization_id AND i.id = a.subject_id
  WHERE a.organization_id = current_organization()`;

export interface AlertFilter {
  state?: AlertState | undefined;
  severity?: AlertSeverity | undefined;
  subjectId?: string | undefined;
  withoutSnoozed: boolean;
}

/** Where a page ended. */
export interface AlertPosition {
  rank: number;
  at: Date;
  id: string;
}

export async function listAlertRows(
  tx: Tx,
  filter: AlertFilter,
  after: AlertPosition | undefined,
  limit: number,
  now: number,
): Promise<(ShownRow & { rank: number; at: Date })[]> {
  return tx.query(
    `SELECT * FROM (${shown}
       AND ($1::text IS NULL OR a.state = $1) AND ($2::text IS NULL OR a.severity = $2)
       AND ($3::uuid IS NULL OR a.subject_id = $3)
       AND NOT ($4 AND coalesce(a.snoozed_until > $5, false))) p
     WHERE $6::int IS NULL OR rank > $6 OR rank = $6 AND (at, id) < ($7::timestamptz, $8::uuid)
     ORDER BY rank, at DESC, id DESC LIMIT $9`,
    [
      filter.state ?? null,
      filter.severity ?? null,
      filter.subjectId ?? null,
      filter.withoutSnoozed,
      new Date(now),
      after?.rank ?? null,
      after?.at ?? null,
      after?.id ?? null,
      limit,
    ],
  );
}

export async function countAlerts(tx: Tx, now: number): Promise<z.infer<typeof AlertCounts>> {
  const [counts] = await tx.query<z.infer<typeof AlertCounts>>(
    `SELECT count(*) FILTER (WHERE state = 'open')::int AS open,
       count(*) FILTER (WHERE state = 'acknowledged')::int AS acknowledged,
       count(*) FILTER (WHERE state = 'resolved')::int AS resolved,
       count(*) FILTER (WHERE state = 'open' AND snoozed_until > $1)::int AS snoozed,
       count(*) FILTER (WHERE state = 'open' AND severity = 'critical' AND NOT coalesce(snoozed_until > $1, false))::int
         AS critical
     FROM alerts WHERE organization_id = current_organization()`,
    [new Date(now)],
  );
  return counts!;
}

/** @throws AppError `not_found` */
export async function readAlert(tx: Tx, id: string, now: number): Promise<Alert> {
  const [row] = await tx.query<ShownRow>(`${shown} AND a.id = $1`, [id]);
  if (!row) throw notFound('alert');
  return presentAlert(row, now);
}

/** An alert as the API shows it; a snooze that is over is none. */
export function presentAlert(row: ShownRow, now: number): Alert {
  const subject = { type: row.subjectType, id: row.subjectId, name: row.subjectName };
  const { snoozedUntil } = row;
  return {
    id: row.id,
    rule: row.rule,
    severity: row.severity,
    subject,
    title: row.title,
    cause: row.cause,
    impact: row.impact,
    startedAt: row.startedAt.toISOString(),
    count: row.count,
    lastSeenAt: row.lastSeenAt.toISOString(),
    state: row.state,
    escalatedAt: row.escalatedAt?.toISOString() ?? null,
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    acknowledgedBy: row.acknowledgedBy,
    snoozedUntil: snoozedUntil !== null && snoozedUntil.getTime() > now ? snoozedUntil.toISOString() : null,
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    resolvedBy: row.resolvedBy,
    group: row.group,
    actions: actionsFor(row.rule, subject, row.fault, row.byConsent ?? false),
  };
}

/** What happened to an alert, and who was told of it when. */
export async function readTimeline(tx: Tx, id: string): Promise<AlertTimelineEntry[]> {
  const rows = await tx.query<Omit<AlertTimelineEntry, 'at'> & { at: Date }>(
    `SELECT * FROM (
       SELECT id, at, kind, text, actor AS by FROM alert_timeline
       WHERE organization_id = current_organization() AND alert_id = $1
       UNION ALL
       SELECT DISTINCT ON (m.id) m.id, m.sent_at, 'told', 'Sent to ' || m.channel_name || CASE
         WHEN cardinality(m.recipients) > 0 THEN ' (' || array_to_string(m.recipients, ', ') || ')' ELSE '' END, NULL
       FROM alert_notices n JOIN alert_notifications m ON m.id = n.notification_id
       WHERE n.organization_id = current_organization() AND n.alert_id = $1 AND m.state = 'sent'
       ORDER BY 2 DESC, 1 DESC LIMIT 200) t ORDER BY at, id`,
    [id],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** The alerts of these ids, locked in their order. @throws AppError `not_found` when one is not there */
export async function lockAlerts(tx: Tx, ids: readonly string[]): Promise<AlertRow[]> {
  const wanted = [...new Set(ids)];
  const rows = await tx.query<AlertRow>(
    `SELECT ${alertColumns} FROM alerts a WHERE a.organization_id = current_organization() AND a.id = ANY ($1)
     ORDER BY a.id FOR UPDATE`,
    [wanted],
  );
  if (rows.length < wanted.length) throw notFound('alert');
  return rows;
}

/** One line of what happened to an alert. An event that has left one before leaves no second. */
export async function addToTimeline(
  app: Pick<App, 'newId' | 'clock'>,
  tx: Tx,
  entry: {
    alertId: string;
    kind: Exclude<AlertTimelineEntry['kind'], 'told'>;
    text: string;
    by?: string | null;
    eventId?: string | null;
  },
): Promise<boolean> {
  const { alertId, kind, text, by = null, eventId = null } = entry;
  const rows = await tx.query(
    `INSERT INTO alert_timeline (id, organization_id, alert_id, at, kind, text, actor, event_id)
     VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7) ON CONFLICT (alert_id, event_id) DO NOTHING
     RETURNING id`,
    [app.newId(), alertId, new Date(app.clock()), kind, text, by, eventId],
  );
  return rows.length > 0;
}
