import { snoozeAlert as operation } from '@trunkline/contract/alerts';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { personOf } from '../integrations/person.ts';
import { addToTimeline, lockAlerts } from './queries.ts';

/**
 * Tells nobody of these alerts for a while, or of anything about their subjects. What waits to be told of them is
 * dropped; what is still open when the time is over is told again. @throws AppError `not_found`
 */
export const snoozeAlert: Verb<typeof operation> = async (ctx, { ids, minutes, scope }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const by = personOf(ctx).name;
  const until = minutes === 0 ? null : new Date(app.clock() + minutes * 60_000);
  return inOrganization(ctx, async (tx) => {
    const named = await lockAlerts(tx, ids);
    const subjects = [...new Set(named.map(({ subjectId }) => subjectId))];
    if (scope === 'subject' && until !== null) {
      await tx.query(
        `INSERT INTO alert_snoozes (organization_id, subject_id, until)
         SELECT current_organization(), s, $2 FROM unnest($1::uuid[]) s
         ON CONFLICT (organization_id, subject_id) DO UPDATE SET until = excluded.until`,
        [subjects, until],
      );
    }
    if (until === null) {
      await tx.query(
        'DELETE FROM alert_snoozes WHERE organization_id = current_organization() AND subject_id = ANY ($1)',
        [subjects],
      );
    }
    const others =
      scope === 'subject'
        ? await tx.query<{ id: string }>(
            `SELECT id FROM alerts WHERE organization_id = current_organization() AND subject_id = ANY ($1)
               AND state <> 'resolved'`,
            [subjects],
          )
        : [];
    const all = await lockAlerts(
      tx,
      [...named, ...others].map(({ id }) => id),
    );
    const alerts = all.filter(({ state }) => state !== 'resolved');
    for (const alert of alerts) {
      await tx.query(
        'UPDATE alerts SET snoozed_until = $2 WHERE organization_id = current_organization() AND id = $1',
        [alert.id, until],
      );
      const text = until === null ? 'The snooze was ended.' : `Snoozed for ${wordsFor(minutes)}.`;
      await addToTimeline(app, tx, { alertId: alert.id, kind: 'snoozed', text, by });
      await recordAudit(ctx, tx, {
        action: 'alert.snoozed',
        target: { type: 'alert', id: alert.id, name: alert.title },
        changes: {
          snoozedUntil: {
            before: alert.snoozedUntil?.toISOString() ?? null,
            after: until?.toISOString() ?? null,
          },
        },
      });
    }
    if (until !== null) {
      await tx.query(
        `DELETE FROM alert_notices WHERE organization_id = current_organization() AND alert_id = ANY ($1)
           AND notification_id IS NULL`,
        [alerts.map(({ id }) => id)],
      );
    }
    if (alerts.length > 0)
      tx.announce(
        'alerts',
        alerts.slice(0, 50).map(({ id }) => id),
      );
    return { changed: alerts.length };
  });
};

function wordsFor(minutes: number): string {
  if (minutes % 1_440 === 0) return minutes === 1_440 ? 'a day' : `${minutes / 1_440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? 'an hour' : `${minutes / 60} hours`;
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}
