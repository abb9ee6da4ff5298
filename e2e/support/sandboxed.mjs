// The product as `trunkline start` starts it, with all providers of the catalog played on this machine: every call to
// one of them, a browser's visit for consent included, leads to its simulator. Says first where the simulators are.
import { startSandbox } from '@trunkline/sandbox/sandbox';
import { startSmtpSimulator } from '@trunkline/sandbox/smtp';

const product = new URL('../../packages/server/dist/', import.meta.url);
const load = (/** @type {string} */ path) => import(new URL(path, product).href);

const { processEnvironment, readConfig } = await load('config/env.js');
const { serve } = await load('commands/serve.js');
const { sandboxDefinitions } = await load('commands/sandbox-definitions.js');

const sandbox = await startSandbox({ providers: sandboxDefinitions(), countLimits: false });
const mailPassword = sandbox.account('smtp').values.password;
const mail = await startSmtpSimulator({ authenticate: (_user, password) => password === mailPassword });
sandbox.ports.register('smtp://*:25', { host: mail.host, port: mail.ports.plain });
sandbox.ports.register('smtp://*', { host: mail.host, port: mail.ports.starttls });
sandbox.ports.register('smtps://*', { host: mail.host, port: mail.ports.tls });
process.stdout.write(`the providers are at ${sandbox.url}\n`);

await serve(readConfig(processEnvironment()), {
  http: true,
  outside: { reroute: sandbox.reroute, ca: mail.ca },
  onListening: (/** @type {string} */ address) => {
    process.stdout.write(`Trunkline is ready at ${address}\n`);
  },
});
await mail.close();
await sandbox.close();
