-- Counts up to p_wanted calls of an integration within its limits (null: none), under the lock of its row for this hour.
-- Every statement sees what was committed before it, so that any number of nodes together admit no more than the limits.
-- `full` says which window refused the rest.
CREATE FUNCTION admit_calls(p_organization uuid, p_integration uuid, p_hour timestamptz, p_day timestamptz,
  p_wanted integer, p_hour_limit integer, p_day_limit integer, OUT granted integer, OUT "full" text)
  LANGUAGE plpgsql AS $$
DECLARE
  used bigint;
  earlier bigint;
  hour_left bigint;
  day_left bigint;
BEGIN
  LOOP
    SELECT u.calls INTO used FROM integration_usage u
      WHERE u.integration_id = p_integration AND u.hour = p_hour FOR UPDATE;
    EXIT WHEN used IS NOT NULL;
    INSERT INTO integration_usage (integration_id, organization_id, hour, calls)
      VALUES (p_integration, p_organization, p_hour, 0) ON CONFLICT DO NOTHING;
  END LOOP;
  SELECT coalesce(sum(u.calls), 0) INTO earlier FROM integration_usage u
    WHERE u.integration_id = p_integration AND u.hour >= p_day AND u.hour < p_hour;
  hour_left := greatest(coalesce(p_hour_limit - used, p_wanted), 0);
  day_left := greatest(coalesce(p_day_limit - used - earlier, p_wanted), 0);
  granted := least(p_wanted, hour_left, day_left);
  IF granted < p_wanted THEN "full" := CASE WHEN day_left <= granted THEN 'day' ELSE 'hour' END; END IF;
  IF granted > 0 THEN
    UPDATE integration_usage u SET calls = u.calls + granted
      WHERE u.integration_id = p_integration AND u.hour = p_hour;
  END IF;
END
$$;
REVOKE ALL ON FUNCTION admit_calls FROM PUBLIC;
