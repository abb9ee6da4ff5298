-- What a last resort holds of a capability is the subject of an alert. The capability has no row of its own that lasts, so
-- that its id is derived: the same one for an organization and a capability at any time (a UUID of version 3).
CREATE FUNCTION last_resort_id(organization uuid, capability text) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT
  RETURN overlay(overlay(md5(organization::text || '/' || capability) PLACING '3' FROM 13 FOR 1)
    PLACING '8' FROM 17 FOR 1)::uuid;
