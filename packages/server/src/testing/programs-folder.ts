import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const variable = 'TRUNKLINE_TEST_PROGRAMS';

/**
 * The folder in which programs of the sources are put together (`run-program.mjs`), for this process and its children. It
 * lives no longer than the process that made it, so that no program is older than the run.
 */
export function programsFolder(): string {
  return (process.env[variable] ??= makeFolder());
}

/** Forgets what was put together: the sources have changed. */
export function emptyProgramsFolder(): void {
  const folder = programsFolder();
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-test-programs-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
