import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTypeScript } from '../testing/child.ts';
import { findNativeFolder } from './embedded/binaries.ts';
import { DataFolderInUseError, EmbeddedPostgresError } from './embedded/errors.ts';
import { isPostgresOn, processStamp } from './embedded/processes.ts';
import { discardDataFolder, startEmbeddedPostgres } from './embedded.ts';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded.ts';

const SMALL = { fsync: 'off', shared_buffers: '16MB', max_connections: '10', io_method: 'sync' };

let root: string;
let dataDir: string;
let systemDir: string;
let messages: string[];
const running = new Set<EmbeddedPostgres>();
const children = new Set<ChildProcess>();

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trunkline-embedded-'));
  await chmod(root, 0o755);
  dataDir = join(root, 'data');
  systemDir = join(root, 'system');
  messages = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  for (const server of running) await server.stop('immediate');
  running.clear();
  await discardDataFolder(dataDir);
  await rm(root, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const log = (message: string): void => void messages.push(message);
  const server = await startEmbeddedPostgres({ dataDir, systemDir, log, settings: SMALL, ...options });
  running.add(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

describe('startEmbeddedPostgres', () => {
  it('creates a UTF-8 database on loopback that survives a stop, on the same port', async () => {
    const first = await start();
    expect(new URL(first.url)).toMatchObject({ hostname: '127.0.0.1', pathname: '/trunkline' });
    const facts = await query(
      first.url,
      `select current_setting('server_encoding') as encoding, datlocprovider as provider, datlocale as locale,
              current_setting('listen_addresses') as listens, current_setting('unix_socket_directories') as socket,
              current_setting('synchronous_commit') as commit, upper('ä') as upper
       from pg_database where datname = current_database()`,
    );
    expect(facts).toEqual([
      {
        encoding: 'UTF8',
        provider: 'b',
        locale: 'C.UTF-8',
        listens: '127.0.0.1',
        socket: '',
        commit: 'on',
        upper: 'Ä',
      },
    ]);
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    await first.stop();
    expect(await first.exited).toEqual({ code: 0, signal: null, expected: true });

    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('asks for the password, which only the owner of the data folder can read', async () => {
    const server = await start();
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    const file = join(dataDir, 'postgres.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { password } = JSON.parse(await readFile(file, 'utf8')) as { password: string };
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(messages.join('\n')).not.toContain(password);
    expect(await readdir(join(dataDir, 'postgres'))).not.toContain('password');
  });

  it('refuses a folder that a running Trunkline holds, and a second start leaves the first alone', async () => {
    const server = await start();
    const refusal = await start().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DataFolderInUseError);
    expect(refusal).toMatchObject({ pid: process.pid, dataDir });
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('takes over after kill -9 of the process that started it, with the data', async () => {
    const child = startTypeScript(new URL('./embedded/start.fixture.ts', import.meta.url), [
      dataDir,
      systemDir,
    ]);
    children.add(child.process);
    const { url, pid } = JSON.parse(await child.nextLine()) as { url: string; pid: number };
    await query(url, 'create table kept as select 42 as answer');
    await expect(start()).rejects.toMatchObject({ name: 'DataFolderInUseError', pid: child.pid });
    await child.kill();
    expect(await processStamp(pid)).toBeDefined();

    const server = await start();
    expect(server.pid).not.toBe(pid);
    expect(await processStamp(pid)).toBeUndefined();
    expect(messages.join('\n')).toContain(`process ${pid}`);
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('reports a server that dies and starts again after it', async () => {
    const server = await start();
    await query(server.url, 'create table kept as select 42 as answer');
    process.kill(server.pid, 'SIGKILL');
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL', expected: false });
    await server.stop();
    const again = await start();
    expect(await query(again.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it.each([
    ['a living foreign program', 'echo $$; exec sleep 600'],
    ['a zombie', 'true & echo $!; exec sleep 600'],
    ['nothing readable', 'echo; exec sleep 600'],
  ])('is not held up by a stale postmaster.pid that names %s', async (_what, script) => {
    const server = await start();
    const pidFile = join(dataDir, 'postgres', 'data', 'postmaster.pid');
    const rest = (await readFile(pidFile, 'utf8')).split('\n').slice(1).join('\n');
    await server.stop();
    // Under PostgreSQL's own account: it takes no process of another user for an earlier server anyway.
    const { uid, gid } = await stat(join(dataDir, 'postgres', 'data'));
    const foreign = spawn('sh', ['-c', script], { uid, gid, cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] });
    children.add(foreign);
    const [line] = (await once(createInterface({ input: foreign.stdout }), 'line')) as [string];
    await writeFile(pidFile, line && `${line}\n${rest}`, { mode: 0o600 });
    await chown(pidFile, uid, gid);
    const again = await start();
    expect(await query(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await processStamp(foreign.pid ?? 0)).toBeDefined();
  });

  it('works without the library links an install script would have made', async () => {
    const native = join(root, 'native');
    await cp(findNativeFolder(), native, {
      recursive: true,
      filter: async (source) => !(await lstat(source)).isSymbolicLink(),
    });
    const server = await start({ nativeFolder: native });
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await readdir(join(dataDir, 'postgres', 'lib'))).not.toEqual([]);
  });

  it('works below a private folder, for the data and for the programs', async () => {
    const home = join(root, 'home');
    await mkdir(home, { mode: 0o700 });
    dataDir = join(home, 'data');
    const native = join(home, 'native');
    await cp(findNativeFolder(), native, { recursive: true, verbatimSymlinks: true });
    const server = await start({ nativeFolder: native });
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    const again = await start({ nativeFolder: native });
    expect(await query(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('takes another port when the kept one is busy, but never instead of a given one', async () => {
    const server = await start();
    await server.stop();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(server.port, '127.0.0.1', resolve));
    try {
      await expect(start({ port: server.port })).rejects.toThrow(/Address already in use/);
      const moved = await start();
      expect(moved.port).not.toBe(server.port);
      expect(await query(moved.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });

  it('begins again after an interrupted creation', async () => {
    await (await start()).stop();
    const home = join(dataDir, 'postgres');
    await rm(join(home, 'data'), { recursive: true });
    await mkdir(join(home, 'data.new'));
    await writeFile(join(home, 'data.new', 'PG_VERSION'), '18\n');
    const server = await start();
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says what is wrong when the server cannot start, and frees the folder', async () => {
    const bad = start({ settings: { ...SMALL, shared_buffers: 'plenty' } });
    await expect(bad).rejects.toThrow(EmbeddedPostgresError);
    await expect(bad).rejects.toThrow(/shared_buffers/);
    const server = await start();
    await server.stop();
    const state = await readFile(join(dataDir, 'postgres.json'), 'utf8');
    await rm(join(dataDir, 'postgres.json'));
    await expect(start()).rejects.toThrow(/postgres\.json with its password is missing/);
    await writeFile(join(dataDir, 'postgres.json'), state, { mode: 0o600 });
    await writeFile(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '9\n');
    await expect(start()).rejects.toThrow(/made by PostgreSQL 9/);
  });

  it('recognizes its server by the cluster folder only', async () => {
    const server = await start();
    expect(await isPostgresOn(server.pid, join(dataDir, 'postgres', 'data'))).toBe(true);
    expect(await isPostgresOn(server.pid, join(root, 'elsewhere'))).toBe(false);
    expect(await isPostgresOn(process.pid, join(dataDir, 'postgres', 'data'))).toBe(false);
  });
});
