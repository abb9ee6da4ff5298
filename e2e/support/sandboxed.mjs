// The product as `trunkline start` starts it, with all providers of the catalog played on this machine: every call to
// one of them, a browser's visit for consent included, leads to its simulator. Says first where the simulators are.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSandbox } from '@trunkline/sandbox/sandbox';
import { startServers } from '@trunkline/sandbox/servers';
import { rememberingHashing } from './hashing.mjs';

const product = new URL('../../packages/server/dist/', import.meta.url);
const load = (/** @type {string} */ path) => import(new URL(path, product).href);

const { processEnvironment, readConfig } = await load('config/env.js');
const { serve } = await load('commands/serve.js');
const { createPasswords } = await load('identity/passwords.js');
const { sandboxDefinitions } = await load('commands/sandbox-definitions.js');

const sandbox = await startSandbox({ providers: sandboxDefinitions(), countLimits: false });
const servers = await startServers(sandbox);
process.stdout.write(`the providers are at ${sandbox.url}\n`);

const { password } = sandbox.account('smtp').values;
const mail = {
  TRUNKLINE_SMTP_URL: `smtps://installation:${encodeURIComponent(password)}@127.0.0.1:${servers.mail.ports.tls}`,
  TRUNKLINE_MAIL_FROM: 'Trunkline <noreply@trunkline.example>',
};

/** The DNS of tests: what stands in a file of the data folder that is named as the record. */
const resolveTxt = async (/** @type {string} */ name) => {
  try {
    const text = await readFile(join(processEnvironment().TRUNKLINE_DATA_DIR, 'txt', name), 'utf8');
    return text.split('\n');
  } catch {
    throw Object.assign(new Error('no such record'), { code: 'ENOTFOUND' });
  }
};

await serve(readConfig({ ...processEnvironment(), ...mail }), {
  http: true,
  outside: {
    reroute: sandbox.reroute,
    ca: servers.mail.ca,
    resolveTxt,
    hashing: rememberingHashing(createPasswords),
  },
  onListening: (/** @type {string} */ address) => {
    process.stdout.write(`Trunkline is ready at ${address}\n`);
  },
});
await servers.close();
await sandbox.close();
