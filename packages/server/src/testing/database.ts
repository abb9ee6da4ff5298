import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate, readMigrations } from '../db/migrate.ts';
import { createPool } from '../db/pool.ts';
import type {} from './provided.ts';

export type TestDatabase = {
  /** What the app gets as DATABASE_URL: through PgBouncer when the run has one (`npm test -- --pgbouncer`). */
  url: string;
  /** Always a session of the server itself. */
  directUrl: string;
  /** Whether `url` leads through PgBouncer. */
  pooled: boolean;
  /** The settings of a process that runs on it. */
  env: Record<string, string>;
  /** On `url`. */
  pool: pg.Pool;
  drop(): Promise<void>;
};

const LOCK_KEY = 7_240_119;

/**
 * A database of its own for a test file or a test, with all migrations applied: a clone of a template
 * that is made once per run and content of the migrations. Call `drop` when done; it also ends the pool
 * and any connection the test left open.
 */
export async function createTestDatabase(options: { max?: number } = {}): Promise<TestDatabase> {
  return createFrom(await ensureTemplate(inject('postgresUrl')), options.max, inject('pooledPort'));
}

/** An empty database without any migration, for tests of pools and migrations themselves; never through PgBouncer. */
export async function createEmptyDatabase(options: { max?: number } = {}): Promise<TestDatabase> {
  return createFrom('template0', options.max);
}

async function createFrom(template: string, max = 5, pooledPort = 0): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl');
  const name = `test_${randomBytes(8).toString('hex')}`;
  // Copying files takes a third of what writing each page to the log takes, which is PostgreSQL's own choice.
  await administer(serverUrl, (admin) =>
    admin.query(`create database ${name} template ${template} strategy file_copy`),
  );
  const directUrl = databaseUrl(serverUrl, name);
  const pooled = pooledPort !== 0;
  const url = pooled ? throughPort(directUrl, pooledPort) : directUrl;
  const pool = createPool(url, { max, applicationName: 'trunkline-test', pooled });
  return {
    url,
    directUrl,
    pooled,
    env: { DATABASE_URL: url, TRUNKLINE_DIRECT_DATABASE_URL: pooled ? directUrl : '' },
    pool,
    drop: async () => {
      if (!pool.ended) await pool.end();
      await administer(serverUrl, (admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
}

async function ensureTemplate(serverUrl: string): Promise<string> {
  const migrations = await readMigrations();
  const content = migrations.map(({ name, checksum }) => `${name} ${checksum}`).join('\n');
  const template = `template_${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  await administer(serverUrl, async (admin) => {
    if (await databaseExists(admin, template)) return;
    // Held until this connection ends; other test processes wait here while one builds the template.
    await admin.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    if (await databaseExists(admin, template)) return;
    const draft = `${template}_draft`;
    await admin.query(`drop database if exists ${draft} with (force)`);
    await admin.query(`create database ${draft} template template0`);
    const pool = createPool(databaseUrl(serverUrl, draft), { max: 1 });
    try {
      await migrate(pool);
    } finally {
      await pool.end();
    }
    // Cloning needs a template without connections, and the pool's may take a moment to be gone.
    await admin.query(`alter database ${draft} allow_connections false`);
    await admin.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [
      draft,
    ]);
    await admin.query(`alter database ${draft} rename to ${template}`);
  });
  return template;
}

async function databaseExists(admin: pg.Client, name: string): Promise<boolean> {
  return (await admin.query('select 1 from pg_database where datname = $1', [name])).rowCount === 1;
}

async function administer<T>(serverUrl: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: databaseUrl(serverUrl, 'postgres') });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

function throughPort(directUrl: string, port: number): string {
  const url = new URL(directUrl);
  url.port = String(port);
  return url.href;
}
