import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { chooseAccount } from '../db/embedded/account.ts';
import { eventually } from './eventually.ts';

export interface PgBouncer {
  /** On 127.0.0.1; user, password and databases are those of the server behind it. */
  port: number;
  stop(): Promise<void>;
}

/**
 * Starts PgBouncer in transaction mode in front of a PostgreSQL on this machine. It takes its server connections in
 * turn, so that two transactions of one client rarely meet the same session. It ends with this process, however
 * that ends.
 */
export async function startPgBouncer(program: string, serverUrl: string): Promise<PgBouncer> {
  const server = new URL(serverUrl);
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-test-pgbouncer-'));
  const settings = join(folder, 'pgbouncer.ini');
  const users = join(folder, 'users.txt');
  const port = await freePort();
  const password = decodeURIComponent(server.password);
  await writeFile(users, `"${decodeURIComponent(server.username)}" "${password}"\n`, { mode: 0o600 });
  await writeFile(settings, settingsOf(server, port, users), { mode: 0o600 });
  const account = await chooseAccount(folder);
  if (account) {
    for (const path of [folder, settings, users]) await chown(path, account.uid, account.gid);
  }
  // The shell waits for the end of its input, which comes with the end of this process, and clears up.
  const script = '"$0" -q "$1" & read -r _; kill "$!"; wait; rm -rf "$2"';
  const child = spawn('/bin/sh', ['-c', script, program, settings, folder], {
    stdio: ['pipe', 'ignore', 'pipe'],
    cwd: '/',
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-4_000);
  });
  const ended = once(child, 'close');
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  const url = new URL(serverUrl);
  url.port = String(port);
  try {
    await eventually(() => answers(url.href), 10_000);
  } catch (error) {
    await stop();
    throw new Error(`PgBouncer does not start: ${output}`, { cause: error });
  }
  return { port, stop };
}

const settingsOf = (server: URL, port: number, users: string) => `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 12
max_client_conn = 1000
server_round_robin = 1
server_idle_timeout = 5
server_login_retry = 1
query_wait_timeout = 20
log_connections = 0
log_disconnections = 0
log_stats = 0
`;

async function answers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT');
  } finally {
    await client.end();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
