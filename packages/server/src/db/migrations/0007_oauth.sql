-- The link that a program passes on for somebody to connect with; opened once, it becomes that browser's sign-in.
ALTER TABLE oauth_attempts ADD COLUMN start_hash bytea UNIQUE;

-- When the last renewal was tried, so that a provider in trouble is not asked again at once.
ALTER TABLE oauth_tokens ADD COLUMN refresh_sent_at timestamptz;
