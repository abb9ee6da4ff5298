import { delimiter, join } from 'node:path';
import { firstExecutable, installDebianPackage } from './debian.mjs';
import { PlainError } from './process.mjs';

const howTo = 'The tests of file exchange need the server of OpenSSH (sshd): install it.';

/** Makes sure that there is an OpenSSH server, which the tests start by themselves: installs Debian's when there is none. */
export async function ensureOpenSsh() {
  if (findOpenSsh()) return;
  // Debian starts a service of its own with it, which the tests do not use.
  await installDebianPackage('OpenSSH', 'openssh-server', howTo);
  if (!findOpenSsh()) throw new PlainError(`OpenSSH was installed but has no sshd.\n${howTo}`);
}

function findOpenSsh() {
  const folders = ['/usr/sbin', '/usr/local/sbin', ...(process.env.PATH ?? '').split(delimiter)];
  return firstExecutable(folders.map((folder) => join(folder, 'sshd')));
}
