import { capabilities } from '@trunkline/contract/capabilities';
import { startSandbox } from '../../packages/sandbox/src/sandbox.ts';
import type { Sandbox } from '../../packages/sandbox/src/sandbox.ts';
import { sandboxDefinitions } from '../../packages/server/src/commands/sandbox-definitions.ts';
import { readConfig } from '../../packages/server/src/config/env.ts';
import { loadConnection } from '../../packages/server/src/connections/load-connection.ts';
import { tenantTransaction } from '../../packages/server/src/db/tenant.ts';
import { createOrganizationWithAdministrator } from '../../packages/server/src/modules/access/create-organization.ts';
import { attempt } from '../../packages/server/src/modules/actions/attempt.ts';
import { startAction } from '../../packages/server/src/modules/actions/run-action.ts';
import { restorePrimary } from '../../packages/server/src/modules/failover/restore-primary.ts';
import { updateFailoverConfig } from '../../packages/server/src/modules/failover/update-failover-config.ts';
import { createIntegration } from '../../packages/server/src/modules/integrations/create-integration.ts';
import { createLog, startApp } from '../../packages/server/src/start-app.ts';
import type { RunningApp } from '../../packages/server/src/start-app.ts';
import { systemContext } from '../../packages/server/src/system-context.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const atOnce = 16;
const perRound = 600;
const switchOvers = 10;

/** The runtime of actions beside the bare call of the same adapter, and how long a failing provider is felt. */
export class ActionsThroughRuntime implements Scenario {
  #sandbox: Sandbox | undefined;
  #running: RunningApp | undefined;
  #organizationId = '';
  #primaryId = '';

  async prepare(world: World): Promise<void> {
    const { results } = world;
    const sandbox = await startSandbox({ providers: sandboxDefinitions(), countLimits: false });
    this.#sandbox = sandbox;
    const url = await world.createDatabase('bench_actions');
    const env = { ...world.environment(url), TRUNKLINE_EGRESS_ALLOW: '127.0.0.0/8' };
    const running = await startApp(readConfig(env), createLog('error'), { reroute: sandbox.reroute });
    this.#running = running;
    const { organizationId } = await createOrganizationWithAdministrator(running.app, {
      name: 'Bench',
      administrator: { email: 'bench@example.com', name: 'Bench', password: 'bench bench bench' },
    });
    this.#organizationId = organizationId;
    const ctx = systemContext(running.app, organizationId);
    const connect = (provider: string, keys: readonly string[]) => {
      const known = sandbox.account(provider).values;
      const values = Object.fromEntries(keys.map((key) => [key, known[key] ?? '']));
      return createIntegration(ctx, { provider, values, check: 'require' });
    };
    const primary = await connect('sendgrid', ['apiKey', 'fromEmail']);
    const backup = await connect('postmark', ['serverToken', 'fromEmail']);
    this.#primaryId = primary.id;
    const rules = { failoverThreshold: 3, autoRestore: true, stabilityMinutes: 0 };
    await updateFailoverConfig(ctx, { integrationId: primary.id, backupIntegrationId: backup.id, ...rules });
    results.declare(
      { name: 'bareCalls', label: 'calls of the adapter alone, nothing stored', unit: '/s' },
      { name: 'actions', label: 'actions through the runtime', unit: '/s', over: 'bareCalls' },
      { name: 'failover', label: 'first failure → first success through the backup', unit: 'ms' },
      { name: 'failoverMax', label: 'the slowest of them', unit: 'ms' },
    );
    await this.#perSecond((number) => this.#act(number));
  }

  async round({ results }: World): Promise<void> {
    results.add('bareCalls', await this.#perSecond((number) => this.#callBare(number)));
    results.add('actions', await this.#perSecond((number) => this.#act(number)));
  }

  /** Every switch-over begins with a primary that works and has its calls. */
  async finish({ results }: World): Promise<void> {
    const ctx = systemContext(this.#running!.app, this.#organizationId);
    const taken: number[] = [];
    for (let turn = 0; turn < switchOvers; turn += 1) {
      this.#sandbox!.setCondition('sendgrid', 'down');
      const before = performance.now();
      await this.#act(turn);
      taken.push(performance.now() - before);
      this.#sandbox!.setCondition('sendgrid', 'healthy');
      await restorePrimary(ctx, { integrationId: this.#primaryId });
      await this.#act(turn);
    }
    for (const ms of taken) results.add('failover', ms);
    results.add('failoverMax', Math.max(...taken));
  }

  async close(): Promise<void> {
    await this.#running?.stop();
    await this.#sandbox?.close();
  }

  async #perSecond(work: (number: number) => Promise<void>): Promise<number> {
    let next = 0;
    const before = performance.now();
    const lane = async (): Promise<void> => {
      while (next < perRound) await work((next += 1));
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    return perRound / ((performance.now() - before) / 1000);
  }

  #input(number: number): unknown {
    const fields = { to: 'jane@example.com', subject: `Message ${number}`, text: 'Hello' };
    return capabilities['email.send'].input.parse(fields);
  }

  async #callBare(number: number): Promise<void> {
    const { app } = this.#running!;
    const connection = await tenantTransaction(app.pool, this.#organizationId, (tx) =>
      loadConnection(app, tx, this.#primaryId),
    );
    const key = app.newId().replaceAll('-', '');
    const { outcome } = await attempt(app, connection, {
      capability: 'email.send',
      input: this.#input(number),
      key,
    });
    if (outcome !== 'succeeded') throw new Error(`a bare call ended as ${outcome}`);
  }

  async #act(number: number): Promise<void> {
    const { status } = await startAction(this.#running!.app, this.#organizationId, {
      capability: 'email.send',
      wantedId: null,
      input: this.#input(number),
      key: null,
      dueAt: null,
      patient: false,
      createdBy: 'bench',
    });
    if (status !== 'succeeded') throw new Error(`an action ended as ${status}`);
  }
}
