import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';

export type Migration = { name: string; sql: string; checksum: string };

export type MigrateOptions = {
  /** Folder of `NNNN_what.sql` files; the server's own by default. */
  dir?: string | URL;
  log?: (message: string) => void;
};

/** The recorded migrations and the files disagree; nothing was changed. */
export class MigrationHistoryError extends Error {
  override name = 'MigrationHistoryError';
}

/** One migration failed and was rolled back; `cause` holds the database's error. */
export class MigrationFailedError extends Error {
  override name = 'MigrationFailedError';
}

const DEFAULT_DIR = new URL('./migrations/', import.meta.url);
const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
// Any constant will do as long as nothing else in the database uses it.
const LOCK_KEY = 7_240_118;

/**
 * Reads the migration files of a folder in order of their number, the name without `.sql`. The checksum
 * ignores the kind of line ending, so a checkout on another system counts as unchanged.
 * Throws MigrationHistoryError for a misnamed file or two files with one number.
 */
export async function readMigrations(dir: string | URL = DEFAULT_DIR): Promise<Migration[]> {
  const folder = dir instanceof URL ? fileURLToPath(dir) : dir;
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  const byNumber = new Map<string, string>();
  const migrations: Migration[] = [];
  for (const file of files) {
    const number = FILE_NAME.exec(file)?.[1];
    if (!number) throw new MigrationHistoryError(`${file} is not named NNNN_what.sql`);
    const twin = byNumber.get(number);
    if (twin) throw new MigrationHistoryError(`${twin} and ${file} have the same number`);
    byNumber.set(number, file);
    const sql = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
    const checksum = createHash('sha256').update(sql).digest('hex');
    migrations.push({ name: file.slice(0, -'.sql'.length), sql, checksum });
  }
  return migrations;
}

/**
 * Applies the migrations not yet recorded in `schema_migrations`, each in a transaction of its own that
 * also holds an advisory lock: processes that start together take turns, and it works through a
 * connection pooler in transaction mode. Returns the names this call applied.
 * Throws MigrationHistoryError when an applied file changed, vanished or would now be overtaken by a new
 * file with a lower number, and MigrationFailedError when a file's SQL fails (later ones are not tried).
 */
export async function migrate(pool: pg.Pool, options: MigrateOptions = {}): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(options.dir);
  const applied: string[] = [];
  // Each round applies at most one file, so there are at most as many rounds as files, and one to finish.
  for (let round = 0; round <= migrations.length; round += 1) {
    const name = await applyNext(pool, migrations);
    if (name === undefined) return { applied };
    applied.push(name);
    options.log?.(`applied migration ${name}`);
  }
  return { applied };
}

/** Names of the migrations that `migrate` would apply now; reads only. Throws MigrationHistoryError. */
export async function pendingMigrations(
  pool: pg.Pool,
  options: Pick<MigrateOptions, 'dir'> = {},
): Promise<string[]> {
  const migrations = await readMigrations(options.dir);
  const table = await pool.query<{ found: boolean }>(
    `select to_regclass('schema_migrations') is not null as found`,
  );
  if (!table.rows[0]?.found) return migrations.map(({ name }) => name);
  return findPending(migrations, await readHistory(pool)).map(({ name }) => name);
}

type History = Map<string, string>;

async function readHistory(queryable: Pick<pg.Pool, 'query'>): Promise<History> {
  const { rows } = await queryable.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migrations',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

function findPending(migrations: Migration[], history: History): Migration[] {
  const files = new Map(migrations.map((migration) => [migration.name, migration]));
  let latest = '';
  for (const [name, checksum] of history) {
    const file = files.get(name);
    if (!file) {
      throw new MigrationHistoryError(
        `migration ${name} is applied in this database but its file is missing: ` +
          'the database was migrated by another, probably newer, version',
      );
    }
    if (file.checksum !== checksum) {
      throw new MigrationHistoryError(
        `migration ${name} was changed after it was applied: restore the file and add a new one instead`,
      );
    }
    if (name > latest) latest = name;
  }
  const pending = migrations.filter(({ name }) => !history.has(name));
  const overtaken = pending.find(({ name }) => name < latest);
  if (overtaken) {
    throw new MigrationHistoryError(
      `migration ${overtaken.name} is new but ${latest} is already applied: give it a higher number`,
    );
  }
  return pending;
}

async function applyNext(pool: pg.Pool, migrations: Migration[]): Promise<string | undefined> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    // Waiting for another process's migration may take longer than any statement of normal work.
    await client.query('set local statement_timeout = 0');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    await client.query(
      `create table if not exists schema_migrations (
         name text primary key,
         checksum text not null,
         applied_at timestamptz not null default now()
       )`,
    );
    const next = findPending(migrations, await readHistory(client))[0];
    if (next) await applyOne(client, next);
    await client.query('commit');
    return next?.name;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

async function applyOne(client: pg.PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query(`select set_config('trunkline.migration', $1, true)`, [migration.name]);
    await client.query(migration.sql);
    // The setting lasts as long as the transaction: if it is gone, the file ended the transaction itself.
    const { rows } = await client.query<{ name: string | null }>(
      `select current_setting('trunkline.migration', true) as name`,
    );
    if (rows[0]?.name !== migration.name) {
      throw new Error('the file must not contain commit or rollback');
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationFailedError(`migration ${migration.name} failed: ${reason}`, { cause: error });
  }
  await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [
    migration.name,
    migration.checksum,
  ]);
}
