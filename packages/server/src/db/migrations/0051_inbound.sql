-- Addresses at which providers tell an organization of what happened, one a source. A deleted one stays for the sake of
-- what came in.
CREATE TABLE inbound_sources (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  -- The last part of its URL: 32 random letters and digits.
  address text NOT NULL UNIQUE,
  -- Slug of a provider, or `generic`.
  provider text NOT NULL,
  name text NOT NULL,
  integration_id uuid,
  enabled boolean NOT NULL DEFAULT true,
  -- Its own key; without one, the integration's is used.
  key_box bytea,
  previous_key_box bytea,
  previous_key_until timestamptz,
  -- How a generic one is signed.
  signature jsonb,
  -- Types of events that are not passed on.
  switched_off text[] NOT NULL DEFAULT '{}',
  -- Networks in CIDR form; none: from everywhere.
  networks text[] NOT NULL DEFAULT '{}',
  per_minute integer NOT NULL CHECK (per_minute > 0),
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  UNIQUE (organization_id, id),
  FOREIGN KEY (organization_id, integration_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX inbound_sources_of_organization ON inbound_sources (organization_id, id) WHERE deleted_at IS NULL;
CREATE INDEX inbound_sources_of_provider ON inbound_sources (provider, id) WHERE deleted_at IS NULL AND enabled;
CREATE UNIQUE INDEX inbound_sources_of_integration ON inbound_sources (organization_id, integration_id)
  WHERE integration_id IS NOT NULL AND deleted_at IS NULL;
CALL protect_table('inbound_sources', 'organization_id', 'SELECT, INSERT, UPDATE');

-- What was received and what was refused by hour, summed by each node in memory and written about once a second.
CREATE TABLE inbound_hours (
  source_id uuid NOT NULL,
  hour timestamptz NOT NULL,
  organization_id uuid NOT NULL,
  received integer NOT NULL DEFAULT 0,
  refused integer NOT NULL DEFAULT 0,
  PRIMARY KEY (source_id, hour),
  FOREIGN KEY (organization_id, source_id) REFERENCES inbound_sources (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
CREATE INDEX inbound_hours_old ON inbound_hours (hour);
CALL protect_table('inbound_hours', 'organization_id', 'SELECT');

-- The last refusal of each source. A refusal leaves no row of its own, so that nobody can fill the disk with them.
CREATE TABLE inbound_refusals (
  source_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  at timestamptz NOT NULL,
  reason text NOT NULL,
  address text NOT NULL,
  FOREIGN KEY (organization_id, source_id) REFERENCES inbound_sources (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL protect_table('inbound_refusals', 'organization_id', 'SELECT');

-- A webhook that came in, byte for byte, stored before it is answered. `due_at` is when it is processed next: the end of
-- the lease while somebody has it, infinity when it is done.
CREATE TABLE inbound_messages (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  source_id uuid NOT NULL,
  -- What recognizes a repetition: the provider's id, or `sha256:` and the digest of the body.
  replay_key text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'processed', 'ignored', 'unreadable', 'failed')),
  kind text,
  method text NOT NULL,
  -- Path and query, without what authenticates.
  target text NOT NULL,
  client_address text NOT NULL,
  -- Without those that authenticate.
  headers jsonb NOT NULL,
  body bytea NOT NULL,
  sha256 bytea NOT NULL,
  repeats integer NOT NULL DEFAULT 0,
  -- The first hundred as `{id, type}`.
  events jsonb NOT NULL DEFAULT '[]',
  event_count integer NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  error text,
  fence integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  processed_at timestamptz,
  UNIQUE (organization_id, id),
  FOREIGN KEY (organization_id, source_id) REFERENCES inbound_sources (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX inbound_messages_replay ON inbound_messages (source_id, replay_key);
CREATE INDEX inbound_messages_due ON inbound_messages (due_at) WHERE isfinite(due_at);
CREATE INDEX inbound_messages_of_organization ON inbound_messages (organization_id, id);
CREATE INDEX inbound_messages_of_source ON inbound_messages (source_id, id);
CREATE INDEX inbound_messages_passed_on ON inbound_messages (source_id, id) WHERE event_count > 0;
CREATE INDEX inbound_messages_set_aside ON inbound_messages (source_id, state, id)
  WHERE state IN ('failed', 'unreadable', 'ignored');
CALL protect_table('inbound_messages', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Addresses that get no more mail.
CREATE TABLE email_suppressions (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  -- In lower case.
  address text NOT NULL,
  id uuid NOT NULL,
  reason text NOT NULL CHECK (reason IN ('bounced', 'spam_reported', 'unsubscribed', 'manual')),
  detail text,
  provider text,
  created_at timestamptz NOT NULL,
  -- Null: a webhook said so.
  created_by text,
  PRIMARY KEY (organization_id, address)
);
CREATE INDEX email_suppressions_newest ON email_suppressions (organization_id, id);
CALL protect_table('email_suppressions', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- Without a row: kept for 30 days, suppressed addresses are refused.
CREATE TABLE inbound_settings (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  retention_days integer NOT NULL CHECK (retention_days BETWEEN 1 AND 365),
  suppress boolean NOT NULL,
  updated_at timestamptz NOT NULL
);
CALL protect_table('inbound_settings', 'organization_id', 'SELECT, INSERT, UPDATE');
