-- One organization's connection to a provider. What changes with every check and every call is apart
-- (integration_health, integration_usage), so that settings and locks of the row stay quiet.
CREATE TABLE integrations (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  -- Slug of a built-in provider or of a custom one of the organization.
  provider text NOT NULL,
  name text NOT NULL,
  auth_type text NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  settings jsonb NOT NULL DEFAULT '{}',
  limit_per_hour bigint CHECK (limit_per_hour > 0),
  limit_per_day bigint CHECK (limit_per_day > 0),
  on_limit text NOT NULL DEFAULT 'queue' CHECK (on_limit IN ('queue', 'refuse')),
  -- Null until it was connected for the first time, and again after its tokens were revoked.
  connected_at timestamptz,
  connected_by_id text,
  connected_by_name text,
  account text,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- A disconnected integration keeps its row for the history; its credentials are erased.
  deleted_at timestamptz,
  UNIQUE (organization_id, id)
);
CREATE INDEX integrations_of_organization ON integrations (organization_id, id) WHERE deleted_at IS NULL;
CALL protect_table('integrations', 'organization_id', 'SELECT, INSERT, UPDATE');

CREATE TABLE integration_health (
  integration_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  -- Null: it works.
  problem jsonb,
  -- Since when the status is what it is; a new problem of the same fault keeps it.
  since timestamptz NOT NULL,
  consecutive_failures integer NOT NULL DEFAULT 0,
  last_check_at timestamptz,
  last_ok_at timestamptz,
  report jsonb,
  -- When the next check is due; infinity while it is off or not connected.
  check_due_at timestamptz NOT NULL DEFAULT 'infinity',
  FOREIGN KEY (organization_id, integration_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
CREATE INDEX integration_health_due ON integration_health (check_due_at) WHERE isfinite(check_due_at);
CALL protect_table('integration_health', 'organization_id', 'SELECT, INSERT, UPDATE');

-- `current` is used; `next` waits until it passes its test (rotation without downtime).
CREATE TABLE integration_credentials (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('current', 'next')),
  -- Values that are not secret, and references `env:NAME` of any field.
  plain jsonb NOT NULL,
  -- The secret values as one JSON object.
  secret_box bytea NOT NULL,
  -- How each secret may be shown.
  previews jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  created_by_id text,
  created_by_name text NOT NULL,
  reminded_at timestamptz,
  -- What the last test of a waiting set found.
  report jsonb,
  UNIQUE (integration_id, state),
  FOREIGN KEY (organization_id, integration_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE
);
CALL protect_table('integration_credentials', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- What an OAuth provider gave. `version` rises with every change; whoever refreshes holds the lease (lease_owner) until
-- lease_until of the database's clock and writes only where the version is still the one that was read.
CREATE TABLE oauth_tokens (
  integration_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  access_box bytea,
  refresh_box bytea,
  scopes text[] NOT NULL DEFAULT '{}',
  -- Null: does not expire, or the provider does not say.
  expires_at timestamptz,
  refreshed_at timestamptz,
  -- Values of the token answer that calls need, such as the address of the account; none is secret.
  extra jsonb NOT NULL DEFAULT '{}',
  version bigint NOT NULL DEFAULT 1,
  lease_owner uuid,
  lease_until timestamptz,
  -- A refresh whose answer was lost may have ended the refresh token; it is tried once more and never in a loop.
  refresh_sent_version bigint,
  -- The provider no longer accepts what is stored.
  ended_at timestamptz,
  FOREIGN KEY (organization_id, integration_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_tokens_expiring ON oauth_tokens (expires_at) WHERE ended_at IS NULL AND expires_at IS NOT NULL;
CALL protect_table('oauth_tokens', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- One attempt to connect: from the address that was given out to its end. The state travels through the browser and is
-- stored hashed; it works once.
CREATE TABLE oauth_attempts (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  provider text NOT NULL,
  state_hash bytea NOT NULL UNIQUE,
  verifier_box bytea,
  redirect_uri text NOT NULL,
  scopes text[] NOT NULL,
  -- The browser that may come back: a person's session, or the cookie set when a program's link was opened.
  session_id uuid,
  browser_hash bytea,
  started_by_id text,
  started_by_name text NOT NULL,
  outcome text NOT NULL DEFAULT 'waiting' CHECK (outcome IN ('waiting', 'succeeded', 'denied', 'failed')),
  detail text,
  account text,
  missing_scopes text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  FOREIGN KEY (organization_id, integration_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_attempts_old ON oauth_attempts (expires_at);
CALL protect_table('oauth_attempts', 'organization_id', 'SELECT, INSERT, UPDATE');

-- The organization's own app at a provider: what is entered once for all its integrations there.
CREATE TABLE oauth_apps (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  provider text NOT NULL,
  plain jsonb NOT NULL,
  secret_box bytea NOT NULL,
  secret_keys text[] NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (organization_id, provider)
);
CALL protect_table('oauth_apps', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- Calls by hour, for the limits of an integration; counted in the statement that admits a call.
CREATE TABLE integration_usage (
  integration_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  hour timestamptz NOT NULL,
  calls bigint NOT NULL,
  PRIMARY KEY (integration_id, hour),
  FOREIGN KEY (organization_id, integration_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL protect_table('integration_usage', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Providers that an organization added without code, in the shape of a built-in one.
CREATE TABLE custom_providers (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  slug text NOT NULL,
  definition jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (organization_id, slug)
);
CALL protect_table('custom_providers', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- Providers that the organization's administrators do not see in the catalog.
CREATE TABLE hidden_providers (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  slug text NOT NULL,
  PRIMARY KEY (organization_id, slug)
);
CALL protect_table('hidden_providers', 'organization_id', 'SELECT, INSERT, DELETE');
