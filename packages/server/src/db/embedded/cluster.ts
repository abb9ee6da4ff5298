import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chooseAccount, isReachable } from './account.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { processEnvironment } from '../../config/env.ts';

const run = promisify(execFile);

export const SUPERUSER = 'trunkline';

/** What the data folder remembers about its database, in `postgres.json` (mode 600). */
export type ClusterState = { password: string; home: string; port?: number };

const stateFile = (dataDir: string): string => join(dataDir, 'postgres.json');
export const clusterFolder = (home: string): string => join(home, 'data');

/**
 * Decides where the cluster lives and under which account, and creates that folder.
 *
 * Normally that is `<dataDir>/postgres`. As root, PostgreSQL runs under an unprivileged account, which
 * cannot enter a private folder such as `/root`; the cluster then goes to `<systemDir>/<hash of dataDir>`.
 * The choice is kept in `postgres.json`, so it never moves afterwards.
 */
export async function openCluster(options: {
  dataDir: string;
  systemDir: string;
  log: (message: string) => void;
}): Promise<{ state: ClusterState; account: Account | undefined }> {
  const { dataDir, systemDir } = options;
  const known = await readState(dataDir);
  const inside = join(dataDir, 'postgres');
  let home = known?.home ?? inside;
  const account = await chooseAccount(clusterFolder(home));
  if (!known && account && !(await isReachable(join(inside, 'data'), account))) {
    const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
    home = join(systemDir, hash);
    options.log(`${dataDir} is closed to ${account.name}, so the database's files are in ${home}`);
  }
  if (!known && existsSync(clusterFolder(home))) {
    throw new EmbeddedPostgresError(
      `${home} holds a database but ${stateFile(dataDir)} with its password is missing: restore that file.`,
    );
  }
  if (home !== inside) {
    await mkdir(dirname(home), { recursive: true });
    await chmod(dirname(home), 0o755);
  }
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (account) await chown(home, account.uid, account.gid);
  else await refuseForeign(home);
  if (known) return { state: known, account };
  const state: ClusterState = { password: randomBytes(24).toString('hex'), home };
  await writeState(dataDir, state);
  return { state, account };
}

async function refuseForeign(home: string): Promise<void> {
  const { uid } = await stat(home);
  if (uid === process.getuid?.()) return;
  throw new EmbeddedPostgresError(
    `${home} belongs to another user (uid ${uid}), probably because Trunkline ran as root before: ` +
      'run it as root again, or give the folder to the user who runs it now.',
  );
}

/** Where the cluster of a data folder lives; undefined when none was ever begun there. */
export async function findCluster(dataDir: string): Promise<string | undefined> {
  return (await readState(dataDir))?.home;
}

async function readState(dataDir: string): Promise<ClusterState | undefined> {
  const text = await readFile(stateFile(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const state: unknown = await Promise.resolve(text)
    .then(JSON.parse)
    .catch(() => undefined);
  if (!isState(state)) throw new EmbeddedPostgresError(`${stateFile(dataDir)} is damaged: restore it.`);
  return state;
}

function isState(value: unknown): value is ClusterState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'password' in value &&
    typeof value.password === 'string' &&
    'home' in value &&
    typeof value.home === 'string'
  );
}

/** Replaces `postgres.json` in one step and makes sure it survives a power cut. */
export async function writeState(dataDir: string, state: ClusterState): Promise<void> {
  const draft = `${stateFile(dataDir)}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(state)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, stateFile(dataDir));
}

/**
 * Creates the cluster on first use: UTF-8, the builtin C.UTF-8 collation (the same on every system),
 * passwords by SCRAM only. An interrupted creation is thrown away and begun again.
 * Throws EmbeddedPostgresError when the programs fail or the cluster is of another major version.
 */
export async function initializeCluster(options: {
  state: ClusterState;
  account: Account | undefined;
  binaries: Binaries;
  sync: boolean;
  log: (message: string) => void;
}): Promise<void> {
  const { state, account, binaries } = options;
  const cluster = clusterFolder(state.home);
  if (existsSync(cluster)) return checkVersion(cluster, binaries);
  options.log(`creating a database in ${cluster}`);
  const draft = `${cluster}.new`;
  const passwordFile = join(state.home, 'password');
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, `${state.password}\n`, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  const flags = [
    `--pgdata=${draft}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--text-search-config=simple',
    '--no-instructions',
    ...(options.sync ? [] : ['--no-sync']),
  ];
  try {
    await run(binaries.initdb, flags, spawnOptions(state.home, account, binaries));
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw new EmbeddedPostgresError(`PostgreSQL could not create a database: ${describe(error)}`, {
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, cluster);
}

async function checkVersion(cluster: string, binaries: Binaries): Promise<void> {
  const found = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  const { stdout } = await run(binaries.postgres, ['--version'], {
    env: { ...processEnvironment(), ...binaries.env },
    cwd: '/',
  });
  const ours = /(\d+)/.exec(stdout)?.[1];
  if (ours === found) return;
  throw new EmbeddedPostgresError(
    `The database in ${cluster} was made by PostgreSQL ${found} and this version brings ${ours}: ` +
      'export it with the version that made it and import it here.',
  );
}

/** Options that start a PostgreSQL program under the right account, in a folder it may enter. */
export function spawnOptions(
  folder: string,
  account: Account | undefined,
  binaries: Binaries,
): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } {
  // Nothing but what the programs need: PG* variables of the caller would change what they do.
  const env: NodeJS.ProcessEnv = {
    PATH: processEnvironment()['PATH'],
    LC_ALL: 'C',
    TZ: 'UTC',
    ...binaries.env,
  };
  return { cwd: folder, env, ...(account ? { uid: account.uid, gid: account.gid } : {}) };
}

function describe(error: unknown): string {
  const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return output || (error instanceof Error ? error.message : String(error));
}
