import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PlainError, run, step, tail } from './process.mjs';

/**
 * Path of an installed Chromium or Chrome; CHROMIUM_PATH wins.
 * @returns {string | undefined}
 */
export function findChromium() {
  const own = process.env.CHROMIUM_PATH;
  if (own) return own;
  const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser', 'chrome'];
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return [
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find(isExecutable);
}

/**
 * Finds a browser that starts, and installs Debian's when there is none and we may.
 * @returns {Promise<string>} its path
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found) {
    const version = await run(found, ['--version'], { timeoutMs: 60_000 });
    if (version.code === 0) return found;
    if (process.env.CHROMIUM_PATH)
      throw new PlainError(`CHROMIUM_PATH (${found}) does not start:\n${tail(version, 5)}`);
  }
  await installChromium();
  const installed = findChromium();
  if (!installed) throw new PlainError(`Chromium was installed but is not on the PATH.\n${howTo}`);
  return installed;
}

const howTo = 'The browser tests need Chromium or Chrome: install one, or set CHROMIUM_PATH to its program.';

async function installChromium() {
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
  await step('Installing Chromium', async () => {
    const update = await apt(['update']);
    const install = await apt(['install', '-y', '--no-install-recommends', 'chromium']);
    if (install.code !== 0)
      throw new PlainError(`${howTo}\napt-get failed:\n${tail(update, 5)}\n${tail(install, 10)}`);
  });
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
