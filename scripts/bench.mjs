#!/usr/bin/env node
// `npm run bench`: events and deliveries per second. `-- --quick` is a short run.
import { runMain } from './lib/process.mjs';
import { runTypeScript } from './lib/run-typescript.mjs';

await runMain(() => runTypeScript('bench/run.ts'));
