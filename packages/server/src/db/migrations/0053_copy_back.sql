ALTER TABLE failover_backups ADD UNIQUE (organization_id, integration_id, backup_id);

-- A file that a backup took while the primary could not: where it lies until it is copied back. Whoever copies it raises
-- the fence, holds it until `held_until`, and writes only where the fence still fits. When the backup leaves the chain there
-- is nothing left to copy.
CREATE TABLE displaced_files (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  primary_id uuid NOT NULL,
  holder_id uuid NOT NULL,
  -- Of its key, by which it is found.
  key_hash bytea NOT NULL,
  key_box bytea NOT NULL,
  content_type text NOT NULL,
  bytes integer NOT NULL,
  -- SHA-256 of its content.
  digest bytea NOT NULL,
  -- `copy`: it lies at the backup and is read there; `remove`: the primary has it, or a newer one of its key.
  stage text NOT NULL CHECK (stage IN ('copy', 'remove')),
  tries integer NOT NULL DEFAULT 0,
  problem jsonb,
  -- Infinity: it was given up, and stays where it is.
  due_at timestamptz NOT NULL,
  fence bigint NOT NULL DEFAULT 1,
  held_until timestamptz NOT NULL DEFAULT '-infinity',
  -- A newer file of its key may be on its way until then; nothing older is copied meanwhile.
  put_until timestamptz NOT NULL DEFAULT '-infinity',
  created_at timestamptz NOT NULL,
  FOREIGN KEY (organization_id, primary_id, holder_id)
    REFERENCES failover_backups (organization_id, integration_id, backup_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX displaced_files_key ON displaced_files (organization_id, key_hash, primary_id);
CREATE INDEX displaced_files_due ON displaced_files (primary_id, due_at);
CREATE INDEX displaced_files_holder ON displaced_files (organization_id, primary_id, holder_id);
CALL protect_table('displaced_files', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');
