-- Who checks an integration holds it until then, so that no other node begins; a new due time may be set meanwhile.
ALTER TABLE integration_health ADD COLUMN check_lease_until timestamptz;

-- What is wanted, in per cent of the time when it is on.
ALTER TABLE integrations ADD COLUMN uptime_target double precision NOT NULL DEFAULT 99.9
  CHECK (uptime_target >= 50 AND uptime_target < 100);

-- A check of all integrations of an organization, one at a time.
CREATE TABLE check_runs (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  started_by text NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  UNIQUE (organization_id, id)
);
CREATE UNIQUE INDEX check_runs_open ON check_runs (organization_id) WHERE finished_at IS NULL;
CREATE INDEX check_runs_of_organization ON check_runs (organization_id, started_at DESC);
CALL protect_table('check_runs', 'organization_id', 'SELECT, INSERT');

CREATE TABLE check_run_items (
  run_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  -- Null: not checked yet. Skipped: switched off or disconnected meanwhile.
  outcome text CHECK (outcome IN ('ok', 'failed', 'skipped')),
  PRIMARY KEY (run_id, integration_id),
  FOREIGN KEY (organization_id, run_id) REFERENCES check_runs (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, integration_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX check_run_items_open ON check_run_items (integration_id) WHERE outcome IS NULL;
CREATE INDEX check_run_items_open_of_run ON check_run_items (run_id) WHERE outcome IS NULL;
CALL protect_table('check_run_items', 'organization_id', 'SELECT, INSERT, UPDATE');
