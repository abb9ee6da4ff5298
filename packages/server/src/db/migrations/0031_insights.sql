-- What people do with the product, by the tracking plan of the contract (tracking-plan.ts). Rows go with the person and
-- the organization, after 400 days, and when an administrator erases them.
CREATE TABLE tracked_events (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  event text NOT NULL,
  -- Null: a program with an API key.
  user_id uuid,
  role text NOT NULL CHECK (role IN ('system_admin', 'utility_admin', 'viewer', 'api_key')),
  -- How wide the window was; null for what the server recorded by itself.
  device text CHECK (device IN ('narrow', 'wide')),
  properties jsonb NOT NULL,
  FOREIGN KEY (organization_id, user_id) REFERENCES members (organization_id, user_id) ON DELETE CASCADE
);
CREATE INDEX tracked_events_by_event ON tracked_events (organization_id, event, at);
-- What somebody sent in the last minute, and what goes with somebody.
CREATE INDEX tracked_events_of_person ON tracked_events (organization_id, user_id, at);
CREATE INDEX tracked_events_age ON tracked_events (at);
CALL protect_table('tracked_events', 'organization_id', 'SELECT, INSERT, DELETE');

-- Recorded unless an organization has switched it off.
CREATE TABLE tracking_settings (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  enabled boolean NOT NULL,
  updated_at timestamptz NOT NULL
);
CALL protect_table('tracking_settings', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Answers ask for acts of some kind within a time.
CREATE INDEX audit_log_acts ON audit_log (organization_id, action, occurred_at);
