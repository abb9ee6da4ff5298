import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { requireNode, root } from './process.mjs';

/**
 * Brings packages and build up to date, then runs a TypeScript file of the checkout with this command's
 * arguments; its exit code becomes ours.
 * @param {string} file relative to the checkout
 */
export async function runTypeScript(file) {
  requireNode();
  await ensureInstalled();
  await ensureBuilt();
  const loader = join(root, 'packages/server/src/testing/typescript-loader.mjs');
  const args = ['--import', loader, join(root, file), ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  process.exitCode = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
