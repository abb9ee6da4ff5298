-- A proof of a domain is looked for again every day. `missing_since`: the record is not there any more; `lapsed_at`: so long that
-- the domain leads nobody from the sign-in page, and `proved_at` is taken back, which leaves it to whoever proves it.
-- `id` is what an alert is about.
ALTER TABLE sso_domains
  ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
  ADD COLUMN missing_since timestamptz,
  ADD COLUMN lapsed_at timestamptz,
  ADD CHECK (lapsed_at IS NULL OR (proved_at IS NULL AND missing_since IS NOT NULL));
CREATE INDEX sso_domains_checked_at ON sso_domains (checked_at) WHERE proved_at IS NOT NULL OR lapsed_at IS NOT NULL;
