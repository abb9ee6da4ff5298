import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmod, mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Account } from './embedded/account.ts';
import { findNativeFolder, prepareBinaries } from './embedded/binaries.ts';
import type { Binaries } from './embedded/binaries.ts';
import {
  SUPERUSER,
  clusterFolder,
  findCluster,
  initializeCluster,
  openCluster,
  spawnOptions,
  writeState,
} from './embedded/cluster.ts';
import { EmbeddedPostgresError } from './embedded/errors.ts';
import { lockDataFolder } from './embedded/lock.ts';
import { isPostgresOn, postgresProcessesIn, processStamp, sendSignal } from './embedded/processes.ts';

export type EmbeddedPostgresOptions = {
  /** Folder that holds everything; created if missing. */
  dataDir: string;
  /** Receives one plain line at a time, PostgreSQL's own messages included. */
  log: (message: string) => void;
  /** Port on 127.0.0.1; by default a free one, kept for the next start. */
  port?: number;
  /** PostgreSQL settings over the defaults, e.g. `{ fsync: 'off' }`. */
  settings?: Record<string, string>;
  /** Environment of the server beside what it needs. */
  env?: Record<string, string>;
  /** Folder with PostgreSQL's `bin`, `lib` and `share`; by default the installed platform package. */
  nativeFolder?: string;
  /** As root only: where files go that an unprivileged account must reach. */
  systemDir?: string;
};

export type PostgresExit = { code: number | null; signal: NodeJS.Signals | null; expected: boolean };

export type EmbeddedPostgres = {
  /**
   * `postgres://` URL of the database `trunkline`; contains the password. It says `sslmode=disable` so that
   * a `PGSSLMODE` in the environment has no effect.
   */
  url: string;
  port: number;
  /** Process number of the server (the postmaster). */
  pid: number;
  /**
   * Shuts the server down and frees the data folder. `fast` ends sessions and writes a checkpoint;
   * `immediate` leaves recovery to the next start. Bounded: a server that hangs is killed in the end.
   * Safe to call twice, and after the server died by itself.
   */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Settles when the server ends; `expected` is false unless `stop` was called. Never rejects. */
  exited: Promise<PostgresExit>;
};

const DATABASE = 'trunkline';
const HOST = '127.0.0.1';
const START_ATTEMPTS = 6;
const START_PATIENCE_MS = 300_000;
const POLL_MS = 20;

/** For a small machine that also runs the application; durable, and quiet about what users store. */
const SETTINGS: Record<string, string> = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  synchronous_commit: 'on',
  max_wal_size: '1GB',
  // Making a segment of WAL holds commits up for 50 ms; used ones are kept for the next rush instead of being removed after a rest.
  min_wal_size: '512MB',
  // Else the system writes what half a minute left behind at once, 270 MB at 6,000 deliveries a second, and commits wait.
  backend_flush_after: '256kB',
  random_page_cost: '1.1',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  autovacuum_naptime: '15s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

