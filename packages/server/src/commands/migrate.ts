import type { Config } from '../config/env.ts';
import { startEmbeddedPostgres } from '../db/embedded.ts';
import { migrate } from '../db/migrate.ts';
import { createPool } from '../db/pool.ts';

/** Brings the database to this version and gives the names of what was applied. */
export async function migrateDatabase(config: Config): Promise<string[]> {
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbeddedPostgres({ dataDir: config.dataDir, log: () => undefined })
      : undefined;
  const pool = createPool(embedded?.url ?? config.directDatabaseUrl ?? config.databaseUrl ?? '', {
    max: 2,
    applicationName: 'trunkline migrate',
  });
  try {
    return (await migrate(pool)).applied;
  } finally {
    await pool.end();
    await embedded?.stop();
  }
}
