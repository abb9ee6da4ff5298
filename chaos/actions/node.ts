// One process of the product whose providers are the sandbox at the URL given as first argument. Prints where it listens.
import { rerouteTo } from '@trunkline/sandbox/reroute';
import { serve } from '../../packages/server/src/commands/serve.ts';
import { processEnvironment, readConfig } from '../../packages/server/src/config/env.ts';

const [sandboxUrl = ''] = process.argv.slice(2);
await serve(readConfig(processEnvironment()), {
  http: true,
  outside: { reroute: rerouteTo(sandboxUrl) },
  onListening: (address) => console.log(address),
});
process.exit(0);
