-- Where the calendar event of a caller's own reference is, such as that of an interview: of the chain that was asked.
CREATE TABLE event_references (
  organization_id uuid NOT NULL,
  primary_id uuid NOT NULL,
  reference text NOT NULL,
  -- Who has it, in which calendar. No event: it was called off.
  integration_id uuid,
  calendar text,
  event_id text,
  url text,
  video_url text,
  -- The state of the caller's that was done last; a call about an older one changes nothing.
  as_of timestamptz,
  -- The call that is on its way, and until when others wait for it.
  held_by uuid,
  held_until timestamptz NOT NULL DEFAULT '-infinity',
  kept_until timestamptz NOT NULL,
  PRIMARY KEY (organization_id, primary_id, reference),
  FOREIGN KEY (organization_id, primary_id) REFERENCES integrations (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX event_references_old ON event_references (kept_until);
CALL protect_table('event_references', 'organization_id', 'SELECT, INSERT, UPDATE');
