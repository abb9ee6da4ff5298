-- What comes for a webhook that is switched off is held by reference: no row for each event, only where they begin. The events
-- lie there anyway, as long as their retention, so that a webhook may be off for months at no cost.
CREATE TABLE webhook_holds (
  webhook_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  since timestamptz NOT NULL,
  -- Held is what comes after this id, matches the subscription and has no delivery at the webhook. Ids carry the clocks of
  -- nodes, which may be wrong, so it lies well before the switch.
  after uuid NOT NULL,
  -- What is counted: up to this id only events without a delivery, since some were stored just before the switch.
  settled uuid NOT NULL,
  -- Where its events belong in lines: behind what waited when it was switched off, before what comes when it is on again.
  place bigint NOT NULL DEFAULT nextval('delivery_places'),
  -- What is held up to here is in webhook_hold_days.
  counted_to uuid NOT NULL,
  UNIQUE (organization_id, webhook_id),
  FOREIGN KEY (organization_id, webhook_id) REFERENCES webhooks (organization_id, id) ON DELETE CASCADE
);
CALL protect_table('webhook_holds', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- Events held for a webhook, by their UTC day, so that they leave the count with their day's retention.
CREATE TABLE webhook_hold_days (
  webhook_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  day date NOT NULL,
  held bigint NOT NULL,
  first_event uuid NOT NULL,
  PRIMARY KEY (webhook_id, day),
  FOREIGN KEY (organization_id, webhook_id) REFERENCES webhook_holds (organization_id, webhook_id) ON DELETE CASCADE
);
CALL protect_table('webhook_hold_days', 'organization_id', 'SELECT, INSERT, UPDATE, DELETE');

-- What was held and then left out by somebody who switched the webhook on again or gave up catching up: events after one id up
-- to another, kept as long as the events.
CREATE TABLE webhook_skips (
  webhook_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  after uuid NOT NULL,
  last uuid NOT NULL,
  skipped_by text NOT NULL,
  skipped_at timestamptz NOT NULL,
  PRIMARY KEY (webhook_id, last),
  FOREIGN KEY (organization_id, webhook_id) REFERENCES webhooks (organization_id, id) ON DELETE CASCADE
);
CALL protect_table('webhook_skips', 'organization_id', 'SELECT, INSERT, DELETE');

-- Since when the webhook has the subscription that it has; null: since it was made.
ALTER TABLE webhooks ADD COLUMN subscribed_at timestamptz;

ALTER TABLE bulk_jobs
  DROP CONSTRAINT bulk_jobs_kind_check,
  ADD CONSTRAINT bulk_jobs_kind_check CHECK (kind IN ('recover', 'replay_failed', 'retry_dead_letters', 'catch_up')),
  -- Of a catch-up: events after this id, and their place in lines.
  ADD COLUMN after uuid,
  ADD COLUMN place bigint,
  -- The webhook keeps an order and is paused until everything is queued.
  ADD COLUMN resumes boolean NOT NULL DEFAULT false,
  -- Set when a worker first sees the job. Events are looked for as soon as no statement that began before is storing any.
  ADD COLUMN horizon timestamptz;
-- A catch-up that found nothing leaves no trace.
GRANT DELETE ON bulk_jobs TO trunkline_tenant;

-- Whether events are being stored by a statement that began before a moment. It may not have seen that a webhook was switched
-- on, and what it stores without a delivery appears when it commits. Every session of the same user is looked at, which the
-- role of tenants may not do by itself.
CREATE FUNCTION stores_since_before(moment timestamptz) RETURNS boolean
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
      AND xact_start <= moment AND query LIKE '/* ingest */%')
$$;
REVOKE ALL ON FUNCTION stores_since_before FROM PUBLIC;
GRANT EXECUTE ON FUNCTION stores_since_before TO trunkline_tenant;

-- Webhooks that are off already: from now on, what comes for them is held.
INSERT INTO webhook_holds (webhook_id, organization_id, since, after, settled, counted_to)
SELECT id, organization_id, now(), start, start, start
FROM webhooks, (SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid AS start) s
WHERE NOT enabled AND deleted_at IS NULL;
