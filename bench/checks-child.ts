import pg from 'pg';
import { accountOf } from '../packages/sandbox/src/accounts/account.ts';
import { rerouteTo } from '../packages/sandbox/src/reroute.ts';
import { sandboxDefinitions } from '../packages/server/src/commands/sandbox-definitions.ts';
import { credentialPlace } from '../packages/server/src/connections/credentials.ts';
import { readConfig, processEnvironment } from '../packages/server/src/config/env.ts';
import { createOrganizationWithAdministrator } from '../packages/server/src/modules/access/create-organization.ts';
import type { App } from '../packages/server/src/ctx.ts';
import { startApp } from '../packages/server/src/start-app.ts';
import { HealthChecks } from '../packages/server/src/workers/health-checks.ts';

/** What is asked for: so many integrations, all checked once in every run. */
export type ChecksCommand = { type: 'prepare'; sandbox: string; integrations: number } | { type: 'run' };

/** What a run took. */
export interface ChecksReport {
  checks: number;
  seconds: number;
  /** Statements of this process, those of the connection such as BEGIN and COMMIT included. */
  statements: number;
  /** CPU of this process alone: neither that of the database nor that of the sandbox. */
  cpuSeconds: number;
}

/*
 * One node that checks integrations of Twilio. The sandbox is another process: it stands for the providers, and what it
 * costs is not the product's.
 */

let statements = 0;
// Every statement of every pool goes through here, whatever its form.
const query = Reflect.get(pg.Client.prototype, 'query') as (...args: unknown[]) => unknown;
Reflect.set(pg.Client.prototype, 'query', function counted(this: pg.Client, ...args: unknown[]): unknown {
  statements += 1;
  return Reflect.apply(query, this, args);
});

let running: Awaited<ReturnType<typeof startApp>> | undefined;

async function prepare(sandboxUrl: string, integrations: number): Promise<void> {
  running = await startApp(readConfig(processEnvironment()), undefined, {
    reroute: rerouteTo(sandboxUrl),
  });
  await insert(running.app, integrations);
}

async function insert(app: App, integrations: number): Promise<void> {
  const { organizationId } = await createOrganizationWithAdministrator(app, {
    name: 'Checked',
    administrator: { email: 'checks@example.com', name: 'Checks', password: 'correct horse battery' },
  });
  const twilio = sandboxDefinitions().find(({ slug }) => slug === 'twilio')!;
  const { values } = accountOf(twilio);
  const secrets = JSON.stringify({ authToken: values['authToken'] });
  const plain = Object.fromEntries(Object.entries(values).filter(([key]) => key !== 'authToken'));
  const ids = Array.from({ length: integrations }, () => app.newId());
  const sets = ids.map(() => app.newId());
  await app.pool.query(
    `INSERT INTO integrations (id, organization_id, provider, name, auth_type, connected_at, created_at, updated_at)
     SELECT id, $2, 'twilio', 'Checked ' || n, 'basic', now(), now(), now()
     FROM unnest($1::uuid[]) WITH ORDINALITY AS i (id, n)`,
    [ids, organizationId],
  );
  await app.pool.query(
    `INSERT INTO integration_health (integration_id, organization_id, since, check_due_at)
     SELECT id, $2, now(), 'infinity' FROM unnest($1::uuid[]) AS i (id)`,
    [ids, organizationId],
  );
  await app.pool.query(
    `INSERT INTO integration_credentials (id, organization_id, integration_id, state, plain, secret_box, previews,
       created_at, created_by_name)
     SELECT s.id, $4, s.integration_id, 'current', $5, s.box, '{}', now(), 'Bench'
     FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS s (id, integration_id, box)`,
    [
      sets,
      ids,
      sets.map((set) => app.secretBox.seal(secrets, credentialPlace(organizationId, set))),
      organizationId,
      JSON.stringify(plain),
    ],
  );
}

async function run(app: App): Promise<ChecksReport> {
  const worker = new HealthChecks(app);
  const { rowCount } = await app.pool.query('UPDATE integration_health SET check_due_at = now()');
  const [before, cpu, began] = [statements, process.cpuUsage(), performance.now()];
  await worker.run();
  await app.measures.flush();
  const used = process.cpuUsage(cpu);
  const { rows } = await app.pool.query<{ failed: number }>(
    'SELECT count(*)::int AS failed FROM integration_health WHERE last_check_at IS NULL OR problem IS NOT NULL',
  );
  if (rows[0]!.failed > 0) throw new Error(`${rows[0]!.failed} checks failed`);
  return {
    checks: rowCount ?? 0,
    seconds: (performance.now() - began) / 1000,
    statements: statements - before,
    cpuSeconds: (used.user + used.system) / 1e6,
  };
}

process.on('message', (command: ChecksCommand) => {
  const work =
    command.type === 'prepare'
      ? prepare(command.sandbox, command.integrations).then(() => ({}))
      : run(running!.app);
  work.then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
