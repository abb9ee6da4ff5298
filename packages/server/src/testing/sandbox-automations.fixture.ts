// A process that works on automations and their actions against the sandbox at the URL given as first argument, without
// end, until it is killed.
import { rerouteTo } from '@trunkline/sandbox/reroute';
import { processEnvironment, readConfig } from '../config/env.ts';
import { createLog, startApp } from '../start-app.ts';
import { Actions } from '../workers/actions.ts';
import { Automations } from '../workers/automations.ts';

const [sandboxUrl = ''] = process.argv.slice(2);
const { app } = await startApp(readConfig(processEnvironment()), createLog('error'), {
  reroute: rerouteTo(sandboxUrl),
});
new Actions(app).start();
new Automations(app).start();
console.log('ready');
