import { existsSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { firstExecutable, installDebianPackage } from './debian.mjs';
import { PlainError, run, tail } from './process.mjs';

/** Chromium without the parts that draw windows: its pages open and answer faster. A package of its own on Debian. */
const lightest = 'chromium-headless-shell';

/**
 * Path of an installed Chromium or Chrome, the lightest first; CHROMIUM_PATH wins.
 * @returns {string | undefined}
 */
export function findChromium() {
  const own = process.env.CHROMIUM_PATH;
  if (own) return own;
  const names = [lightest, 'chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser', 'chrome'];
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return firstExecutable([
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ]);
}

/**
 * Finds a browser that starts. As root on Debian the lightest is installed when it is missing, elsewhere only when there is
 * no browser and we may.
 * @returns {Promise<string>} its path
 */
export async function ensureChromium() {
  const found = findChromium();
  const starts = found && (await run(found, ['--version'], { timeoutMs: 60_000 }));
  if (starts && starts.code !== 0 && process.env.CHROMIUM_PATH)
    throw new PlainError(`CHROMIUM_PATH (${found}) does not start:\n${tail(starts, 5)}`);
  const works = starts ? starts.code === 0 : false;
  if (found && works && (process.env.CHROMIUM_PATH || basename(found) === lightest || !isRootOnDebian()))
    return found;
  try {
    await installDebianPackage('Chromium', lightest, howTo);
  } catch (error) {
    if (found && works) return found;
    if (!(error instanceof PlainError)) throw error;
    // Older releases do not have it.
    await installDebianPackage('Chromium', 'chromium', howTo);
  }
  const installed = findChromium();
  if (!installed) throw new PlainError(`Chromium was installed but is not on the PATH.\n${howTo}`);
  return installed;
}

function isRootOnDebian() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

const howTo = 'The browser tests need Chromium or Chrome: install one, or set CHROMIUM_PATH to its program.';
