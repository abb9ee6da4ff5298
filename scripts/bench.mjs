#!/usr/bin/env node
// `npm run bench`: what the product can do on this machine, against what is possible (docs/performance.md).
import { runMain } from './lib/process.mjs';
import { runTypeScript } from './lib/run-typescript.mjs';

await runMain(() => runTypeScript('bench/run.ts'));
