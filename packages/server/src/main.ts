#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import { createOrganization } from './commands/create-organization.ts';
import { examine } from './commands/doctor.ts';
import { migrateDatabase } from './commands/migrate.ts';
import { rewrapSecrets } from './commands/rewrap-secrets.ts';
import { resetSecondFactor } from './commands/reset-second-factor.ts';
import { serve } from './commands/serve.ts';
import { reportLine, verifyAuditLogs } from './commands/verify-audit.ts';
import type { VerifyOptions } from './commands/verify-audit.ts';
import { processEnvironment, readConfig } from './config/env.ts';
import { version } from './start-app.ts';

const config = () => readConfig(processEnvironment());
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const portOf = (text: string): number => {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 to 65535.');
};

const program = new Command('trunkline')
  .description('Integrations and webhooks for your product, self-hosted.')
  .version(version);

program
  .command('start')
  .description('Start everything on one port; the first visit creates the first administrator')
  .action(() =>
    serve(config(), {
      http: true,
      onListening: (address) => say(`\nTrunkline is ready at ${address}\nStop it with Ctrl-C.`),
    }),
  );

program
  .command('serve')
  .description('Serve HTTP and deliver, beside any number of other processes')
  .action(() =>
    serve(config(), { http: true, onListening: (address) => say(`Trunkline is ready at ${address}`) }),
  );

program
  .command('work')
  .description('Deliver only, without HTTP; needs DATABASE_URL')
  .action(() => serve(config(), { http: false, onDelivering: () => say('Trunkline is delivering') }));

program
  .command('demo')
  .description('Start with three demo organizations and a local receiver')
  .option('--outage', 'stop the SendGrid simulator while mail flows, and print what happens when')
  .action(async (options: { outage?: boolean }) => {
    // Imported here only: no simulator is loaded by the other commands.
    const { demo } = await import('./commands/demo.ts');
    await demo(processEnvironment(), options);
  });

program
  .command('sandbox')
  .description('Start the simulated providers alone')
  .option('--port <port>', 'port on loopback', portOf, 4010)
  .action(async ({ port }: { port: number }) => {
    const { sandbox } = await import('./commands/sandbox.ts');
    await sandbox(port, say);
  });

program
  .command('migrate')
  .description('Bring the database to this version')
  .action(async () => {
    const applied = await migrateDatabase(config());
    say(applied.length === 0 ? 'Nothing to do.' : applied.map((name) => `applied ${name}`).join('\n'));
  });

program
  .command('doctor')
  .description('Check settings, database, keys and clocks, and say what to do')
  .action(async () => {
    const findings = await examine(config());
    for (const { ok, what, hint } of findings)
      say(`${ok ? '✓' : '✗'} ${what}${ok || !hint ? '' : `\n  ${hint}`}`);
    if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
  });

program
  .command('organizations')
  .description('Manage organizations')
  .command('create')
  .description('Create an organization with an administrator')
  .requiredOption('--name <name>', 'name of the organization')
  .requiredOption('--admin-email <email>', 'e-mail of its administrator')
  .option('--json', 'print JSON')
  .action(async (options: { name: string; adminEmail: string; json?: boolean }) => {
    const created = await createOrganization(config(), options.name, options.adminEmail);
    say(
      options.json
        ? JSON.stringify(created)
        : `Organization ${created.organizationId}\nSign in as ${created.adminEmail} with ${created.adminPassword}\nAPI key ${created.apiKey}\nKeep both; they are shown once.`,
    );
  });

program
  .command('users')
  .description('Manage accounts')
  .command('reset-second-factor <email>')
  .description('Take second factors and sessions from somebody who has lost their device; make sure who asks')
  .action(async (email: string) => {
    const { name, sessions, organizations } = await resetSecondFactor(config(), email);
    say(
      `${name} has no second factor any more and signs in with the password alone. ${sessions} sessions ended; ${organizations} audit logs tell of it.`,
    );
  });

program
  .command('audit')
  .description('Look after the audit logs')
  .command('verify')
  .description('Check hashes and signatures; ends with 1 when a log was tampered with')
  .option('--organization <id>', 'one organization instead of all')
  .option(
    '--checkpoints <file>',
    'an export that was kept elsewhere, whose checkpoints the logs must go through',
  )
  .action(async (options: VerifyOptions) => {
    const logs = await verifyAuditLogs(config(), options);
    for (const log of logs) say(reportLine(log));
    if (logs.some(({ report }) => !report.ok)) process.exitCode = 1;
  });

program
  .command('secrets')
  .description('Manage the encryption of stored secrets')
  .command('rotate')
  .description(
    'Wrap every stored secret under TRUNKLINE_SECRET_KEY; the old key is in TRUNKLINE_PREVIOUS_SECRET_KEYS',
  )
  .action(async () => {
    const count = await rewrapSecrets(config());
    say(
      `${count} secrets and signatures made anew under the new master key. The old one is needed no more once every server runs with the new one.`,
    );
  });

program.parseAsync().catch((error: unknown) => {
  // A known fault is one plain line; anything else shows where it came from.
  const known = error instanceof Error && error.name !== 'Error' && error.name !== 'TypeError';
  const message =
    error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`trunkline: ${message}\n`);
  process.exitCode = 1;
});
