import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';

export interface OpenSsh {
  host: string;
  port: number;
  /** Who runs the tests; may log in with the key only. */
  username: string;
  privateKey: string;
  /** Of the host key, as OpenSSH writes it. */
  fingerprint: string;
  /** An empty folder that the tests may use. */
  folder: string;
  stop(): Promise<void>;
}

/** Both halves of a key in OpenSSH's form. */
export interface SshPair {
  private: string;
  public: string;
}

/**
 * Starts the OpenSSH server of this machine on a free port, with these keys and settings of its own. It ends with this
 * process, however that ends.
 */
export async function startOpenSsh(host: string, keys: { host: SshPair; user: SshPair }): Promise<OpenSsh> {
  const program = findProgram();
  const home = await mkdtemp(join(tmpdir(), 'trunkline-test-ssh-'));
  const folder = join(home, 'files');
  await mkdir(folder);
  // sshd wants it when it runs as root; Debian makes it at boot, which a container does not have.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const path = (name: string): string => join(home, name);
  await writeFile(path('host_key'), keys.host.private, { mode: 0o600 });
  await writeFile(path('authorized_keys'), `${keys.user.public}\n`, { mode: 0o600 });
  const port = await freePort(host);
  await writeFile(path('sshd_config'), settings(host, port, path), { mode: 0o600 });
  // The shell waits for the end of its input, which comes with the end of this process, and clears up.
  const script = '"$0" -D -e -f "$1" & read -r _; kill "$!"; wait; rm -rf "$2"';
  const child = spawn('/bin/sh', ['-c', script, program, path('sshd_config'), home], {
    stdio: ['pipe', 'ignore', 'pipe'],
    cwd: '/',
  });
  const ended = once(child, 'close');
  await new Promise<void>((resolve, reject) => {
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4_000);
      if (output.includes('Server listening on')) resolve();
      // The shell goes on waiting, so a server that ended is seen by its last words.
      else if (/fatal|error|Missing|Bad configuration|terminating/i.test(output)) {
        child.stdin.end();
        reject(new Error(`OpenSSH does not start: ${output}`));
      }
    });
    child.once('error', reject);
  });
  return {
    host,
    port,
    username: userInfo().username,
    privateKey: keys.user.private,
    fingerprint: fingerprintOf(keys.host.public),
    folder,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

const settings = (
  host: string,
  port: number,
  path: (name: string) => string,
) => `ListenAddress ${host}:${port}
HostKey ${path('host_key')}
AuthorizedKeysFile ${path('authorized_keys')}
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication yes
Subsystem sftp internal-sftp
`;

function findProgram(): string {
  const folders = ['/usr/sbin', '/usr/local/sbin', ...(process.env['PATH'] ?? '').split(delimiter)];
  const found = folders.map((folder) => join(folder, 'sshd')).find(isProgram);
  if (found === undefined) {
    throw new Error(
      'These tests need the server of OpenSSH: install openssh-server, or let `npm test` do it.',
    );
  }
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function fingerprintOf(publicKey: string): string {
  const key = Buffer.from(publicKey.split(' ')[1]!, 'base64');
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
