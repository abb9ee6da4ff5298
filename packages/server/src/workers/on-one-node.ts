import type pg from 'pg';

/** Advisory locks of the database, one for each kind of work that a single node does for all. */
export const nodeLocks = {
  maintenance: 7_304_182,
  failingWebhooks: 7_304_183,
  auditLogs: 7_304_184,
  alerts: 7_304_185,
  ssoDomains: 7_304_186,
  heldCounts: 7_304_187,
} as const;

/**
 * Does the work unless another node is at it. The lock lasts as long as a transaction, which holds behind a pooler too; the
 * work itself uses other connections.
 */
export async function onOneNode(
  pool: pg.Pool,
  lock: keyof typeof nodeLocks,
  work: () => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
      nodeLocks[lock],
    ]);
    if (rows[0]?.mine) await work();
  } finally {
    // A connection that cannot even roll back is of no more use.
    const broken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    );
    client.release(broken);
  }
}
