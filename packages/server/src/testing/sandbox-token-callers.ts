import { once } from 'node:events';
import { pino } from 'pino';
import { rerouteTo } from '@trunkline/sandbox/reroute';
import { processEnvironment, readConfig } from '../config/env.ts';
import { ConnectionFault } from '../connections/connection-fault.ts';
import { freshToken } from '../connections/tokens.ts';
import { startApp } from '../start-app.ts';

/*
 * A node that does nothing but ask for tokens: `sandbox-token-callers.ts <sandbox url> <organization> <integration> <callers>`.
 * Says `ready`, waits for SIGUSR2, calls all at once, and prints what they got as one line of JSON.
 */

const [sandboxUrl = '', organizationId = '', integrationId = '', callers = '1'] = process.argv.slice(2);
const config = readConfig(processEnvironment());
const running = await startApp(config, pino({ level: 'silent' }), { reroute: rerouteTo(sandboxUrl) });
const begun = once(process, 'SIGUSR2');
process.stdout.write('ready\n');
await begun;
const outcomes = await Promise.all(
  Array.from({ length: Number(callers) }, () =>
    freshToken(running.app, organizationId, integrationId).then(
      ({ accessToken }) => accessToken,
      (error: unknown) => `fault: ${error instanceof ConnectionFault ? error.problem.fault : String(error)}`,
    ),
  ),
);
process.stdout.write(`${JSON.stringify([...new Set(outcomes)])}\n`);
await running.stop();
