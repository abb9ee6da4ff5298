-- An invitation goes by email where the installation has a mail server. Its token is kept, sealed, only until the message
-- is accepted or given up; mail_attempts counts at the claim and fences what a late sender writes.
ALTER TABLE invitations
  ADD COLUMN token_box bytea,
  ADD COLUMN mail_state text NOT NULL DEFAULT 'none' CHECK (mail_state IN ('none', 'waiting', 'sent', 'failed')),
  ADD COLUMN mail_attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN mail_due_at timestamptz,
  ADD COLUMN mail_sent_at timestamptz,
  ADD COLUMN mail_problem text,
  ADD CHECK ((mail_state = 'waiting') = (token_box IS NOT NULL)),
  ADD CHECK ((mail_state = 'waiting') = (mail_due_at IS NOT NULL));
CREATE INDEX invitations_mail_due ON invitations (mail_due_at) WHERE mail_state = 'waiting';
