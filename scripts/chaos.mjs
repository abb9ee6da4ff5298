#!/usr/bin/env node
// `npm run chaos`: breaks things and counts what was lost. `-- --runs 3 --seed 7 --faults kill,disk-full` chooses;
// docs/reliability.md says what it does.
import { runMain } from './lib/process.mjs';
import { runTypeScript } from './lib/run-typescript.mjs';

await runMain(() => runTypeScript('chaos/run.ts'));
