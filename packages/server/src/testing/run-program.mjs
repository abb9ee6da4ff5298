// Runs a program of the TypeScript sources for a test: node run-program.mjs folder program.ts …arguments
// Its modules are put together in few files by whoever needs it first in a test run: a program loads many hundred modules,
// and finding, reading and translating each one at every start takes longer than most of what tests do with it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [node, , folder, program, ...args] = process.argv;
const name = createHash('sha256').update(program).digest('hex').slice(0, 16);
const made = join(folder, name);
if (!existsSync(made)) make();
process.argv = [node, program, ...args];
await import(pathToFileURL(join(made, 'program.mjs')).href);

function make() {
  const draft = mkdtempSync(join(folder, 'draft-'));
  const bundler = fileURLToPath(new URL('./program-bundle.mjs', import.meta.url));
  const { status } = spawnSync(node, [bundler, program, draft], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) process.exit(1);
  try {
    renameSync(draft, made);
  } catch (error) {
    if (!existsSync(made)) throw error;
    // Another process was quicker.
    rmSync(draft, { recursive: true });
  }
}
