import { delimiter, join } from 'node:path';
import { firstExecutable, installDebianPackage } from './debian.mjs';
import { PlainError, run, tail } from './process.mjs';

/**
 * Path of an installed Chromium or Chrome; CHROMIUM_PATH wins.
 * @returns {string | undefined}
 */
export function findChromium() {
  const own = process.env.CHROMIUM_PATH;
  if (own) return own;
  const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser', 'chrome'];
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return firstExecutable([
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ]);
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
  await installDebianPackage('Chromium', 'chromium', howTo);
  const installed = findChromium();
  if (!installed) throw new PlainError(`Chromium was installed but is not on the PATH.\n${howTo}`);
  return installed;
}

const howTo = 'The browser tests need Chromium or Chrome: install one, or set CHROMIUM_PATH to its program.';
