import { defaultQuietHours } from '@trunkline/contract/alert-settings';
import { channelPlace } from '../modules/alerts/channel-queries.ts';
import type { TestApp } from './test-app.ts';

/** Makes rows about alerts directly in the database; every text in them holds `marker`. */
export interface AlertSamples {
  /** An open alert about an integration that is not there. */
  alert(): Promise<string>;
  /** A webhook that nobody listens at. */
  alertChannel(): Promise<string>;
  /** A message that was sent about an alert. */
  alertNotice(): Promise<void>;
  /** A changed rule, quiet hours and a snoozed subject. */
  alertSettings(): Promise<void>;
  statusUpdate(): Promise<string>;
}

export function createAlertSamples(
  { app, database: { pool } }: Pick<TestApp, 'app' | 'database'>,
  organizationId: string,
  marker: string,
): AlertSamples {
  const samples: AlertSamples = {
    async alert() {
      const id = app.newId();
      await pool.query(
        `INSERT INTO alerts (id, organization_id, rule, severity, subject_type, subject_id, subject_name, group_key,
           title, cause, impact, state, started_at, occurrence, opened_at, last_seen_at)
         VALUES ($1, $2, 'integration_failing', 'critical', 'integration', $3, $4, $4, $4, $4, $4, 'open', now(), now(),
           now(), now())`,
        [id, organizationId, app.newId(), `Alert ${marker}`],
      );
      await pool.query(
        `INSERT INTO alert_timeline (id, organization_id, alert_id, at, kind, text)
         VALUES ($1, $2, $3, now(), 'opened', $4)`,
        [app.newId(), organizationId, id, `Opened ${marker}`],
      );
      return id;
    },

    async alertChannel() {
      const id = app.newId();
      await pool.query(
        `INSERT INTO alert_channels (id, organization_id, name, kind, target, secret_box, enabled, severities, created_at,
           updated_at)
         VALUES ($1, $2, $3, 'webhook', $4, $5, true, '{critical}', now(), now())`,
        [
          id,
          organizationId,
          `Channel ${marker}`,
          JSON.stringify({ kind: 'webhook', url: `http://127.0.0.1:9/${marker}` }),
          app.secretBox.seal(
            `whsec_${Buffer.from(marker.padEnd(32)).toString('base64')}`,
            channelPlace(organizationId, id),
          ),
        ],
      );
      return id;
    },

    async alertNotice() {
      const [alertId, channelId, notificationId] = [
        await samples.alert(),
        await samples.alertChannel(),
        app.newId(),
      ];
      await pool.query(
        `INSERT INTO alert_notifications (id, organization_id, channel_id, channel_name, channel_kind, state, title,
           content, alerts, due_at, created_at, sent_at)
         VALUES ($1, $2, $3, $4, 'webhook', 'sent', $4, '{}', 1, now(), now(), now())`,
        [notificationId, organizationId, channelId, `Message ${marker}`],
      );
      await pool.query(
        `INSERT INTO alert_notices (id, organization_id, channel_id, alert_id, kind, created_at, due_at, notification_id)
         VALUES ($1, $2, $3, $4, 'opened', now(), now(), $5)`,
        [app.newId(), organizationId, channelId, alertId, notificationId],
      );
    },

    async alertSettings() {
      await pool.query(
        `INSERT INTO alert_rules (organization_id, rule, enabled, severity, threshold)
         VALUES ($1, 'token_expiring', true, 'info', 14)`,
        [organizationId],
      );
      await pool.query('INSERT INTO quiet_hours (organization_id, settings) VALUES ($1, $2)', [
        organizationId,
        JSON.stringify(defaultQuietHours),
      ]);
      await pool.query(
        `INSERT INTO alert_snoozes (organization_id, subject_id, until) VALUES ($1, $2, now() + interval '1 hour')`,
        [organizationId, app.newId()],
      );
    },

    async statusUpdate() {
      const id = app.newId();
      await pool.query(
        `INSERT INTO status_updates (id, organization_id, text, severity, integrations, resolved, posted_at, posted_by)
         VALUES ($1, $2, $3, 'warning', '[]', false, now(), $3)`,
        [id, organizationId, `Update ${marker}`],
      );
      return id;
    },
  };
  return samples;
}
