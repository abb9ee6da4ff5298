-- Whom the checks of the run count for among the recorded events. Both null: nobody's, since a rule began it or the browser
-- asked for privacy; only the person null: a program's.
ALTER TABLE check_runs ADD COLUMN asked_by uuid;
ALTER TABLE check_runs ADD COLUMN asked_role text;
