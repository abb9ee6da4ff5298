import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { discardDataFolder, startEmbeddedPostgres } from '../db/embedded.ts';
import { dataFolder } from './data-folder.ts';
import { startPgBouncer } from './pgbouncer.ts';
import type {} from './provided.ts';

/** Not durable, few helper processes, little memory: the data lives as long as the run. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '32MB',
  // Several workers, each with the pools of several nodes or processes.
  max_connections: '300',
  io_method: 'sync',
  wal_level: 'minimal',
  max_wal_size: '256MB',
  max_wal_senders: '0',
  autovacuum: 'off',
};

const PREFIX = 'trunkline-test-pg-';

/**
 * Starts one PostgreSQL for the test run and gives its URL to the tests as `postgresUrl`; with
 * TRUNKLINE_TEST_PGBOUNCER, the path of that program, also a PgBouncer in front of it (`pooledPort`).
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await discardLeftovers();
  const dataDir = join(dataFolder(), `${PREFIX}${randomBytes(6).toString('hex')}`);
  const messages: string[] = [];
  const log = (message: string): void => {
    messages.push(message);
  };
  try {
    const server = await startEmbeddedPostgres({ dataDir, log, settings: SETTINGS });
    project.provide('postgresUrl', server.url);
    const program = process.env['TRUNKLINE_TEST_PGBOUNCER'];
    const pooler = program ? await startPgBouncer(program, server.url) : undefined;
    project.provide('pooledPort', pooler?.port ?? 0);
    return async () => {
      await pooler?.stop();
      await server.stop('immediate');
      await discardDataFolder(dataDir);
    };
  } catch (error) {
    throw new Error(`no database for the tests\n${messages.join('\n')}`, { cause: error });
  }
}

/** Ends the servers of test runs that were killed, and removes their folders. */
async function discardLeftovers(): Promise<void> {
  for (const folder of new Set([tmpdir(), dataFolder()])) {
    for (const name of await readdir(folder)) {
      // A folder in use, or of another user, is none of our business.
      if (name.startsWith(PREFIX)) await discardDataFolder(join(folder, name)).catch(() => {});
    }
  }
}
