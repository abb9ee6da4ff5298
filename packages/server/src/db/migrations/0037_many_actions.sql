-- Many actions that were asked for at once. Each is an action of its own; this row is what they have in common.
CREATE TABLE action_bulks (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  capability text NOT NULL,
  idempotency_key text,
  -- Of the whole request, so that a repetition is known.
  input_hash bytea NOT NULL,
  total integer NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  UNIQUE (organization_id, id)
);
CREATE UNIQUE INDEX action_bulks_key ON action_bulks (organization_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX action_bulks_old ON action_bulks (created_at);
CALL protect_table('action_bulks', 'organization_id', 'SELECT, INSERT');

ALTER TABLE actions
  ADD COLUMN bulk_id uuid,
  -- The time that its caller named.
  ADD COLUMN send_at timestamptz,
  -- Everybody failed, and what was configured for that case holds it since `last_resort_at`.
  ADD COLUMN last_resort text CHECK (last_resort IN ('queue', 'keep', 'file', 'by_hand')),
  ADD COLUMN last_resort_at timestamptz,
  -- Of a file that is kept here meanwhile: the hash of its key, by which it is found.
  ADD COLUMN kept_key bytea,
  ADD FOREIGN KEY (organization_id, bulk_id) REFERENCES action_bulks (organization_id, id) ON DELETE CASCADE;
ALTER TABLE actions DROP CONSTRAINT actions_state_check;
ALTER TABLE actions ADD CONSTRAINT actions_state_check
  CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'ambiguous', 'cancelled'));
CREATE INDEX actions_of_bulk ON actions (bulk_id, state) WHERE bulk_id IS NOT NULL;
CREATE INDEX actions_scheduled ON actions (organization_id, send_at) WHERE state = 'queued' AND send_at IS NOT NULL;
CREATE INDEX actions_last_resort ON actions (organization_id, last_resort) WHERE last_resort IS NOT NULL AND finished_at IS NULL;
CREATE INDEX actions_kept ON actions (organization_id, kept_key) WHERE kept_key IS NOT NULL AND finished_at IS NULL;

-- The capabilities for which something happens when all integrations fail; what that is follows from the capability.
CREATE TABLE last_resorts (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  capability text NOT NULL,
  PRIMARY KEY (organization_id, capability)
);
CALL protect_table('last_resorts', 'organization_id', 'SELECT, INSERT, DELETE');
