import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { processEnvironment } from '../../config/env.ts';

const run = promisify(execFile);

/**
 * A stamp of when a process started, so that a process number used again by another program is told
 * apart; undefined when no such process runs. A zombie counts as not running: it holds nothing.
 */
export async function processStamp(pid: number): Promise<string | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (!stat) return undefined;
    // The second field is the program's name in parentheses and may itself contain spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    return state === 'Z' || state === 'X' ? undefined : `${await bootId()}:${fields[19]}`;
  }
  const line = await ps(pid, 'stat=,lstart=');
  if (!line) return undefined;
  const [state = '', ...started] = line.split(/\s+/);
  return state.startsWith('Z') ? undefined : started.join(' ');
}

/**
 * Identifies the set of process numbers this process can see (one boot, one PID namespace). Stamps
 * written in another place say nothing about the processes here.
 */
export async function processSpace(): Promise<string> {
  if (process.platform !== 'linux') return process.platform;
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${await bootId()}:${namespace}`;
}

/** Whether the process is a PostgreSQL server that was started on exactly this cluster folder. */
export async function isPostgresOn(pid: number, cluster: string): Promise<boolean> {
  if ((await processStamp(pid)) === undefined) return false;
  if (process.platform === 'linux') {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const words = command.split('\0');
    return (words[0] ?? '').endsWith('postgres') && words.includes(cluster);
  }
  const command = (await ps(pid, 'command=')) ?? '';
  return command.includes('postgres') && command.includes(` -D ${cluster} `);
}

/**
 * Processes still working in the cluster folder: the backends and helpers of a server, which may outlive
 * it for a moment after it was killed. Only Linux can tell; elsewhere the list is empty.
 */
export async function postgresProcessesIn(cluster: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isSafeInteger(pid)) continue;
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    if (folder !== cluster) continue;
    const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (command.trim() === 'postgres' && (await processStamp(pid)) !== undefined) found.push(pid);
  }
  return found;
}

/** Sends a signal; a process that is already gone is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

async function ps(pid: number, columns: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-ww', '-p', String(pid), '-o', columns], {
      env: { ...processEnvironment(), LC_ALL: 'C' },
    });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
