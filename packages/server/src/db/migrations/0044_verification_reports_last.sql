-- A finished report outlives the check run that it was made from: check runs go after 30 days, reports after months. A
-- report that went with its check run also let the month be verified twice.
ALTER TABLE verification_runs
  ALTER COLUMN check_run_id DROP NOT NULL,
  -- How many integrations the run checked; null while it runs.
  ADD COLUMN checked integer,
  DROP CONSTRAINT verification_runs_organization_id_check_run_id_fkey,
  ADD FOREIGN KEY (organization_id, check_run_id) REFERENCES check_runs (organization_id, id)
    ON DELETE SET NULL (check_run_id);
UPDATE verification_runs v SET checked = (SELECT count(*) FROM check_run_items i WHERE i.run_id = v.check_run_id)
WHERE finished_at IS NOT NULL;
