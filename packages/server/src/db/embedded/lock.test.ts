import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolderInUseError } from './errors.ts';
import { lockDataFolder } from './lock.ts';
import { processSpace, processStamp } from './processes.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trunkline-lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function plant(holder: Record<string, unknown>): Promise<string> {
  await mkdir(join(dir, 'lock'));
  const file = join(dir, 'lock', '7');
  await writeFile(file, JSON.stringify({ token: 'planted', released: false, ...holder }));
  return file;
}

describe('lockDataFolder', () => {
  it('refuses a second holder and frees the folder on release', async () => {
    const lock = await lockDataFolder(dir);
    const refusal = await lockDataFolder(dir).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DataFolderInUseError);
    expect(refusal).toMatchObject({ dataDir: dir, pid: process.pid });
    expect(String(refusal)).toContain(dir);
    expect(String(refusal)).toContain(String(process.pid));
    await lock.release();
    await (await lockDataFolder(dir)).release();
    expect(await readdir(join(dir, 'lock'))).toEqual(['2']);
  });

  it('follows a holder that is dead, whose number another program has now, or whose file is damaged', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await plant({ pid: child.pid, stamp: 'long ago', space: await processSpace() });
    await (await lockDataFolder(dir)).release();

    await rm(join(dir, 'lock'), { recursive: true });
    await plant({ pid: process.pid, stamp: 'before this process', space: await processSpace() });
    await (await lockDataFolder(dir)).release();

    await writeFile(join(dir, 'lock', '99'), '');
    await (await lockDataFolder(dir)).release();
    expect(await readdir(join(dir, 'lock'))).toEqual(['100']);
  });

  it('lets exactly one of many follow a dead holder', async () => {
    await plant({ pid: process.pid, stamp: 'before this process', space: await processSpace() });
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataFolder(dir)));
    const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(winners).toHaveLength(1);
    expect(refusals.every((reason) => reason instanceof DataFolderInUseError)).toBe(true);
    await winners[0]?.release();
  });

  it('believes a holder in another container while it gives signs of life', async () => {
    const stamp = await processStamp(process.pid);
    const file = await plant({ pid: 1, stamp, space: 'another container' });
    const long = new Date(Date.now() - 3_600_000);
    await utimes(file, long, long);
    const lock = await lockDataFolder(dir, 10);
    const mine = join(dir, 'lock', '8');
    const holder = JSON.parse(await readFile(mine, 'utf8')) as object;
    await writeFile(mine, JSON.stringify({ ...holder, space: 'another container' }));
    await expect(lockDataFolder(dir, 500)).rejects.toThrow(DataFolderInUseError);
    await lock.release();
    await (await lockDataFolder(dir)).release();
  });
});
