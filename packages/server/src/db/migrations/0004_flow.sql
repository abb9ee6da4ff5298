-- How fast and in which order an endpoint is sent to, and its circuit breaker.
ALTER TABLE webhooks
  ADD COLUMN paused boolean NOT NULL DEFAULT false,
  -- Read by the ingest statement, so that deliveries of an open circuit are held without another look.
  ADD COLUMN circuit_open boolean NOT NULL DEFAULT false,
  ADD COLUMN max_concurrency integer,
  ADD COLUMN rate_per_second integer,
  ADD COLUMN catch_up_per_second integer,
  ADD COLUMN ordering text NOT NULL DEFAULT 'none' CHECK (ordering IN ('none', 'park', 'skip')),
  DROP CONSTRAINT webhooks_disabled_reason_check,
  ADD CONSTRAINT webhooks_disabled_reason_check CHECK (disabled_reason IN ('person', 'gone', 'failing'));

ALTER TABLE webhook_health
  ADD COLUMN failing_since timestamptz,
  ADD COLUMN failing_noticed_at timestamptz,
  ADD COLUMN circuit_opened_at timestamptz,
  ADD COLUMN circuit_probe_at timestamptz,
  -- Probes that failed since the circuit opened; each doubles the wait for the next.
  ADD COLUMN circuit_probes integer NOT NULL DEFAULT 0;
-- A person closes a circuit, or has it probed.
GRANT UPDATE ON webhook_health TO trunkline_tenant;
CREATE INDEX webhook_health_circuits ON webhook_health (circuit_probe_at) WHERE circuit_opened_at IS NOT NULL;
CREATE INDEX webhook_health_failing ON webhook_health (failing_since) WHERE failing_since IS NOT NULL;

-- When the next token of an endpoint's rate is free (GCRA): one clock for all nodes, and one for its backlog.
CREATE TABLE webhook_pace (
  webhook_id uuid NOT NULL,
  clock text NOT NULL CHECK (clock IN ('rate', 'catch_up')),
  organization_id uuid NOT NULL,
  free_at timestamptz NOT NULL,
  PRIMARY KEY (webhook_id, clock),
  FOREIGN KEY (organization_id, webhook_id) REFERENCES webhooks (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL protect_table('webhook_pace', 'organization_id', 'SELECT');

ALTER TABLE events ADD COLUMN subject text;
-- The line that a delivery stands in; null unless its webhook keeps an order and its event has a subject.
ALTER TABLE delivery_queue ADD COLUMN subject text COLLATE "C";
-- Counts the statements that put deliveries into lines: the clocks of nodes differ, and so do the times in ids.
CREATE SEQUENCE delivery_places;
GRANT USAGE ON SEQUENCE delivery_places TO trunkline_tenant;
ALTER TABLE delivery_queue ADD COLUMN place bigint;
ALTER TABLE dead_letters ADD COLUMN subject text COLLATE "C";
-- The backlog of an endpoint: rows with due_at = infinity, taken from when the endpoint has room. Asked for in just
-- this order and with just this condition no other index will do, whatever the planner takes the numbers for.
CREATE INDEX delivery_queue_backlog ON delivery_queue (webhook_id, due_at, id)
  WHERE NOT isfinite(due_at) AND subject IS NULL;
-- The first row of a line says all of it: one that is out of the backlog, else the one whose turn it is.
CREATE INDEX delivery_queue_lines ON delivery_queue (webhook_id, subject, due_at, (attempts = 0), place, id)
  WHERE subject IS NOT NULL;
CREATE INDEX dead_letters_lines ON dead_letters (webhook_id, subject) WHERE subject IS NOT NULL;

-- Bulk replays and recoveries: done in batches, each with its progress in one transaction.
CREATE TABLE bulk_jobs (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('recover', 'replay_failed', 'retry_dead_letters')),
  webhook_id uuid,
  since timestamptz,
  -- Named dead letters, when the selection was by hand.
  delivery_ids uuid[],
  state text NOT NULL CHECK (state IN ('running', 'paused', 'completed', 'cancelled', 'failed')),
  total integer NOT NULL,
  queued integer NOT NULL DEFAULT 0,
  rate_per_second integer,
  -- The last event (or dead letter) looked at; null before the first batch.
  cursor uuid,
  -- Nothing newer than the job itself is touched.
  until timestamptz NOT NULL,
  started_by text NOT NULL,
  created_at timestamptz NOT NULL,
  -- The next batch may be done from then on. A node that works on a job holds its row lock.
  next_at timestamptz NOT NULL,
  -- Batches in a row that broke off; too many of them end the job.
  failures integer NOT NULL DEFAULT 0,
  -- Progress is announced to open screens twice a second at most, whichever nodes work on the job.
  announced_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  error text,
  FOREIGN KEY (organization_id, webhook_id) REFERENCES webhooks (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX bulk_jobs_list ON bulk_jobs (organization_id, id DESC);
CREATE INDEX bulk_jobs_due ON bulk_jobs (next_at) WHERE state = 'running';
-- One unfinished job of a kind per webhook, or per organization for all dead letters; named ones are apart.
CREATE UNIQUE INDEX bulk_jobs_unfinished ON bulk_jobs (organization_id, kind, coalesce(webhook_id, organization_id))
  WHERE state IN ('running', 'paused') AND delivery_ids IS NULL;
CALL protect_table('bulk_jobs', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Processes that share this database, by heartbeat; limits of an endpoint are shared between them.
CREATE TABLE nodes (
  id uuid PRIMARY KEY,
  host text NOT NULL,
  pid integer NOT NULL,
  version text NOT NULL,
  started_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL
);
