-- Cleaning up behind the queue at full speed took a core for a tenth of a second and more, in which deliveries waited.
ALTER TABLE delivery_queue RESET (autovacuum_vacuum_cost_delay);

-- Nobody filters by what is wide, and looking at it is most of what it costs to analyse a day of history. Partitions do not
-- inherit this: `workers/partitions.ts` says the same of those that it makes.
DO $$
DECLARE
  part regclass;
  column_name text;
BEGIN
  FOR part IN
    SELECT 'events'::regclass UNION ALL SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'events'::regclass
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN body SET STATISTICS 0', part);
  END LOOP;
  FOR part IN
    SELECT 'attempts'::regclass UNION ALL SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'attempts'::regclass
  LOOP
    FOREACH column_name IN ARRAY ARRAY['error_message', 'url', 'signatures', 'response_headers', 'response_body'] LOOP
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', part, column_name);
    END LOOP;
  END LOOP;
END $$;
