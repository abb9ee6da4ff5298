#!/usr/bin/env node
// `npm run bench`: brings packages and build up to date, then measures. `-- --quick` is a short run.
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode, root, runMain } from './lib/process.mjs';

await runMain(async () => {
  requireNode();
  await ensureInstalled();
  await ensureBuilt();
  const loader = join(root, 'packages/server/src/testing/typescript-loader.mjs');
  const child = spawn(
    process.execPath,
    ['--import', loader, join(root, 'bench/run.ts'), ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  process.exitCode = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
});
