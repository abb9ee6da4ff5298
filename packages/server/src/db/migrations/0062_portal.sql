-- Which pages may show an organization's portal in a frame; none: it is switched off.
CREATE TABLE portal_settings (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  origins text[] NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL
);
CALL protect_table('portal_settings', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Tokens with which products open the portal for their users, and the session that each was exchanged for. Both only as
-- SHA-256.
CREATE TABLE portal_tokens (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  token_hash bytea NOT NULL UNIQUE,
  session_hash bytea UNIQUE,
  -- Whom it is for, as the product names them.
  subject text,
  parts text[] NOT NULL CHECK (parts <@ '{webhooks,integrations}' AND cardinality(parts) > 0),
  role text NOT NULL CHECK (role IN ('system_admin', 'utility_admin', 'viewer')),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  exchange_by timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  exchanged_at timestamptz,
  -- The page around the frame in which it was exchanged.
  origin text,
  revoked_at timestamptz,
  revoked_by text,
  UNIQUE (organization_id, id),
  CHECK ((session_hash IS NULL) = (exchanged_at IS NULL))
);
CREATE INDEX portal_tokens_open ON portal_tokens (organization_id, expires_at) WHERE revoked_at IS NULL;
CREATE INDEX portal_tokens_old ON portal_tokens (expires_at);
CALL protect_table('portal_tokens', 'organization_id', 'SELECT, INSERT, UPDATE');

-- An attempt to connect that was begun in a portal is finished in its name.
ALTER TABLE oauth_attempts ADD COLUMN portal_token_id uuid;

-- What is done in a portal is recorded as its own kind. The rows that are there already fit, and are looked at by the next
-- migration, which keeps nobody waiting.
ALTER TABLE audit_log DROP CONSTRAINT audit_log_actor_type_check;
ALTER TABLE audit_log ADD CONSTRAINT audit_log_actor_type_check
  CHECK (actor_type IN ('user', 'api_key', 'portal', 'system')) NOT VALID;
