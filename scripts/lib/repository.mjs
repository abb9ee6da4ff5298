import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, run } from './process.mjs';

const unversioned = new Set(['.git', 'node_modules', 'dist', '.tmp', '.trunkline', 'test-results']);

/**
 * Files of the project, relative to the checkout: those that git tracks or would add. Without git (an unpacked
 * archive) all but what is built or installed.
 * @returns {Promise<string[]>}
 */
export async function projectFiles() {
  const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const files = listed.code === 0 ? listed.stdout.split('\0').filter(Boolean) : walk(root);
  return files.filter((file) => existsSync(join(root, file))).toSorted();
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function walk(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !unversioned.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? walk(path) : [relative(root, path)];
    });
}

/**
 * Text of a project file; undefined for pictures, fonts and the like.
 * @param {string} file
 */
export function readText(file) {
  const bytes = readFileSync(join(root, file));
  return bytes.includes(0) ? undefined : bytes.toString('utf8');
}
