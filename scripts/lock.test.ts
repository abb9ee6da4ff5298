import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withLock } from './lib/lock.mjs';

const folder = mkdtempSync(join(tmpdir(), 'trunkline-lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process id that belonged to nobody since the kernel's largest default is 4,194,304. */
const deadPid = 4_194_305;

describe('withLock', () => {
  it('lets one in at a time', async () => {
    const path = join(folder, 'one');
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(path, work)));
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it('gives the lock back when the work fails', async () => {
    const path = join(folder, 'failing');
    await expect(withLock(path, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(existsSync(path)).toBe(false);
  });

  it('takes over from a process that is gone', async () => {
    const path = join(folder, 'dead');
    mkdirSync(path);
    writeFileSync(join(path, 'owner.json'), JSON.stringify({ pid: deadPid, host: hostname() }));
    await expect(withLock(path, () => Promise.resolve('mine'), { timeoutMs: 5_000 })).resolves.toBe('mine');
  });

  it('takes over from a holder on another machine only when it has been silent', async () => {
    const path = join(folder, 'remote');
    mkdirSync(path);
    writeFileSync(join(path, 'owner.json'), JSON.stringify({ pid: deadPid, host: 'another' }));
    await expect(withLock(path, () => Promise.resolve('mine'), { timeoutMs: 0 })).rejects.toThrow('too long');
    const longAgo = new Date(Date.now() - 120_000);
    utimesSync(path, longAgo, longAgo);
    await expect(withLock(path, () => Promise.resolve('mine'), { timeoutMs: 5_000 })).resolves.toBe('mine');
  });
});
