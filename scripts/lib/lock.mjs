import { mkdirSync, readFileSync, rmSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PlainError } from './process.mjs';

const heartbeatMs = 2_000;
const silentMs = 60_000;
const stealMs = 10_000;

/**
 * Runs `work` while no other process holds the lock folder `path`. mkdir is atomic on every file system, so
 * it decides; a holder that died (its process is gone, or it has not touched the folder for a minute) loses
 * the lock.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {{ timeoutMs?: number, onWait?: () => void }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(path, work, { timeoutMs = 15 * 60_000, onWait } = {}) {
  const deadline = Date.now() + timeoutMs;
  let told = false;
  while (!take(path)) {
    if (isStale(path) && steal(path)) continue;
    if (Date.now() > deadline) throw new PlainError(`Another run holds ${path} for too long.`);
    if (!told) onWait?.();
    told = true;
    await wait(100);
  }
  const beat = setInterval(() => touch(path), heartbeatMs);
  beat.unref();
  const release = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

/** @param {string} path */
function take(path) {
  mkdirSync(join(path, '..'), { recursive: true });
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(path, 'owner.json'), JSON.stringify({ pid: process.pid, host: hostname() }));
  return true;
}

/** @param {string} path */
function isStale(path) {
  const age = ageOf(path);
  if (age === undefined) return false;
  if (age > silentMs) return true;
  try {
    const owner = JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8'));
    return owner.host === hostname() && !isAlive(owner.pid);
  } catch {
    // The owner is written right after the folder; without it after a while its maker died in between.
    return age > stealMs;
  }
}

/**
 * Removes a stale lock. Only one process may decide that at a time, and it looks again when its turn comes:
 * otherwise a slow one removes the fresh lock of a quick one.
 * @param {string} path
 */
function steal(path) {
  const guard = `${path}.steal`;
  if ((ageOf(guard) ?? 0) > stealMs) rmSync(guard, { recursive: true, force: true });
  try {
    mkdirSync(guard);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    if (isStale(path)) rmSync(path, { recursive: true, force: true });
    return true;
  } finally {
    rmdirSync(guard);
  }
}

/** @param {string} path */
function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return undefined;
  }
}

/** @param {string} path */
function touch(path) {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Removed by hand: the work goes on, and release finds nothing to remove.
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
