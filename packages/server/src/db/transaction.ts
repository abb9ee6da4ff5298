import type { LiveTopic } from '@trunkline/contract/live';
import type pg from 'pg';
import type { Tx } from '../ctx.ts';
import { liveChannel } from './live-channel.ts';

/**
 * Makes the rest of a transaction one organization's: row-level security binds it from here on. Called again, another's,
 * for what belongs to a person and is told to all their organizations.
 */
export type Enter = (organizationId: string) => Promise<Tx>;

/**
 * Runs `work` in a transaction that starts as the owner of the tables, for what begins outside of any
 * organization: creating one, joining one. `enter` is called after the owner's statements.
 * Announcements arrive if and only if the transaction commits.
 */
export async function ownerTransaction<T>(
  pool: pg.Pool,
  work: (db: pg.PoolClient, enter: Enter) => Promise<T>,
): Promise<T> {
  return transaction(pool, async (db, enter) => {
    await db.query('BEGIN');
    return work(db, enter);
  });
}

/** Runs `work` in a transaction of an organization. It begins and is bound in one message to the database. */
export async function organizationTransaction<T>(
  pool: pg.Pool,
  organizationId: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return transaction(pool, async (db, _enter, txOf) => {
    await db.query(
      `BEGIN; SELECT set_config('role', 'trunkline_tenant', true),
         set_config('trunkline.organization_id', ${db.escapeLiteral(organizationId)}, true)`,
    );
    return work(txOf(organizationId));
  });
}

async function transaction<T>(
  pool: pg.Pool,
  run: (db: pg.PoolClient, enter: Enter, txOf: (organizationId: string) => Tx) => Promise<T>,
): Promise<T> {
  const db = await pool.connect();
  const announcements: { organizationId: string; topic: LiveTopic; ids: string[] | undefined }[] = [];
  const hooks: (() => void)[] = [];
  const txOf = (organizationId: string): Tx => ({
    organizationId,
    async query<Row extends object>(sql: string, values: unknown[] = [], name?: string): Promise<Row[]> {
      return (await db.query<Row>({ text: sql, values, ...(name !== undefined && { name }) })).rows;
    },
    announce: (topic, ids) => announcements.push({ organizationId, topic, ids }),
    afterCommit: (hook) => hooks.push(hook),
  });
  const enter: Enter = async (organizationId) => {
    await db.query(
      `SELECT set_config('role', 'trunkline_tenant', true), set_config('trunkline.organization_id', $1, true)`,
      [organizationId],
    );
    return txOf(organizationId);
  };
  let broken: Error | undefined;
  try {
    const result = await run(db, enter, txOf);
    for (const change of announcements) {
      await db.query('SELECT pg_notify($1, $2)', [liveChannel, JSON.stringify(change)]);
    }
    await db.query('COMMIT');
    for (const hook of hooks) hook();
    return result;
  } catch (error) {
    // A rollback that fails leaves role and organization on the connection: it is not used again.
    await db.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    db.release(broken);
  }
}
