-- The thread of a chat in which a conversation of the product was told of, so that answers in it find their way back.
CREATE TABLE chat_threads (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  provider text NOT NULL,
  channel text NOT NULL,
  -- What the provider calls the message that began it.
  thread text NOT NULL,
  conversation_id text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, provider, channel, thread)
);
CREATE INDEX chat_threads_old ON chat_threads (created_at);
CALL protect_table('chat_threads', 'organization_id', 'SELECT, INSERT');
