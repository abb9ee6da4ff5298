-- What needs a person's attention (HEALTH-4), who is told of it (HEALTH-5), and what they tell each other (UC 9.3).

-- A rule without a row is as it comes (contract, alert-rules.ts).
CREATE TABLE alert_rules (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  rule text NOT NULL,
  enabled boolean NOT NULL,
  severity text NOT NULL CHECK (severity IN ('critical', 'warning', 'info')),
  threshold integer,
  -- Null: every channel that takes alerts of this severity.
  channels uuid[],
  PRIMARY KEY (organization_id, rule)
);
CALL protect_table('alert_rules', 'organization_id', 'SELECT, INSERT, UPDATE');

CREATE TABLE alert_channels (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('email', 'slack', 'slack_webhook', 'webhook')),
  target jsonb NOT NULL,
  -- The signing secret of a webhook, the address of a Slack webhook.
  secret_box bytea,
  enabled boolean NOT NULL,
  severities text[] NOT NULL,
  -- What became of the last message, and how many tries have failed since one arrived.
  last_at timestamptz,
  last_ok boolean,
  last_detail text,
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (organization_id, id)
);
CALL protect_table('alert_channels', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE quiet_hours (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  settings jsonb NOT NULL
);
CALL protect_table('quiet_hours', 'organization_id', 'SELECT, INSERT, UPDATE');

CREATE TABLE alerts (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  rule text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('critical', 'warning', 'info')),
  subject_type text NOT NULL,
  subject_id uuid NOT NULL,
  subject_name text NOT NULL,
  group_key text NOT NULL,
  title text NOT NULL,
  cause text NOT NULL,
  impact text NOT NULL,
  -- Decides which acts help.
  fault text,
  state text NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved')),
  started_at timestamptz NOT NULL,
  -- Tells one occurrence of the fact from the next, so that what a person has closed stays closed.
  occurrence timestamptz NOT NULL,
  opened_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  count integer NOT NULL DEFAULT 1,
  escalated_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  snoozed_until timestamptz,
  resolved_at timestamptz,
  -- Null: the fact itself was over.
  resolved_by text,
  UNIQUE (organization_id, id)
);
-- One matter, one alert.
CREATE UNIQUE INDEX alerts_one_open ON alerts (organization_id, rule, subject_id) WHERE state <> 'resolved';
CREATE INDEX alerts_list ON alerts (organization_id, state, last_seen_at DESC);
CREATE INDEX alerts_of_subject ON alerts (organization_id, subject_id, rule, resolved_at DESC);
CREATE INDEX alerts_old ON alerts (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX alerts_snoozed ON alerts (snoozed_until) WHERE state = 'open' AND snoozed_until IS NOT NULL;
CALL protect_table('alerts', 'organization_id', 'SELECT, INSERT, UPDATE');

CREATE TABLE alert_timeline (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  alert_id uuid NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  text text NOT NULL,
  actor text,
  -- The product's own event that it follows from: what one event has done is done once.
  event_id uuid,
  UNIQUE (alert_id, event_id),
  FOREIGN KEY (organization_id, alert_id) REFERENCES alerts (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX alert_timeline_of_alert ON alert_timeline (alert_id, id);
CALL protect_table('alert_timeline', 'organization_id', 'SELECT, INSERT');

-- Nobody is told of a snoozed subject until then, whatever alert is about it.
CREATE TABLE alert_snoozes (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  subject_id uuid NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (organization_id, subject_id)
);
CALL protect_table('alert_snoozes', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- A message to one channel. Sent by whoever pushes due_at ahead; the id is the message's own on every try.
CREATE TABLE alert_notifications (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  channel_id uuid NOT NULL,
  channel_name text NOT NULL,
  channel_kind text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
  title text NOT NULL,
  content jsonb NOT NULL,
  alerts integer NOT NULL,
  recipients text[] NOT NULL DEFAULT '{}',
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  detail text,
  UNIQUE (organization_id, id)
);
CREATE INDEX alert_notifications_due ON alert_notifications (due_at) WHERE state = 'waiting';
CREATE INDEX alert_notifications_list ON alert_notifications (organization_id, id DESC);
CREATE INDEX alert_notifications_of_channel ON alert_notifications (channel_id, created_at DESC);
CALL protect_table('alert_notifications', 'organization_id', 'SELECT, INSERT, UPDATE');

-- What a channel has still to be told; all that is due goes into its next message.
CREATE TABLE alert_notices (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  alert_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('opened', 'escalated', 'reminder', 'resolved')),
  created_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  notification_id uuid,
  FOREIGN KEY (organization_id, channel_id) REFERENCES alert_channels (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, alert_id) REFERENCES alerts (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, notification_id) REFERENCES alert_notifications (organization_id, id)
    ON DELETE CASCADE
);
CREATE INDEX alert_notices_due ON alert_notices (channel_id, due_at) WHERE notification_id IS NULL;
CREATE INDEX alert_notices_of_alert ON alert_notices (alert_id);
CREATE INDEX alert_notices_of_notification ON alert_notices (notification_id) WHERE notification_id IS NOT NULL;
CALL protect_table('alert_notices', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE status_updates (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  text text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('critical', 'warning', 'info')),
  integrations jsonb NOT NULL,
  resolved boolean NOT NULL,
  posted_at timestamptz NOT NULL,
  posted_by text NOT NULL,
  closed_at timestamptz,
  closed_by text
);
CREATE INDEX status_updates_list ON status_updates (organization_id, id DESC);
CALL protect_table('status_updates', 'organization_id', 'SELECT, INSERT, UPDATE');
