import { constants, accessSync, readFileSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';

/** Files in memory, on Linux. */
const memory = '/dev/shm';
/** More than the data of a test run ever takes, in bytes. */
const room = 2 * 2 ** 30;

/**
 * The folder for the databases of a test run: in memory where the system has a place for that and the room, otherwise among the
 * temporary files. A database has more than a thousand files, and making them is most of what a test on a disk waits for.
 */
export function dataFolder(): string {
  try {
    return hasRoom() ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}

function hasRoom(): boolean {
  accessSync(memory, constants.W_OK | constants.X_OK);
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const [, , type, options = ''] =
    mounts.map((line) => line.split(' ')).find((parts) => parts[1] === memory) ?? [];
  // PostgreSQL loads libraries by links that lie beside its data.
  if (type !== 'tmpfs' || options.split(',').includes('noexec')) return false;
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > room && freemem() > 2 * room;
}
