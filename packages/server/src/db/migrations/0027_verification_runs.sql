-- A check of all integrations with a report (HEALTH-6). The checks are those of the check run; the report is written once,
-- when that has ended, and stays as it was.
CREATE TABLE verification_runs (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  check_run_id uuid NOT NULL,
  -- First day of the month of a scheduled one; null for one that somebody began.
  month date,
  started_by text NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  items jsonb,
  counts jsonb,
  FOREIGN KEY (organization_id, check_run_id) REFERENCES check_runs (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX verification_runs_of_month ON verification_runs (organization_id, month);
CREATE UNIQUE INDEX verification_runs_open ON verification_runs (organization_id) WHERE finished_at IS NULL;
CREATE INDEX verification_runs_of_organization ON verification_runs (organization_id, id DESC);
CALL protect_table('verification_runs', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Without a row: enabled, on the first of the month.
CREATE TABLE verification_settings (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  enabled boolean NOT NULL,
  day integer NOT NULL CHECK (day BETWEEN 1 AND 28)
);
CALL protect_table('verification_settings', 'organization_id', 'SELECT, INSERT, UPDATE');
