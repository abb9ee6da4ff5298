import { delimiter, join } from 'node:path';
import { firstExecutable, installDebianPackage } from './debian.mjs';
import { PlainError } from './process.mjs';

const howTo = '`--pgbouncer` needs PgBouncer: install it.';

/**
 * Finds PgBouncer, and installs Debian's when there is none and we may.
 * @returns {Promise<string>} its path
 */
export async function ensurePgBouncer() {
  const found = findPgBouncer();
  if (found) return found;
  // Debian starts a service of its own with it, which the tests do not use.
  await installDebianPackage('PgBouncer', 'pgbouncer', howTo);
  const installed = findPgBouncer();
  if (!installed) throw new PlainError(`PgBouncer was installed but is not on the PATH.\n${howTo}`);
  return installed;
}

function findPgBouncer() {
  const folders = ['/usr/sbin', '/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return firstExecutable(folders.map((folder) => join(folder, 'pgbouncer')));
}
