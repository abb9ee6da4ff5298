-- When the call or check began that has shown what is known of an integration: what began earlier changes nothing any more.
ALTER TABLE integration_health ADD COLUMN finding_began_at timestamptz;
