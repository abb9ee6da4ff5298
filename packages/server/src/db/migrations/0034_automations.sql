-- What happens by itself after an event or at a time of day. Removed ones stay for the sake of their runs.
CREATE TABLE automations (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  name text NOT NULL,
  enabled boolean NOT NULL,
  -- Patterns of events; empty for a time of day.
  events text[] NOT NULL,
  trigger jsonb NOT NULL,
  steps jsonb NOT NULL,
  runs_per_hour integer NOT NULL CHECK (runs_per_hour > 0),
  -- When a daily one runs next.
  next_at timestamptz,
  template text,
  -- The integration whose page has a switch for it.
  integration_id uuid,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  UNIQUE (organization_id, id)
);
-- Looked at by the statement that stores events.
CREATE INDEX automations_triggered ON automations (organization_id) WHERE enabled AND deleted_at IS NULL;
CREATE INDEX automations_daily ON automations (next_at) WHERE next_at IS NOT NULL;
CREATE UNIQUE INDEX automations_switch ON automations (organization_id, integration_id, template)
  WHERE integration_id IS NOT NULL AND deleted_at IS NULL;
CALL protect_table('automations', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Runs by hour: the bound on how many may begin, and sums for lists.
CREATE TABLE automation_hours (
  automation_id uuid NOT NULL,
  hour timestamptz NOT NULL,
  organization_id uuid NOT NULL,
  begun integer NOT NULL DEFAULT 0,
  succeeded integer NOT NULL DEFAULT 0,
  PRIMARY KEY (automation_id, hour),
  FOREIGN KEY (organization_id, automation_id) REFERENCES automations (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
CREATE INDEX automation_hours_old ON automation_hours (hour);
CALL protect_table('automation_hours', 'organization_id', 'SELECT, INSERT, UPDATE');

-- One execution. Rows are made by the statement that stores the event, which nothing here may make fail: therefore no
-- foreign keys. `due_at` is when it goes on: the end of the lease for what runs, infinity for what has ended.
CREATE TABLE automation_runs (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  automation_id uuid NOT NULL,
  event_id uuid,
  event_type text,
  -- The time of day that it stands for; null for an event.
  scheduled_for timestamptz,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'waiting', 'succeeded', 'dead_lettered', 'cancelled')),
  -- When its conditions were found to hold and it was let begin.
  begun_at timestamptz,
  round integer NOT NULL DEFAULT 1,
  -- The action that it waits for.
  action_id uuid,
  problem jsonb,
  -- How often a step could not be started in this round; the wait grows with it.
  waits integer NOT NULL DEFAULT 0,
  -- Claims since it last got on: one that keeps ending its worker is given up.
  claims integer NOT NULL DEFAULT 0,
  fence integer NOT NULL DEFAULT 1,
  due_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  UNIQUE (organization_id, id)
) WITH (fillfactor = 70);
CREATE INDEX automation_runs_due ON automation_runs (due_at) WHERE isfinite(due_at);
CREATE INDEX automation_runs_of_organization ON automation_runs (organization_id, id);
CREATE INDEX automation_runs_of ON automation_runs (automation_id, id);
CREATE INDEX automation_runs_dead ON automation_runs (automation_id, id) WHERE state = 'dead_lettered';
CREATE INDEX automation_runs_open ON automation_runs (automation_id) WHERE isfinite(due_at);
CREATE INDEX automation_runs_waiting ON automation_runs (action_id) WHERE state = 'waiting';
CREATE INDEX automation_runs_old ON automation_runs (finished_at) WHERE finished_at IS NOT NULL;
CREATE UNIQUE INDEX automation_runs_daily ON automation_runs (automation_id, scheduled_for)
  WHERE scheduled_for IS NOT NULL;
CALL protect_table('automation_runs', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- A step of a run in one of its rounds, and the action that does it.
CREATE TABLE automation_run_steps (
  run_id uuid NOT NULL,
  round integer NOT NULL,
  number integer NOT NULL,
  organization_id uuid NOT NULL,
  name text NOT NULL,
  capability text NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'succeeded', 'failed', 'ambiguous', 'cancelled')),
  action_id uuid,
  problem jsonb,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (run_id, round, number),
  FOREIGN KEY (organization_id, run_id) REFERENCES automation_runs (organization_id, id) ON DELETE CASCADE
);
CALL protect_table('automation_run_steps', 'organization_id', 'SELECT, INSERT, UPDATE');
