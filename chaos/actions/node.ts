// One process of the product. Its providers are the sandbox at the URL given as first argument, its mail server is described
// by the second one as JSON. Prints where it listens.
import { rerouteTo } from '@trunkline/sandbox/reroute';
import { serve } from '../../packages/server/src/commands/serve.ts';
import { processEnvironment, readConfig } from '../../packages/server/src/config/env.ts';
import { mailPorts } from './mail-ports.ts';
import type { MailPlace } from './mail-ports.ts';

const [sandboxUrl = '', place = ''] = process.argv.slice(2);
const mail = JSON.parse(place) as MailPlace;
await serve(readConfig(processEnvironment()), {
  http: true,
  outside: { reroute: rerouteTo(sandboxUrl, mailPorts(mail)), ca: mail.ca },
  onListening: (address) => console.log(address),
});
process.exit(0);
