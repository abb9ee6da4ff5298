import pg from 'pg';
import { rerouteTo } from '../packages/sandbox/src/reroute.ts';
import { readConfig, processEnvironment } from '../packages/server/src/config/env.ts';
import type { App } from '../packages/server/src/ctx.ts';
import { startApp } from '../packages/server/src/start-app.ts';
import { HealthChecks } from '../packages/server/src/workers/health-checks.ts';
import { insertIntegrations } from './integrations.ts';

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
  await insertIntegrations(running.app, 'checks@example.com', integrations);
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
