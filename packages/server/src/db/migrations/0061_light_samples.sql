-- Analysing a day of history sorts a sample of 30,000 rows for each column, a tenth of a second of a core in one go, again and
-- again while the day grows. What is asked of these tables goes by indexes that a rough picture is enough to choose from: a
-- tenth of the sample. Of wide columns nothing is looked at. Partitions do not inherit this: `workers/partitions.ts` calls the
-- function for those that it makes.
CREATE FUNCTION sample_lightly(sampled regclass, wide text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE (
    SELECT format('ALTER TABLE %s %s', sampled, string_agg(
      format('ALTER COLUMN %I SET STATISTICS %s', attname, CASE WHEN attname = ANY (wide) THEN 0 ELSE 10 END), ', '))
    FROM pg_attribute WHERE attrelid = sampled AND attnum > 0 AND NOT attisdropped);
END $$;

SELECT sample_lightly('delivery_queue', '{}');
SELECT sample_lightly('events', '{body}');
SELECT sample_lightly(inhrelid, '{body}') FROM pg_inherits WHERE inhparent = 'events'::regclass;
SELECT sample_lightly('attempts', '{error_message,url,signatures,response_headers,response_body}');
SELECT sample_lightly(inhrelid, '{error_message,url,signatures,response_headers,response_body}')
  FROM pg_inherits WHERE inhparent = 'attempts'::regclass;
