-- Single sign-on by OpenID Connect: one identity provider an organization.

CREATE TABLE sso_connections (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  issuer text NOT NULL CHECK (length(issuer) BETWEEN 8 AND 500),
  client_id text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 500),
  secret_box bytea NOT NULL,
  -- The role of whoever comes for the first time without an invitation; null: nobody does.
  default_role text CHECK (default_role IN ('system_admin', 'utility_admin', 'viewer')),
  required boolean NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CALL protect_table('sso_connections', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- A domain leads to one organization, the first that named it.
CREATE TABLE sso_domains (
  domain text PRIMARY KEY CHECK (domain = lower(domain) AND length(domain) BETWEEN 3 AND 253),
  organization_id uuid NOT NULL REFERENCES sso_connections (organization_id) ON DELETE CASCADE
);
CREATE INDEX sso_domains_organization_id ON sso_domains (organization_id);
CALL protect_table('sso_domains', 'organization_id', 'SELECT, INSERT, DELETE');

-- Who somebody at the identity provider is here. Known by issuer and subject alone, never again by address.
CREATE TABLE sso_links (
  organization_id uuid NOT NULL REFERENCES sso_connections (organization_id) ON DELETE CASCADE,
  issuer text NOT NULL,
  subject text NOT NULL,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, issuer, subject)
);
CREATE INDEX sso_links_user_id ON sso_links (user_id);
CALL protect_table('sso_links', 'organization_id', 'SELECT');

-- A person on the way to the identity provider and back. state_hash and browser_hash are SHA-256. With a session, it is
-- to prove again who works in it.
CREATE TABLE sso_attempts (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES sso_connections (organization_id) ON DELETE CASCADE,
  state_hash bytea NOT NULL UNIQUE CHECK (octet_length(state_hash) = 32),
  browser_hash bytea NOT NULL CHECK (octet_length(browser_hash) = 32),
  nonce text NOT NULL,
  verifier_box bytea NOT NULL,
  session_id uuid REFERENCES sessions (id) ON DELETE CASCADE,
  return_path text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sso_attempts_organization_id ON sso_attempts (organization_id);
CREATE INDEX sso_attempts_session_id ON sso_attempts (session_id);
CREATE INDEX sso_attempts_expires_at ON sso_attempts (expires_at);
CALL protect_table('sso_attempts', 'organization_id', 'SELECT');

-- What an identity provider says about somebody counts in its organization only: such a session works in no other.
ALTER TABLE sessions ADD COLUMN sso_organization_id uuid REFERENCES organizations (id) ON DELETE CASCADE
  CHECK ((sso_organization_id IS NULL) = (method <> 'sso'));
CREATE INDEX sessions_sso_organization_id ON sessions (sso_organization_id);
