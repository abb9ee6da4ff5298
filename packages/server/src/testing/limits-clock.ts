import type pg from 'pg';

/** Puts the clock of the limits, which all nodes of a database read, at a moment; it stands still there. */
export async function setLimitsClock(pool: pg.Pool, at: string): Promise<void> {
  await pool.query(
    `CREATE OR REPLACE FUNCTION api_limit_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
     AS $$SELECT timestamptz '${new Date(at).toISOString()}'$$`,
  );
}
