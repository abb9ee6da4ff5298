#!/usr/bin/env node
// The command `trunkline`: brings packages and build up to date, then becomes the server. It runs in this very
// process, so that signals, the exit code and even kill -9 reach the server itself.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { followParent } from './lib/follow-parent.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { PlainError, requireNode, root, runMain } from './lib/process.mjs';

await runMain(async () => {
  requireNode();
  await ensureInstalled({ allowOld: true });
  await ensureBuilt();
  const main = join(root, 'packages/server/dist/main.js');
  if (!existsSync(main)) throw new PlainError('packages/server/dist/main.js is missing and has no sources.');
  process.argv.splice(1, 1, main);
  followParent();
  await import(pathToFileURL(main).href);
});
