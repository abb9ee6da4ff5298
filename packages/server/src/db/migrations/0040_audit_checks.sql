-- How far the product itself has followed an organization's audit log, and what it found. `tip_sequence`: up to where new
-- records were followed; `walk_*`: how far the whole chain is followed again, a part at a time; `whole_at`: when that last
-- came to its end. `broken_at` and `reason` are of what does not fit, since `failing_since`.
CREATE TABLE audit_checks (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  checked_at timestamptz NOT NULL,
  tip_sequence bigint NOT NULL,
  walk_sequence bigint NOT NULL,
  walk_hash bytea,
  walk_began_at timestamptz NOT NULL,
  whole_at timestamptz,
  failing_since timestamptz,
  broken_at bigint,
  reason text,
  CHECK ((failing_since IS NULL) = (reason IS NULL))
);
CALL protect_table('audit_checks', 'organization_id', 'SELECT, INSERT, UPDATE');
CREATE INDEX audit_checks_failing ON audit_checks (organization_id) WHERE failing_since IS NOT NULL;