/**
 * Starts the embedded PostgreSQL on a data folder, creating the cluster and the database `trunkline` on
 * first use. It listens on 127.0.0.1 only, with a random password kept in `postgres.json` (mode 600), in
 * a process group of its own, so that Ctrl-C in a terminal reaches us and not the server.
 *
 * A server left behind by a Trunkline that was killed is shut down first. As root, PostgreSQL runs under
 * an unprivileged account (see `chooseAccount`, `openCluster`, `prepareBinaries` for where files go).
 *
 * Throws DataFolderInUseError when another running Trunkline holds the folder, EmbeddedPostgresError when
 * PostgreSQL is missing for this system or does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log } = options;
  const systemDir = options.systemDir ?? '/var/lib/trunkline';
  const asRoot = process.getuid?.() === 0;
  if ((await mkdir(options.dataDir, { recursive: true, mode: 0o700 })) !== undefined) {
    // As root another account has to pass through; the files that matter are private themselves.
    await chmod(options.dataDir, asRoot ? 0o711 : 0o700);
  }
  const dataDir = await realpath(options.dataDir);
  const lock = await lockDataFolder(dataDir).catch((error: unknown) => {
    throw asDenied(error) ?? error;
  });
  try {
    const { state, account } = await openCluster({ dataDir, systemDir, log });
    const nativeFolder = await realpath(options.nativeFolder ?? findNativeFolder());
    const linkFolder = join(state.home, 'lib');
    const binaries = await prepareBinaries({ nativeFolder, linkFolder, systemDir, account, log });
    const settings = { ...SETTINGS, ...options.settings };
    await initializeCluster({ state, account, binaries, sync: settings['fsync'] !== 'off', log });
    const cluster = await realpath(clusterFolder(state.home));
    await stopLeftover(cluster, log);

    let failure = '';
    for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
      const port = options.port ?? (await freePort(attempt === 0 ? state.port : undefined));
      const server = launch({ cluster, account, binaries, settings, env: options.env ?? {}, port, log });
      const ready = await waitUntilReady(server, cluster, log);
      if (ready) {
        const url = (database: string): string =>
          `postgres://${SUPERUSER}:${state.password}@${HOST}:${port}/${database}?sslmode=disable`;
        try {
          await ensureDatabase(url('postgres'));
        } catch (error) {
          await server.stop('immediate');
          throw new EmbeddedPostgresError('PostgreSQL started but refuses to be used', { cause: error });
        }
        server.markReady();
        if (state.port !== port) await writeState(dataDir, { ...state, port });
        const stop = async (mode: 'fast' | 'immediate' = 'fast'): Promise<void> => {
          await server.stop(mode);
          await lock.release();
        };
        return { url: url(DATABASE), port, pid: server.pid, stop, exited: server.exited };
      }
      failure = await server.messages();
      const portTaken = failure.includes('Address already in use');
      // The helpers of a killed server take a moment to notice; until then its memory is in use.
      const stillEnding = failure.includes('shared memory block') || failure.includes('lock file');
      if (stillEnding) await wait(500);
      if (!(portTaken && options.port === undefined) && !stillEnding) break;
    }
    throw new EmbeddedPostgresError(`PostgreSQL did not start: ${failure || 'no message'}`);
  } catch (error) {
    await lock.release();
    throw asDenied(error) ?? error;
  }
}

/** Files of another user are the usual reason, e.g. a folder once used as root. */
function asDenied(error: unknown): EmbeddedPostgresError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return undefined;
  if (error.code !== 'EACCES' && error.code !== 'EPERM') return undefined;
  return new EmbeddedPostgresError(
    `No permission for ${String(error.path)}: run Trunkline as the user who owns the data folder.`,
    { cause: error },
  );
}

/**
 * Removes a data folder with everything in it, ending a server left behind on it first. Does nothing when
 * the folder is not (or not yet) a data folder. Throws DataFolderInUseError when a running Trunkline holds it.
 */
export async function discardDataFolder(folder: string): Promise<void> {
  const dataDir = await realpath(folder).catch(() => undefined);
  // Without a cluster yet, it may belong to a process that is just about to lock it.
  const home = dataDir && (await findCluster(dataDir));
  if (!dataDir || !home) return;
  const lock = await lockDataFolder(dataDir);
  try {
    const cluster = await realpath(clusterFolder(home)).catch(() => undefined);
    if (cluster) await stopLeftover(cluster, () => {});
    await rm(home, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  } finally {
    await lock.release();
  }
}

type Server = {
  pid: number;
  exited: Promise<PostgresExit>;
  hasExited(): boolean;
  /** Its last lines; of a server that ended, after they have all arrived. */
  messages(): Promise<string>;
  markReady(): void;
  stop(mode: 'fast' | 'immediate'): Promise<void>;
};

function launch(options: {
  cluster: string;
  account: Account | undefined;
  binaries: Binaries;
  settings: Record<string, string>;
  env: Record<string, string>;
  port: number;
  log: (message: string) => void;
}): Server {
  const flags = Object.entries({ ...options.settings, port: String(options.port) }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  );
  const surroundings = spawnOptions(options.cluster, options.account, options.binaries);
  const child = spawn(options.binaries.postgres, ['-D', options.cluster, ...flags], {
    ...surroundings,
    env: { ...surroundings.env, ...options.env },
    // A session of its own: a terminal's Ctrl-C must not reach the database before it reaches us.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stopping = false;
  let settled = false;
  let ended = false;
  const recent: string[] = [];
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (line) => {
    recent.push(line);
    if (recent.length > 20) recent.shift();
    // Starting and stopping without a fault is no news; a failed start reports the recent lines.
    if (settled || !line.startsWith('LOG:')) options.log(`postgres: ${line}`);
  });
  const read = new Promise((resolve) => lines.once('close', resolve));
  const exited = new Promise<PostgresExit>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      ended = true;
      resolve({ code, signal, expected: stopping });
    };
    child.once('error', (error) => {
      recent.push(error.message);
      end(null, null);
    });
    child.once('exit', (code, signal) => {
      // Its helpers may hold the pipe open for a moment; it must not keep our process alive.
      if (signal === 'SIGKILL') child.stderr.destroy();
      end(code, signal);
    });
  });
  return {
    pid: child.pid ?? 0,
    exited,
    hasExited: () => ended,
    messages: async () => {
      if (ended) await Promise.race([read, wait(1_000)]);
      return recent.join('; ');
    },
    markReady: () => {
      settled = true;
    },
    stop: async (mode) => {
      stopping = true;
      settled = false;
      await endServer(child, exited, mode);
    },
  };
}

