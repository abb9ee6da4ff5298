-- The product's own events, each written in the transaction of its fact, so that none is lost and none is told of what
-- was rolled back. A worker passes them on and removes them; whoever takes one pushes due_at ahead, and a node that dies
-- meanwhile leaves it to the next.
CREATE TABLE own_events (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  type text NOT NULL,
  data jsonb NOT NULL,
  occurred_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL
);
CREATE INDEX own_events_due ON own_events (due_at, id);
CALL protect_table('own_events', 'organization_id', 'SELECT, INSERT, DELETE');
