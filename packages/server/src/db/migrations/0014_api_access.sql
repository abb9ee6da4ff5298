-- Who may use the organization's key, and since when a key is replaced.
ALTER TABLE api_keys
  -- Networks in CIDR form; none: from everywhere.
  ADD COLUMN networks text[] NOT NULL DEFAULT '{}',
  ADD COLUMN replaced_at timestamptz;

-- Further keys that may less. Apart from api_keys, so that a process of an older version, which knows no scopes, takes
-- none of them for the organization's own key. A scoped key is shown once and stored only as its hash.
CREATE TABLE scoped_keys (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  name text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  preview text NOT NULL,
  scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
  networks text[] NOT NULL DEFAULT '{}',
  created_by text,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX scoped_keys_of_organization ON scoped_keys (organization_id, id DESC);
CALL protect_table('scoped_keys', 'organization_id', 'SELECT, INSERT, UPDATE');

-- What an organization chose for its API: whether scoped keys work, and limits below those of the installation.
CREATE TABLE api_settings (
  organization_id uuid PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  scoped_keys boolean NOT NULL DEFAULT false,
  key_per_minute integer CHECK (key_per_minute > 0),
  key_per_hour integer CHECK (key_per_hour > 0),
  organization_per_hour integer CHECK (organization_per_hour > 0)
);
CALL protect_table('api_settings', 'organization_id', 'SELECT, INSERT, UPDATE');

-- Requests admitted in the running window, of a key (by minute and by hour) and of an organization (by hour). Nodes take
-- permits from it in blocks, so `used` includes what they hold.
CREATE TABLE api_limit_windows (
  subject_id uuid NOT NULL,
  span text NOT NULL CHECK (span IN ('minute', 'hour')),
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  starts_at timestamptz NOT NULL,
  used integer NOT NULL,
  PRIMARY KEY (subject_id, span)
) WITH (fillfactor = 50);
CREATE INDEX api_limit_windows_of_organization ON api_limit_windows (organization_id);
CALL protect_table('api_limit_windows', 'organization_id', 'SELECT');

-- The clock of the limits, one for all nodes.
CREATE FUNCTION api_limit_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';

-- Takes up to p_wanted permits for a key out of its minute, its hour and its organization's hour at once. Less is given
-- the nearer a limit is, so that the last permits do not lie with a node that does not need them. Rows are locked in
-- one order, and the clock is read when all of them are held.
CREATE FUNCTION lease_permits(p_organization uuid, p_key uuid, p_wanted integer, p_key_minute integer,
  p_key_hour integer, p_organization_hour integer,
  OUT granted integer, OUT at timestamptz, OUT minute_left integer, OUT hour_left integer,
  OUT organization_left integer) LANGUAGE plpgsql AS $$
DECLARE
  org api_limit_windows;
  hour api_limit_windows;
  minute api_limit_windows;
  this_hour timestamptz;
  this_minute timestamptz;
BEGIN
  LOOP
    SELECT * INTO org FROM api_limit_windows w WHERE w.subject_id = p_organization AND w.span = 'hour' FOR UPDATE;
    SELECT * INTO hour FROM api_limit_windows w WHERE w.subject_id = p_key AND w.span = 'hour' FOR UPDATE;
    SELECT * INTO minute FROM api_limit_windows w WHERE w.subject_id = p_key AND w.span = 'minute' FOR UPDATE;
    EXIT WHEN org.subject_id IS NOT NULL AND hour.subject_id IS NOT NULL AND minute.subject_id IS NOT NULL;
    INSERT INTO api_limit_windows (subject_id, span, organization_id, starts_at, used) VALUES
      (p_organization, 'hour', p_organization, '-infinity', 0), (p_key, 'hour', p_organization, '-infinity', 0),
      (p_key, 'minute', p_organization, '-infinity', 0)
    ON CONFLICT DO NOTHING;
  END LOOP;
  at := api_limit_clock();
  this_hour := date_trunc('hour', at, 'UTC');
  this_minute := date_trunc('minute', at, 'UTC');
  -- A window never begins again, even if the clock was set back.
  IF org.starts_at < this_hour THEN org.starts_at := this_hour; org.used := 0; END IF;
  IF hour.starts_at < this_hour THEN hour.starts_at := this_hour; hour.used := 0; END IF;
  IF minute.starts_at < this_minute THEN minute.starts_at := this_minute; minute.used := 0; END IF;
  minute_left := greatest(p_key_minute - minute.used, 0);
  hour_left := greatest(p_key_hour - hour.used, 0);
  organization_left := greatest(p_organization_hour - org.used, 0);
  granted := least(minute_left, hour_left, organization_left);
  IF granted > 0 THEN
    granted := least(p_wanted, greatest(granted / 4, 1));
    UPDATE api_limit_windows w SET starts_at = org.starts_at, used = org.used + granted
      WHERE w.subject_id = p_organization AND w.span = 'hour';
    UPDATE api_limit_windows w SET starts_at = hour.starts_at, used = hour.used + granted
      WHERE w.subject_id = p_key AND w.span = 'hour';
    UPDATE api_limit_windows w SET starts_at = minute.starts_at, used = minute.used + granted
      WHERE w.subject_id = p_key AND w.span = 'minute';
    minute_left := minute_left - granted;
    hour_left := hour_left - granted;
    organization_left := organization_left - granted;
  END IF;
END
$$;

-- Gives permits back that were taken at p_at and not used; those of a window that is over are void.
CREATE FUNCTION return_permits(p_organization uuid, p_key uuid, p_count integer, p_at timestamptz) RETURNS void
  LANGUAGE plpgsql AS $$
BEGIN
  UPDATE api_limit_windows w SET used = greatest(used - p_count, 0)
    WHERE w.subject_id = p_organization AND w.span = 'hour' AND w.starts_at = date_trunc('hour', p_at, 'UTC');
  UPDATE api_limit_windows w SET used = greatest(used - p_count, 0)
    WHERE w.subject_id = p_key AND w.span = 'hour' AND w.starts_at = date_trunc('hour', p_at, 'UTC');
  UPDATE api_limit_windows w SET used = greatest(used - p_count, 0)
    WHERE w.subject_id = p_key AND w.span = 'minute' AND w.starts_at = date_trunc('minute', p_at, 'UTC');
END
$$;

-- Requests with a key, summed: by minute for two days, by hour for ninety.
CREATE TABLE api_usage_minutes (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  minute timestamptz NOT NULL,
  key_id uuid NOT NULL,
  endpoint text NOT NULL,
  status_class smallint NOT NULL,
  requests bigint NOT NULL,
  -- How many took how long, by the bounds of the contract (`latencyBoundsMs`).
  latencies bigint[] NOT NULL,
  PRIMARY KEY (organization_id, minute, key_id, endpoint, status_class)
);
CREATE INDEX api_usage_minutes_age ON api_usage_minutes (minute);
CALL protect_table('api_usage_minutes', 'organization_id', 'SELECT');
CREATE TABLE api_usage_hours (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  hour timestamptz NOT NULL,
  key_id uuid NOT NULL,
  endpoint text NOT NULL,
  status_class smallint NOT NULL,
  requests bigint NOT NULL,
  latencies bigint[] NOT NULL,
  PRIMARY KEY (organization_id, hour, key_id, endpoint, status_class)
);
CREATE INDEX api_usage_hours_age ON api_usage_hours (hour);
CALL protect_table('api_usage_hours', 'organization_id', 'SELECT');

-- Class by class.
CREATE FUNCTION add_latencies(a bigint[], b bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  'SELECT array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY place) FROM unnest(a, b) WITH ORDINALITY AS c (x, y, place)';

-- A bounded sample of single requests: failures first, some of the others.
CREATE TABLE api_requests (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  key_id uuid NOT NULL,
  endpoint text NOT NULL,
  status smallint NOT NULL,
  duration_ms integer NOT NULL,
  error_code text,
  ip text,
  user_agent text,
  request_id text NOT NULL
);
CREATE INDEX api_requests_list ON api_requests (organization_id, id DESC);
CALL protect_table('api_requests', 'organization_id', 'SELECT');

-- Requests over a limit, summed by key and minute.
CREATE TABLE api_throttled (
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  minute timestamptz NOT NULL,
  key_id uuid NOT NULL,
  -- Which limit was full.
  quota text NOT NULL,
  requests bigint NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, minute, key_id, quota)
);
CREATE INDEX api_throttled_age ON api_throttled (minute);
CALL protect_table('api_throttled', 'organization_id', 'SELECT');

-- From where and with what a key is used.
CREATE TABLE api_key_callers (
  key_id uuid NOT NULL,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  ip text NOT NULL,
  user_agent text NOT NULL,
  requests bigint NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (key_id, ip, user_agent)
);
CREATE INDEX api_key_callers_of_organization ON api_key_callers (organization_id, key_id, last_at DESC);
CALL protect_table('api_key_callers', 'organization_id', 'SELECT');
