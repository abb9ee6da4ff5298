-- When a webhook was given up, so that an alert knows a new one from those that were told.
ALTER TABLE inbound_messages ADD COLUMN failed_at timestamptz;

-- How many were refused since the last one that was not, and when the first of them came. Those that were only too many in a
-- minute do not count.
ALTER TABLE inbound_refusals ADD COLUMN in_a_row integer NOT NULL DEFAULT 0, ADD COLUMN since timestamptz;

-- The key that a sender has proposed, unsigned, while there is none: `{at, address, subscription}`. A person takes it.
ALTER TABLE inbound_sources ADD COLUMN proposed_key_box bytea, ADD COLUMN proposal jsonb;
