import type { App, Tx } from '../../ctx.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Fact } from './facts.ts';
import { queueNotices, queueResolved } from './notices.ts';
import { addToTimeline, alertColumns } from './queries.ts';
import type { AlertRow } from './queries.ts';
import { groupOf, sameAgainMs, worse } from './rules.ts';
import type { AlertSettings } from './settings.ts';
import { downTitle, wordsOf } from './words.ts';

/** What an alert follows from, beside the fact itself. */
export interface Cause {
  id: string;
  occurredAt: Date;
}

/**
 * Opens the alert of a fact, or opens it again when it has just been resolved. Nothing when a person has closed it for
 * this occurrence, or when another node was faster.
 *
 * @returns whether it is open now because of this
 */
export async function openAlert(
  app: App,
  tx: Tx,
  settings: AlertSettings,
  fact: Fact,
  provider: Provider | undefined,
  event: Cause | null,
): Promise<boolean> {
  const now = new Date(app.clock());
  const [last] = await tx.query<AlertRow & { occurrence: Date }>(
    `SELECT ${alertColumns}, a.occurrence FROM alerts a WHERE a.organization_id = current_organization()
       AND a.subject_id = $1 AND a.rule = $2 AND a.state = 'resolved' ORDER BY a.resolved_at DESC LIMIT 1 FOR UPDATE`,
    [fact.subjectId, fact.rule],
  );
  if (last?.resolvedBy && last.occurrence >= fact.occurrence) return false;
  const rule = settings.rules[fact.rule];
  const words = wordsOf(fact, provider);
  const snoozedUntil = await snoozeOf(tx, fact.subjectId, now);
  const values = [
    words.title,
    words.cause,
    words.impact,
    fact.data.problem?.fault ?? null,
    rule.severity,
    now,
    snoozedUntil,
  ];
  const again = last && last.resolvedBy === null && now.getTime() - last.resolvedAt!.getTime() < sameAgainMs;
  const [alert] = again
    ? await tx.query<AlertRow>(
        `UPDATE alerts a SET state = 'open', title = $2, cause = $3, impact = $4, fault = $5, severity = $6,
           last_seen_at = $7, snoozed_until = $8, count = count + 1, resolved_at = NULL, escalated_at = NULL,
           acknowledged_at = NULL, acknowledged_by = NULL, occurrence = $9, started_at = $10
         WHERE a.id = $1 AND NOT EXISTS (SELECT FROM alerts o WHERE o.organization_id = current_organization()
           AND o.rule = a.rule AND o.subject_id = a.subject_id AND o.state <> 'resolved')
         RETURNING ${alertColumns}`,
        [last.id, ...values, fact.occurrence, fact.startedAt],
      )
    : await tx.query<AlertRow>(
        `INSERT INTO alerts AS a (id, organization_id, rule, severity, subject_type, subject_id, subject_name, group_key,
           title, cause, impact, fault, state, started_at, occurrence, opened_at, last_seen_at, snoozed_until)
         VALUES ($1, current_organization(), $9, $6, $10, $11, $12, $13, $2, $3, $4, $5, 'open', $14, $15, $7, $7, $8)
         ON CONFLICT (organization_id, rule, subject_id) WHERE state <> 'resolved' DO NOTHING
         RETURNING ${alertColumns}`,
        [
          app.newId(),
          ...values,
          fact.rule,
          fact.subjectType,
          fact.subjectId,
          fact.subjectName,
          groupOf(fact.rule, fact.topic),
          fact.startedAt,
          fact.occurrence,
        ],
      );
  if (!alert) return false;
  await addToTimeline(app, tx, {
    alertId: alert.id,
    kind: again ? 'reopened' : 'opened',
    text: words.cause,
    eventId: event?.id ?? null,
  });
  if (snoozedUntil === null) await queueNotices(app, tx, settings, alert, 'opened');
  await recordOwnEvent(app, tx, 'alert.opened', told(alert));
  tx.announce('alerts', [alert.id]);
  return true;
}

/** What was so already was found once more by an event; counted unless the alert is younger than the event. */
export async function seeAgain(
  app: App,
  tx: Tx,
  alert: AlertRow,
  fact: Fact,
  provider: Provider | undefined,
  event: Cause,
): Promise<void> {
  if (event.occurredAt <= alert.openedAt || event.occurredAt <= alert.lastSeenAt) return;
  const words = wordsOf(fact, provider);
  const { id: alertId } = alert;
  if (!(await addToTimeline(app, tx, { alertId, kind: 'again', text: words.cause, eventId: event.id })))
    return;
  await tx.query(
    `UPDATE alerts SET count = count + 1, last_seen_at = $2, cause = $3, fault = $4
     WHERE organization_id = current_organization() AND id = $1`,
    [alertId, event.occurredAt, words.cause, fact.data.problem?.fault ?? null],
  );
  tx.announce('alerts', [alertId]);
}

/** Closes an alert; `by` is the person who does it, null when its fact is over. Tells those who were told of it. */
export async function closeAlert(
  app: App,
  tx: Tx,
  settings: AlertSettings,
  alert: AlertRow,
  by: string | null,
  eventId: string | null = null,
): Promise<void> {
  const now = new Date(app.clock());
  await tx.query(
    `UPDATE alerts SET state = 'resolved', resolved_at = $2, resolved_by = $3, snoozed_until = NULL
     WHERE organization_id = current_organization() AND id = $1`,
    [alert.id, now, by],
  );
  const text = by === null ? 'It is over.' : 'Closed by hand.';
  await addToTimeline(app, tx, { alertId: alert.id, kind: 'resolved', text, by, eventId });
  await queueResolved(app, tx, settings, alert);
  await recordOwnEvent(app, tx, 'alert.resolved', {
    ...told(alert),
    automatic: by === null,
    resolvedAt: now.toISOString(),
  });
  tx.announce('alerts', [alert.id]);
}

/** Raises the alert of an integration that has not worked for as long as the rule `integration_down` says. */
export async function escalateAlert(
  app: App,
  tx: Tx,
  settings: AlertSettings,
  alert: AlertRow,
): Promise<void> {
  const now = new Date(app.clock());
  const minutes = Math.floor((now.getTime() - alert.startedAt.getTime()) / 60_000);
  const severity = worse(alert.severity, settings.rules.integration_down.severity);
  const title = downTitle(alert.subjectName, minutes);
  await tx.query(
    `UPDATE alerts SET severity = $2, title = $3, escalated_at = $4
     WHERE organization_id = current_organization() AND id = $1`,
    [alert.id, severity, title, now],
  );
  await addToTimeline(app, tx, { alertId: alert.id, kind: 'escalated', text: `${title}.` });
  // Somebody who said that they look after it is not told again.
  const quiet = alert.state !== 'open' || (alert.snoozedUntil !== null && alert.snoozedUntil > now);
  if (!quiet) await queueNotices(app, tx, settings, { ...alert, severity }, 'escalated');
  tx.announce('alerts', [alert.id]);
}

async function snoozeOf(tx: Tx, subjectId: string, now: Date): Promise<Date | null> {
  const [snooze] = await tx.query<{ until: Date }>(
    `SELECT until FROM alert_snoozes WHERE organization_id = current_organization() AND subject_id = $1 AND until > $2`,
    [subjectId, now],
  );
  return snooze?.until ?? null;
}

/** An alert as events name it. */
function told(alert: AlertRow): Record<string, unknown> {
  return {
    alertId: alert.id,
    severity: alert.severity,
    title: alert.title,
    impact: alert.impact,
    subjects: [alert.subjectName],
    openedAt: alert.openedAt.toISOString(),
  };
}
