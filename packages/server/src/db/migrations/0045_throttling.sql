-- What throttles the calls of an integration, as the last refusals told: since when, until when, and the limit and its window
-- where they are known. It tells a new throttling from one that goes on; whether a limit of an hour or a day is full,
-- integration_usage says.
ALTER TABLE integration_health
  ADD COLUMN throttled jsonb,
  ADD COLUMN throttled_at timestamptz,
  ADD COLUMN throttled_until timestamptz;
