import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DataFolderInUseError } from './errors.ts';
import { processSpace, processStamp } from './processes.ts';

export type DataFolderLock = { release(): Promise<void> };

type Holder = { pid: number; stamp: string; space: string; token: string; released: boolean };

const HEARTBEAT_MS = 4_000;
const MISSED_BEATS = 3;
const MAX_ROUNDS = 20;

/**
 * Takes the data folder for this process or throws DataFolderInUseError.
 *
 * The files `lock/<number>` each name one holder, and the highest number counts. A holder that died is
 * followed by creating the next number, which the file system lets exactly one process do; files are
 * never emptied or replaced by others, so no two processes can take over at once. A holder is alive when
 * its process runs with the recorded start time. One in another container, whose processes cannot be
 * seen, is alive while it keeps touching its file.
 */
export async function lockDataFolder(
  dataDir: string,
  heartbeatMs: number = HEARTBEAT_MS,
): Promise<DataFolderLock> {
  const folder = join(dataDir, 'lock');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const me: Holder = {
    pid: process.pid,
    stamp: (await processStamp(process.pid)) ?? '',
    space: await processSpace(),
    token: randomUUID(),
    released: false,
  };
  const draft = join(folder, `draft-${me.token}`);
  await writeFile(draft, JSON.stringify(me), { mode: 0o600 });
  try {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const latest = await latestNumber(folder);
      if (latest > 0) {
        const holder = await readHolder(join(folder, String(latest)));
        if (holder && (await isAlive(holder, me, join(folder, String(latest)), heartbeatMs))) {
          throw new DataFolderInUseError(dataDir, holder.pid);
        }
      }
      const mine = join(folder, String(latest + 1));
      try {
        await link(draft, mine);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
        throw error;
      }
      if ((await latestNumber(folder)) !== latest + 1) {
        // We read an old listing; a later holder exists, and this number had been cleared away.
        await rm(mine, { force: true });
        continue;
      }
      await removeEarlier(folder, latest + 1);
      return hold(mine, me, heartbeatMs);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new Error(`could not lock ${dataDir}: too many processes are trying`);
}

function hold(file: string, me: Holder, heartbeatMs: number): DataFolderLock {
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, heartbeatMs);
  heartbeat.unref();
  let released = false;
  return {
    release: async () => {
      if (released) return;
      released = true;
      clearInterval(heartbeat);
      const next = `${file}-${me.token}`;
      try {
        await writeFile(next, JSON.stringify({ ...me, released: true }), { mode: 0o600 });
        await rename(next, file);
      } catch (error) {
        // The whole data folder was removed while we held it.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    },
  };
}

async function isAlive(holder: Holder, me: Holder, file: string, heartbeatMs: number): Promise<boolean> {
  const patience = MISSED_BEATS * heartbeatMs;
  if (holder.released) return false;
  if (holder.space === me.space) return (await processStamp(holder.pid)) === holder.stamp;
  const seen = await modifiedAt(file);
  if (Date.now() - seen > patience) return false;
  await wait(patience);
  return (await modifiedAt(file)) !== seen;
}

async function modifiedAt(file: string): Promise<number> {
  return stat(file).then(
    (stats) => stats.mtimeMs,
    () => 0,
  );
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    // Written whole before it gets its name, so an unreadable file was damaged by a crash of the machine.
    return undefined;
  }
}

async function latestNumber(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
  return Math.max(0, ...numbers);
}

async function removeEarlier(folder: string, number: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^\d+$/.test(name) && Number(name) < number) await rm(join(folder, name), { force: true });
  }
}
