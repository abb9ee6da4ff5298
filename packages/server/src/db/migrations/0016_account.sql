-- A person's account: how a session began, second factors, passkeys, and what an organization asks of its people.
-- All but sign_in_policies belong to people, who are of no single organization; the tenant role sees none of it.

-- updated_at moves at most every five minutes of use: it is when a session was last seen.
ALTER TABLE sessions ADD COLUMN method text NOT NULL DEFAULT 'password'
  CHECK (method IN ('password', 'passkey', 'sso'));

-- pending_box waits for its first code; secret_box is in use. last_step is the newest time step (RFC 6238) whose code
-- was taken: no code of it, or of an earlier one, is taken again.
CREATE TABLE totp_factors (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  secret_box bytea,
  pending_box bytea,
  last_step bigint NOT NULL DEFAULT 0,
  confirmed_at timestamptz CHECK ((confirmed_at IS NULL) = (secret_box IS NULL)),
  created_at timestamptz NOT NULL
);

-- code_hash is the SHA-256 of 78 random bits. A used code stays until the next set is made.
CREATE TABLE recovery_codes (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
  used_at timestamptz,
  PRIMARY KEY (user_id, code_hash)
);

-- counter guards against copies where the authenticator counts; those that sync do not.
CREATE TABLE passkeys (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  credential_id text NOT NULL UNIQUE,
  public_key bytea NOT NULL,
  counter bigint NOT NULL,
  transports text[] NOT NULL,
  synced boolean NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz
);
CREATE INDEX passkeys_user_id ON passkeys (user_id);

-- What was begun and waits for its second half: the second step of a sign-in, or the answer to a passkey's challenge.
-- token_hash is the SHA-256 of what the browser holds meanwhile. Each is taken once.
CREATE TABLE sign_in_steps (
  id uuid PRIMARY KEY,
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  purpose text NOT NULL CHECK (purpose IN ('second_factor', 'passkey_sign_in', 'passkey_add', 'passkey_proof')),
  user_id uuid REFERENCES users (id) ON DELETE CASCADE,
  challenge text NOT NULL,
  expires_at timestamptz NOT NULL,
  CHECK ((user_id IS NULL) = (purpose = 'passkey_sign_in'))
);
CREATE INDEX sign_in_steps_user_id ON sign_in_steps (user_id);
CREATE INDEX sign_in_steps_expires_at ON sign_in_steps (expires_at);

CREATE TABLE sign_in_policies (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  second_factor text NOT NULL CHECK (second_factor IN ('nobody', 'administrators', 'everybody')),
  updated_at timestamptz NOT NULL
);
CALL protect_table('sign_in_policies', 'organization_id', 'SELECT, INSERT, UPDATE');
