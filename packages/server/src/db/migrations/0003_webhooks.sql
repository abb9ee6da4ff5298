CREATE TABLE webhooks (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  name text NOT NULL,
  url text NOT NULL,
  description text,
  events text[] NOT NULL,
  enabled boolean NOT NULL,
  disabled_reason text CHECK (disabled_reason IN ('person', 'gone')),
  secret_box bytea,
  secret_preview text NOT NULL,
  previous_secret_box bytea,
  previous_secret_expires_at timestamptz,
  retry jsonb,
  -- Counts every change; a node whose cached copy has another version reads it again.
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- A deleted webhook keeps its name for the history; its secrets are erased.
  deleted_at timestamptz,
  UNIQUE (organization_id, id)
);
CREATE INDEX webhooks_subscribed ON webhooks (organization_id) WHERE enabled AND deleted_at IS NULL;
CALL protect_table('webhooks', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- Changes with every attempt, therefore apart from the webhook's own row.
CREATE TABLE webhook_health (
  webhook_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  last_attempt_at timestamptz,
  last_status integer,
  consecutive_failures integer NOT NULL DEFAULT 0,
  FOREIGN KEY (organization_id, webhook_id) REFERENCES webhooks (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL protect_table('webhook_health', 'organization_id', 'SELECT, INSERT');

CREATE TABLE webhook_hours (
  webhook_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  hour timestamptz NOT NULL,
  succeeded bigint NOT NULL,
  failed bigint NOT NULL,
  duration_ms bigint NOT NULL,
  PRIMARY KEY (webhook_id, hour),
  FOREIGN KEY (organization_id, webhook_id) REFERENCES webhooks (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL protect_table('webhook_hours', 'organization_id', 'SELECT');

CREATE TABLE retry_configs (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  retry_strategy text NOT NULL CHECK (retry_strategy IN ('exponential', 'linear', 'fixed')),
  max_retries integer NOT NULL CHECK (max_retries BETWEEN 1 AND 10),
  initial_delay_seconds integer NOT NULL CHECK (initial_delay_seconds > 0),
  max_delay_seconds integer NOT NULL CHECK (max_delay_seconds > 0),
  enable_jitter boolean NOT NULL,
  enable_dlq boolean NOT NULL,
  dlq_retention_days integer NOT NULL CHECK (dlq_retention_days > 0)
);
CALL protect_table('retry_configs', 'organization_id', 'SELECT, INSERT, UPDATE');

CREATE TABLE event_types (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  name text NOT NULL,
  "group" text NOT NULL,
  description text NOT NULL,
  schema jsonb NOT NULL,
  example jsonb NOT NULL,
  PRIMARY KEY (organization_id, name)
);
CALL protect_table('event_types', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- History: partitioned by time through the time-ordered ids, so that retention drops partitions, not rows.
-- Event and delivery ids are UUIDs of version 7; a partition's bounds are the first ids of its days.
CREATE TABLE events (
  id uuid NOT NULL,
  organization_id uuid NOT NULL,
  -- The caller's own id, when it gave one; it is then the public id and the message id.
  key text,
  type text NOT NULL,
  -- The exact text that is signed and sent, to every endpoint and on every replay.
  body text NOT NULL,
  -- A test goes to one endpoint and is never recovered.
  test boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX events_organization ON events (organization_id, id);
CREATE TABLE events_default PARTITION OF events DEFAULT;
CALL protect_table('events', 'organization_id', 'SELECT, INSERT');

-- Recognizes an event that was sent before (WH-9). Only events with a caller's id have a row.
CREATE TABLE event_keys (
  organization_id uuid NOT NULL,
  key text NOT NULL,
  event_id uuid NOT NULL,
  PRIMARY KEY (organization_id, key)
);
CALL protect_table('event_keys', 'organization_id', 'SELECT, INSERT');

-- The hot queue: a row is a delivery that is not finished. A lease is `due_at` pushed ahead with an owner;
-- `fence` grows with every claim, so that a late writer of an older lease changes nothing.
CREATE TABLE delivery_queue (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  webhook_id uuid NOT NULL,
  event_id uuid NOT NULL,
  trigger text NOT NULL,
  replay_of uuid,
  -- Attempts recorded so far, and how many of them belong to earlier rounds (before a dead-letter retry).
  attempts integer NOT NULL DEFAULT 0,
  attempts_before integer NOT NULL DEFAULT 0,
  -- Claims since the last recorded attempt: a delivery that keeps crashing its worker is dead-lettered.
  claims integer NOT NULL DEFAULT 0,
  fence integer NOT NULL DEFAULT 1,
  owner uuid,
  -- infinity: held until its webhook is switched on again.
  due_at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX delivery_queue_due ON delivery_queue (due_at);
CREATE INDEX delivery_queue_webhook ON delivery_queue (webhook_id, id DESC);
CALL protect_table('delivery_queue', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- One row an attempt, in the partition of its delivery's day. `state` is what became of the delivery.
CREATE TABLE attempts (
  delivery_id uuid NOT NULL,
  number integer NOT NULL,
  organization_id uuid NOT NULL,
  webhook_id uuid NOT NULL,
  event_id uuid NOT NULL,
  event_type text NOT NULL,
  trigger text NOT NULL,
  replay_of uuid,
  state text NOT NULL,
  started_at timestamptz NOT NULL,
  duration_ms real NOT NULL,
  response_status integer NOT NULL,
  error_code text,
  error_message text,
  url text NOT NULL,
  -- `webhook-signature` and the brand signature as they were sent, for the request view.
  signatures text NOT NULL,
  response_headers text,
  response_body text,
  response_truncated boolean NOT NULL DEFAULT false,
  PRIMARY KEY (delivery_id, number)
) PARTITION BY RANGE (delivery_id);
CREATE INDEX attempts_history ON attempts (webhook_id, delivery_id DESC, number DESC) WHERE state <> 'retrying';
CREATE INDEX attempts_unsuccessful ON attempts (webhook_id, delivery_id DESC, number DESC)
  WHERE state IN ('failed', 'dlq');
CREATE TABLE attempts_default PARTITION OF attempts DEFAULT;
CALL protect_table('attempts', 'organization_id', 'SELECT');

CREATE TABLE dead_letters (
  delivery_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  webhook_id uuid NOT NULL,
  event_id uuid NOT NULL,
  event_type text NOT NULL,
  trigger text NOT NULL,
  replay_of uuid,
  attempts integer NOT NULL,
  response_status integer NOT NULL,
  error_code text,
  error_message text,
  failed_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  retrying boolean NOT NULL DEFAULT false
);
CREATE INDEX dead_letters_list ON dead_letters (organization_id, failed_at DESC, delivery_id DESC);
CREATE INDEX dead_letters_webhook ON dead_letters (webhook_id, delivery_id DESC);
CREATE INDEX dead_letters_expiry ON dead_letters (expires_at);
CALL protect_table('dead_letters', 'organization_id', 'SELECT, UPDATE, DELETE');
