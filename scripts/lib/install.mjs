import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { PlainError, root, runNpm, say, step } from './process.mjs';

const modules = join(root, 'node_modules');
const marker = join(modules, '.trunkline-lock');
const lockFile = join(root, 'package-lock.json');

/**
 * Installs the packages of package-lock.json unless they are there. Without a network, packages of an older
 * lock file are kept and used if `allowOld` says so.
 * @param {{ allowOld?: boolean }} [options]
 */
export async function ensureInstalled({ allowOld = false } = {}) {
  if (isInstalled()) return;
  await withLock(
    join(root, '.tmp/install.lock'),
    async () => {
      if (isInstalled()) return;
      await step('Installing packages', () => install(allowOld));
    },
    { onWait: () => say('Another run is installing packages; waiting for it …') },
  );
}

/** Compares a hash first (1 ms); after an install by hand it looks into npm's own record. */
function isInstalled() {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return true;
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  if (!matchesLock(JSON.parse(readFileSync(lockFile, 'utf8')), JSON.parse(readFileSync(record, 'utf8')))) {
    return false;
  }
  writeFileSync(marker, hash);
  return true;
}

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} LockFile
 */

/**
 * Whether npm's record of what it installed covers the lock file. Packages for other platforms may be
 * missing; a package that is there must be the locked one.
 * @param {LockFile} lock
 * @param {LockFile} installed
 */
export function matchesLock(lock, installed) {
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    const found = installed.packages[path];
    if (!found) return Boolean(wanted.optional || wanted.devOptional);
    return (
      Boolean(found.link) === Boolean(wanted.link) &&
      found.version === wanted.version &&
      found.integrity === wanted.integrity
    );
  });
}

/**
 * `npm ci` empties node_modules before it knows whether the registry answers; so the old folder waits aside
 * and comes back when the install fails.
 * @param {boolean} allowOld
 */
async function install(allowOld) {
  const aside = setAside();
  // A build needs the development packages whatever NODE_ENV says; no package needs its install script.
  const result = await runNpm([
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--loglevel=error',
  ]);
  if (result.code === 0) {
    writeFileSync(marker, createHash('sha256').update(readFileSync(lockFile)).digest('hex'));
    if (aside) rmSync(aside, { recursive: true, force: true });
    return;
  }
  if (aside) {
    rmSync(modules, { recursive: true, force: true });
    renameSync(aside, modules);
  }
  // The reason comes first; after some errors npm adds its manual.
  const reason = result.stderr.split('\n').slice(0, 15).join('\n');
  const offline =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ENOTCACHED/.test(
      result.stderr,
    );
  if (offline && aside && allowOld) {
    say(
      'The package registry cannot be reached: going on with the packages of an older version, which may not fit.',
    );
    return;
  }
  throw new PlainError(
    offline
      ? `The package registry cannot be reached, and packages are missing. Connect once and run the command again.\n${reason}`
      : `npm ci failed:\n${reason}`,
  );
}

/** @returns {string | undefined} where node_modules waits; undefined when there is none or it cannot move */
function setAside() {
  if (!existsSync(modules)) return undefined;
  const aside = join(root, '.tmp', `node_modules-${process.pid}`);
  try {
    mkdirSync(join(root, '.tmp'), { recursive: true });
    renameSync(modules, aside);
    return aside;
  } catch {
    // A mount point or another file system: npm ci then works in place.
    return undefined;
  }
}
