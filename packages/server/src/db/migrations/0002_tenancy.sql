-- The second wall between organizations (requirements ACC-5). The process connects as the owner of the tables;
-- every statement on behalf of an organization runs, inside its transaction, as the role trunkline_tenant with
-- trunkline.organization_id set. That role owns nothing, so row-level security always binds it.

DO $$
BEGIN
  CREATE ROLE trunkline_tenant NOLOGIN NOBYPASSRLS;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

DO $$
BEGIN
  IF NOT pg_has_role(current_user, 'trunkline_tenant', 'MEMBER') THEN
    EXECUTE format('GRANT trunkline_tenant TO %I', current_user);
  END IF;
END
$$;

-- NULL outside of a tenant transaction: after SET LOCAL the setting is '' and not NULL.
CREATE FUNCTION current_organization() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('trunkline.organization_id', true), '')::uuid;

-- Puts a table behind the wall: the owner sees all rows, the tenant role only its organization's.
CREATE PROCEDURE protect_table(name regclass, tenant_column text, privileges text)
  LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
  EXECUTE format('CREATE POLICY owner_all ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', name);
  EXECUTE format(
    'CREATE POLICY tenant ON %s TO trunkline_tenant USING (%I = current_organization()) WITH CHECK (%I = current_organization())',
    name, tenant_column, tenant_column);
  EXECUTE format('GRANT %s ON %s TO trunkline_tenant', privileges, name);
END
$$;

CALL protect_table('organizations', 'id', 'SELECT');
CALL protect_table('members', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');
CALL protect_table('invitations', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- People belong to no organization of their own; a tenant sees those who are its members.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON users TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY tenant ON users TO trunkline_tenant
  USING (EXISTS (SELECT FROM members m WHERE m.user_id = users.id AND m.organization_id = current_organization()));
GRANT SELECT (id, name, email) ON users TO trunkline_tenant;

CREATE TABLE audit_heads (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  sequence bigint NOT NULL,
  hash bytea NOT NULL
);
CALL protect_table('audit_heads', 'organization_id', 'SELECT, INSERT, UPDATE');

CREATE TABLE audit_log (
  organization_id uuid NOT NULL,
  sequence bigint NOT NULL,
  id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  action text NOT NULL,
  actor_type text NOT NULL CHECK (actor_type IN ('user', 'api_key', 'system')),
  actor_id text,
  actor_name text NOT NULL,
  target_type text NOT NULL,
  target_id text,
  target_name text,
  ip text,
  user_agent text,
  request_id text,
  changes jsonb NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (organization_id, sequence)
);
CREATE INDEX audit_log_target ON audit_log (organization_id, target_id, sequence DESC);
CREATE INDEX audit_log_actor ON audit_log (organization_id, actor_id, sequence DESC);
CALL protect_table('audit_log', 'organization_id', 'SELECT, INSERT');

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log takes new records only';
END
$$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  token_hash bytea NOT NULL UNIQUE,
  token_box bytea NOT NULL,
  preview text NOT NULL,
  created_by text,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  -- NULL: the active key. Set: a replaced key, until its grace period ends.
  expires_at timestamptz,
  UNIQUE (organization_id, id)
);
CREATE UNIQUE INDEX api_keys_one_active ON api_keys (organization_id) WHERE expires_at IS NULL;
CALL protect_table('api_keys', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- A replayed POST with the same Idempotency-Key gets the stored answer (24 h).
CREATE TABLE idempotency_keys (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  key text NOT NULL,
  route text NOT NULL,
  request_hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  response_status integer,
  -- The answer can hold a secret made by the request, so it is sealed.
  response_box bytea,
  PRIMARY KEY (organization_id, key, route)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
CALL protect_table('idempotency_keys', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');
