-- Who can write to the database can compute hashes; only who has the master key can sign. The head of every chain is
-- signed with each record. What is not signed stays so: its writer was not this product.
ALTER TABLE audit_heads
  ADD COLUMN key_id text,
  ADD COLUMN signature bytea,
  ADD CHECK ((key_id IS NULL) = (signature IS NULL));

-- Places of a chain, signed for good: `checkpoint` now and then, `cut` where retention took away all up to it.
CREATE TABLE audit_checkpoints (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  sequence bigint NOT NULL CHECK (sequence > 0),
  kind text NOT NULL CHECK (kind IN ('checkpoint', 'cut')),
  hash bytea NOT NULL,
  at timestamptz NOT NULL,
  key_id text NOT NULL,
  signature bytea NOT NULL,
  PRIMARY KEY (organization_id, sequence, kind)
);
CALL protect_table('audit_checkpoints', 'organization_id', 'SELECT, INSERT');

CREATE TABLE audit_settings (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  retention_days integer NOT NULL CHECK (retention_days BETWEEN 90 AND 3650),
  updated_at timestamptz NOT NULL
);
CALL protect_table('audit_settings', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Retention says what it does; nothing else takes records away.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('trunkline.audit_retention', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the audit log takes new records only';
END
$$;

-- Retention asks for the oldest record that is young enough.
CREATE INDEX audit_log_time ON audit_log (organization_id, occurred_at, sequence);

-- Whoever cuts off old records has it alone, whoever checks the chain shares it.
CREATE FUNCTION audit_cut_lock(organization uuid) RETURNS bigint
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN hashtextextended('audit cut ' || organization::text, 0);
