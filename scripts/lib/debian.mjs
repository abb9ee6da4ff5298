import { accessSync, constants, existsSync } from 'node:fs';
import { PlainError, run, step, tail } from './process.mjs';

/**
 * Installs a package of Debian's, as root or through sudo.
 * @param {string} title of the program, for messages
 * @param {string} name of the package
 * @param {string} howTo what to do where it cannot be installed
 */
export async function installDebianPackage(title, name, howTo) {
  const isRoot = process.getuid?.() === 0;
  const sudo = !isRoot && (await run('sudo', ['-n', 'true'])).code === 0;
  if (!existsSync('/etc/debian_version') || !(isRoot || sudo)) throw new PlainError(howTo);
  const apt = (/** @type {string[]} */ args) => {
    const command = [
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-o',
      'DPkg::Lock::Timeout=300',
      '-q',
      ...args,
    ];
    return sudo ? run('sudo', ['-n', ...command]) : run('env', command.slice(1));
  };
  await step(`Installing ${title}`, async () => {
    const update = await apt(['update']);
    const install = await apt(['install', '-y', '--no-install-recommends', name]);
    if (install.code !== 0)
      throw new PlainError(`${howTo}\napt-get failed:\n${tail(update, 5)}\n${tail(install, 10)}`);
  });
}

/**
 * The first of the files that this user may run.
 * @param {string[]} paths
 * @returns {string | undefined}
 */
export function firstExecutable(paths) {
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
