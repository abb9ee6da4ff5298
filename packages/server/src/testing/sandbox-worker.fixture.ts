// A process that works on due actions and files to copy back against the sandbox at the URL given as first argument, and waits to be killed.
import { rerouteTo } from '@trunkline/sandbox/reroute';
import { processEnvironment, readConfig } from '../config/env.ts';
import { createLog, startApp } from '../start-app.ts';
import { Actions } from '../workers/actions.ts';
import { CopyBack } from '../workers/copy-back.ts';

const [sandboxUrl = ''] = process.argv.slice(2);
const { app } = await startApp(readConfig(processEnvironment()), createLog('error'), {
  reroute: rerouteTo(sandboxUrl),
});
console.log('ready');
await new Actions(app).run();
await new CopyBack(app).run();
console.log('done');
