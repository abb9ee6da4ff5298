-- What integrations and webhooks went through, one line a happening (LOG-1). The id is a time-ordered UUID of the
-- moment it happened, so partitions by day come from it as for events; the columns of the past have no references,
-- because a line outlives what it tells of.
CREATE TABLE log_entries (
  id uuid NOT NULL,
  organization_id uuid NOT NULL,
  at timestamptz NOT NULL,
  level text NOT NULL CHECK (level IN ('debug', 'info', 'warn', 'error')),
  source text NOT NULL,
  event text NOT NULL,
  integration_id uuid,
  webhook_id uuid,
  message text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  -- The words of a line, and what it is filtered by as words of their own (`o:` organization, `l:` level, `s:` source,
  -- `i:` integration, `w:` webhook), so that one index answers a search within all of them. See logs/words.ts.
  words tsvector NOT NULL,
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
-- A page of the newest is read level by level, and merged.
CREATE INDEX log_entries_newest ON log_entries (organization_id, level, id);
CREATE INDEX log_entries_of_integration ON log_entries (organization_id, integration_id, level, id)
  WHERE integration_id IS NOT NULL;
CREATE INDEX log_entries_of_webhook ON log_entries (organization_id, webhook_id, level, id)
  WHERE webhook_id IS NOT NULL;
CREATE INDEX log_entries_words ON log_entries USING gin (words) WITH (gin_pending_list_limit = 512);
CREATE TABLE log_entries_default PARTITION OF log_entries DEFAULT;
-- Written by the process for all organizations, in batches; an organization reads and clears its own.
CALL protect_table('log_entries', 'organization_id', 'SELECT, DELETE');

-- Row-level security lets no operator but those marked leakproof reach an index, and `@@` is none. So the ids of a
-- search are found here, by the owner and within the organization of the transaction; their rows are then read as
-- everything else is.
CREATE FUNCTION find_log_entries(query tsquery, from_id uuid, until_id uuid, rows_at_most integer)
  RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  RETURN QUERY EXECUTE
    'WITH found AS MATERIALIZED (
       SELECT id FROM log_entries
       WHERE words @@ ($1 && quote_literal(''o:'' || current_organization())::tsquery)
         AND id >= $2 AND id < $3 AND organization_id = current_organization())
     SELECT id FROM found ORDER BY id DESC LIMIT $4'
    USING query, from_id, until_id, rows_at_most;
END
$$;
REVOKE ALL ON FUNCTION find_log_entries FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_log_entries TO trunkline_tenant;

-- How long an organization keeps its lines; 30 days without a row.
CREATE TABLE log_settings (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  retention_days integer NOT NULL CHECK (retention_days BETWEEN 1 AND 365),
  updated_at timestamptz NOT NULL
);
CALL protect_table('log_settings', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Days whose summary lines are written; whoever inserts a day writes them, so that one node does.
CREATE TABLE log_summaries (
  day date PRIMARY KEY
);