async function endServer(
  child: ChildProcess,
  exited: Promise<PostgresExit>,
  mode: 'fast' | 'immediate',
): Promise<void> {
  const steps: [NodeJS.Signals, number][] = [
    ['SIGQUIT', 8_000],
    ['SIGKILL', 8_000],
  ];
  if (mode === 'fast') steps.unshift(['SIGINT', 20_000]);
  for (const [signal, patience] of steps) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) break;
    child.kill(signal);
    const timer = new AbortController();
    const ended = await Promise.race([
      exited.then(() => true),
      wait(patience, false, { signal: timer.signal }).catch(() => false),
    ]);
    timer.abort();
    if (ended) break;
  }
}

/** True once the server accepts connections, false when it ended instead. */
async function waitUntilReady(
  server: Server,
  cluster: string,
  log: (message: string) => void,
): Promise<boolean> {
  for (let waited = 0; waited < START_PATIENCE_MS && !server.hasExited(); waited += POLL_MS) {
    const pidFile = await readPidFile(cluster);
    if (pidFile?.pid === server.pid && pidFile.ready) return true;
    if (waited > 0 && waited % 10_000 === 0) log('waiting for PostgreSQL to recover after a crash');
    await wait(POLL_MS);
  }
  if (!server.hasExited()) await server.stop('immediate');
  return false;
}

/** `postmaster.pid`: the process number on the first line, the state on the eighth (PostgreSQL's miscinit). */
async function readPidFile(cluster: string): Promise<{ pid: number; ready: boolean } | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0] || NaN), ready: (lines[7] ?? '').trim() === 'ready' };
}

/**
 * Ends the server and helpers a killed Trunkline left on this cluster; we hold the folder's lock, so no
 * living one owns them. Only processes proven to be PostgreSQL on this folder are touched. A pid file
 * that names a zombie or a foreign program would make PostgreSQL refuse to start and is removed.
 */
async function stopLeftover(cluster: string, log: (message: string) => void): Promise<void> {
  const pidFile = await readPidFile(cluster);
  if (!pidFile) return;
  if (await isPostgresOn(pidFile.pid, cluster)) {
    log(`stopping the PostgreSQL left behind by an earlier run (process ${pidFile.pid})`);
    await endForeign(pidFile.pid, cluster);
  }
  for (const signal of [undefined, 'SIGQUIT', 'SIGKILL'] as const) {
    const remaining = await postgresProcessesIn(cluster);
    if (signal) for (const pid of remaining) sendSignal(pid, signal);
    if (await until(async () => (await postgresProcessesIn(cluster)).length === 0, 5_000)) break;
  }
  const left = await readPidFile(cluster);
  const damaged = left && !Number.isSafeInteger(left.pid);
  if (left && (damaged || left.pid === pidFile.pid) && !(await isPostgresOn(left.pid, cluster))) {
    if (damaged || isOccupied(left.pid)) await rm(join(cluster, 'postmaster.pid'), { force: true });
  }
}

async function endForeign(pid: number, cluster: string): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!(await isPostgresOn(pid, cluster))) return;
    sendSignal(pid, signal);
    if (await until(async () => (await processStamp(pid)) === undefined, patience)) return;
  }
}

async function until(condition: () => Promise<boolean>, patienceMs: number): Promise<boolean> {
  for (let waited = 0; waited <= patienceMs; waited += POLL_MS) {
    if (await condition()) return true;
    await wait(POLL_MS);
  }
  return false;
}

/** Whether the number belongs to any process at all, zombies included. */
function isOccupied(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** The preferred port if it is free, else one the system chooses. */
async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await tryPort(preferred)) !== undefined) return preferred;
  const port = await tryPort(0);
  if (port === undefined) throw new EmbeddedPostgresError(`no port is free on ${HOST}`);
  return port;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen({ port, host: HOST, exclusive: true }, () => {
      const { port: found } = probe.address() as AddressInfo;
      probe.close(() => resolve(found));
    });
  });
}
