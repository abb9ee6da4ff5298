-- Files to and from partners without an API. The content is personal data: encrypted, and erased on request, while the
-- row stays, because its control number must not be used again.
CREATE TABLE exchange_files (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  name text NOT NULL,
  kind text NOT NULL
    CHECK (kind IN ('enrollment', 'contributions', 'census', 'payroll', 'acknowledgement', 'other')),
  direction text NOT NULL CHECK (direction IN ('outgoing', 'incoming')),
  state text NOT NULL CHECK (state IN ('draft', 'ready', 'sent', 'acknowledged', 'rejected', 'received')),
  -- In base64; null when it was erased.
  content_box bytea,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  -- How a CSV file was written, so that it is checked as it was.
  layout jsonb,
  control_number bigint,
  test boolean,
  errors integer NOT NULL,
  warnings integer NOT NULL,
  outcome text CHECK (outcome IN ('accepted', 'accepted_with_errors', 'partly_accepted', 'rejected')),
  -- Of an outgoing file the acknowledgement that came for it, of an acknowledgement the file that it answers.
  answer_id uuid,
  answers_id uuid,
  error text,
  -- Name, size and time in the partner's folder, which recognize a file that was fetched before.
  remote_key text,
  -- Until then one node is sending it.
  sending_until timestamptz,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  sent_at timestamptz,
  answered_at timestamptz,
  UNIQUE (organization_id, id),
  UNIQUE (integration_id, remote_key),
  FOREIGN KEY (organization_id, integration_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, answer_id) REFERENCES exchange_files (organization_id, id),
  FOREIGN KEY (organization_id, answers_id) REFERENCES exchange_files (organization_id, id)
);
CREATE INDEX exchange_files_of_integration ON exchange_files (integration_id, id DESC);
CREATE INDEX exchange_files_control_number ON exchange_files (organization_id, control_number)
  WHERE control_number IS NOT NULL;
CALL protect_table('exchange_files', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Layouts of CSV files that an organization has changed to what its partner wants.
CREATE TABLE exchange_layouts (
  organization_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('contributions', 'census', 'payroll')),
  layout jsonb NOT NULL,
  PRIMARY KEY (integration_id, kind),
  FOREIGN KEY (organization_id, integration_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE
);
CALL protect_table('exchange_layouts', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');
