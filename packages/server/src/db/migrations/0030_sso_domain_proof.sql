-- A domain leads people from the sign-in page to an organization only once the organization has proved that it is its own,
-- by a TXT record that holds the token. Any number may name a domain; one can prove it.
ALTER TABLE sso_domains
  DROP CONSTRAINT sso_domains_pkey,
  ADD COLUMN token text NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', ''),
  ADD COLUMN proved_at timestamptz,
  ADD COLUMN checked_at timestamptz,
  ADD COLUMN problem text,
  ADD PRIMARY KEY (organization_id, domain);
DROP INDEX sso_domains_organization_id;
CREATE UNIQUE INDEX sso_domains_proved ON sso_domains (domain) WHERE proved_at IS NOT NULL;
GRANT UPDATE ON sso_domains TO trunkline_tenant;
