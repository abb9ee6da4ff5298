-- Something that a provider was asked to do. `due_at` is when it goes on: a time in the future for what waits, the end of
-- the lease for what runs, infinity for what has ended. Whoever takes it raises the fence and writes only where it still fits.
CREATE TABLE actions (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  capability text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'ambiguous')),
  -- The integration that was asked for; null: the primary of the capability.
  wanted_id uuid,
  idempotency_key text,
  -- Of the whole request, so that a repetition is known after its input was erased.
  input_hash bytea NOT NULL,
  -- Erased when the action ends.
  input_box bytea,
  result_box bytea,
  problem jsonb,
  -- Who did it, or was asked last.
  integration_id uuid,
  attempt_count integer NOT NULL DEFAULT 0,
  -- How often it went through the whole chain in vain; the wait grows with it.
  rounds integer NOT NULL DEFAULT 0,
  -- Attempts before the present round through the chain; only later ones count in it.
  attempts_before integer NOT NULL DEFAULT 0,
  -- Nobody waits for the answer: it is tried for hours when everything is down.
  patient boolean NOT NULL,
  due_at timestamptz NOT NULL,
  fence bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  finished_at timestamptz,
  UNIQUE (organization_id, id)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX actions_key ON actions (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX actions_due ON actions (due_at) WHERE isfinite(due_at);
CREATE INDEX actions_old ON actions (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX actions_of_organization ON actions (organization_id, id);
CALL protect_table('actions', 'organization_id', 'SELECT, INSERT, UPDATE');

-- One try at one integration. It is written before anything is sent, so that what a crash left open is known.
CREATE TABLE action_attempts (
  action_id uuid NOT NULL,
  number integer NOT NULL,
  organization_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  integration_name text NOT NULL,
  provider text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('sending', 'succeeded', 'failed', 'ambiguous')),
  -- What a repetition at this integration does no harm to: the provider knows it again, or nothing is changed.
  repeatable boolean NOT NULL,
  problem jsonb,
  started_at timestamptz NOT NULL,
  duration_ms integer,
  PRIMARY KEY (action_id, number),
  FOREIGN KEY (organization_id, action_id) REFERENCES actions (organization_id, id) ON DELETE CASCADE
);
CALL protect_table('action_attempts', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Who is asked first for a capability, where a person has said so.
CREATE TABLE capability_primaries (
  organization_id uuid NOT NULL,
  capability text NOT NULL,
  integration_id uuid NOT NULL,
  PRIMARY KEY (organization_id, capability),
  FOREIGN KEY (organization_id, integration_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE
);
CALL protect_table('capability_primaries', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- Rules for switching from a primary integration to its backups, and where its calls go now. All nodes share the row;
-- `version` rises with every change.
CREATE TABLE failover_configs (
  integration_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  auto_failover boolean NOT NULL DEFAULT true,
  threshold integer NOT NULL DEFAULT 3,
  alert boolean NOT NULL DEFAULT true,
  auto_restore boolean NOT NULL DEFAULT true,
  stability_minutes integer NOT NULL DEFAULT 10,
  -- Null: the primary itself.
  active_id uuid,
  failed_over_at timestamptz,
  trigger text CHECK (trigger IN ('automatic', 'manual')),
  -- Since when the primary works again while calls go to a backup.
  healthy_since timestamptz,
  version bigint NOT NULL DEFAULT 1,
  FOREIGN KEY (organization_id, integration_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, active_id) REFERENCES integrations (organization_id, id),
  UNIQUE (organization_id, integration_id)
);
CALL protect_table('failover_configs', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE failover_backups (
  integration_id uuid NOT NULL,
  backup_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (integration_id, backup_id),
  FOREIGN KEY (organization_id, integration_id) REFERENCES failover_configs (organization_id, integration_id)
    ON DELETE CASCADE,
  FOREIGN KEY (organization_id, backup_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE,
  CHECK (integration_id <> backup_id)
);
CREATE INDEX failover_backups_of ON failover_backups (organization_id, backup_id);
CALL protect_table('failover_backups', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- Every switch, as it was. Names are those of its time.
CREATE TABLE failover_switches (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('failed_over', 'restored', 'made_primary')),
  trigger text NOT NULL CHECK (trigger IN ('automatic', 'manual')),
  integration_id uuid NOT NULL,
  integration_name text NOT NULL,
  from_id uuid NOT NULL,
  from_name text NOT NULL,
  to_id uuid NOT NULL,
  to_name text NOT NULL,
  problem jsonb,
  by text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX failover_switches_of ON failover_switches (organization_id, id DESC);
CALL protect_table('failover_switches', 'organization_id', 'SELECT, INSERT');
