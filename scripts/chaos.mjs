#!/usr/bin/env node
// `npm run chaos`: breaks things and counts what was lost. `-- --runs 3 --seed 7` chooses.
import { runMain } from './lib/process.mjs';
import { runTypeScript } from './lib/run-typescript.mjs';

await runMain(() => runTypeScript('chaos/run.ts'));
