import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const prefix = join(tmpdir(), 'trunkline-chaos-disk-');

/**
 * A file system of its own in memory for the database's tables, which can be filled to the last byte. The
 * write-ahead log stays outside: PostgreSQL survives a table that cannot grow, and panics when its log cannot.
 */
export class SmallDisk {
  readonly folder = `${prefix}${process.pid}`;
  get #filler(): string {
    return join(this.folder, 'filler');
  }

  /** Whether this machine lets us: mounting takes root and its capability. */
  static async available(): Promise<boolean> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
    const probe = `${prefix}probe-${process.pid}`;
    try {
      await mkdir(probe);
      await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'trunkline-chaos', probe]);
      await run('umount', [probe]);
      return true;
    } catch {
      return false;
    } finally {
      await rm(probe, { recursive: true, force: true });
    }
  }

  /** Mounts it for the account that PostgreSQL runs under. */
  async mount(owner: { uid: number; gid: number }, megabytes: number): Promise<void> {
    await discardLeftDisks();
    await mkdir(this.folder, { recursive: true });
    const options = `size=${megabytes}m,mode=700,uid=${owner.uid},gid=${owner.gid}`;
    await run('mount', ['-t', 'tmpfs', '-o', options, 'trunkline-chaos', this.folder]);
  }

  /** Writes until nothing more fits. */
  async fill(): Promise<void> {
    const file = await open(this.#filler, 'w');
    try {
      for (const size of [1 << 20, 4096]) {
        const block = Buffer.alloc(size, 1);
        for (let count = 0; count < 1 << 16; count += 1) {
          const full = await file.write(block).then(
            ({ bytesWritten }) => bytesWritten < size,
            () => true,
          );
          if (full) break;
        }
      }
    } finally {
      await file.close();
    }
  }

  free(): void {
    rmSync(this.#filler, { force: true });
  }

  async unmount(): Promise<void> {
    await unmount(this.folder);
  }
}

async function unmount(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  // Lazily: a database that was killed this instant may still hold a file.
  await run('umount', ['-l', folder]).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
}

/** Of runs that were killed. */
async function discardLeftDisks(): Promise<void> {
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const folder = line.split(' ')[1] ?? '';
    const pid = folder.startsWith(prefix) ? folder.slice(prefix.length) : '';
    if (/^\d+$/.test(pid) && !existsSync(`/proc/${pid}`)) await unmount(folder);
  }
}
