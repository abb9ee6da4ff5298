-- Signing secrets before the previous one that stay valid until their own end: whoever regenerates twice within an overlap ends
-- none of them early.
CREATE TABLE webhook_older_secrets (
  id uuid PRIMARY KEY,
  webhook_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  secret_box bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  FOREIGN KEY (organization_id, webhook_id) REFERENCES webhooks (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_older_secrets_webhook ON webhook_older_secrets (webhook_id, expires_at);
CALL protect_table('webhook_older_secrets', 'organization_id', 'SELECT, INSERT, DELETE');
