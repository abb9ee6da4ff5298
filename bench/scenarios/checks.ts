import { startSandbox } from '../../packages/sandbox/src/sandbox.ts';
import type { Sandbox } from '../../packages/sandbox/src/sandbox.ts';
import { sandboxDefinitions } from '../../packages/server/src/commands/sandbox-definitions.ts';
import { Child } from '../child.ts';
import type { ChecksReport } from '../checks-child.ts';
import { familyCpuSeconds } from '../machine.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

/** One node that checks thousands of integrations, each a real call of a simulated provider over loopback. */
export class Checks implements Scenario {
  #sandbox: Sandbox | undefined;
  #node: Child | undefined;

  async prepare(world: World): Promise<void> {
    world.results.declare(
      { name: 'checks', label: 'health checks of one node', unit: '/s', target: '≥ 333' },
      { name: 'checkStatements', label: 'statements of a health check', unit: '' },
      { name: 'checkCpu', label: 'CPU of the node for a health check', unit: 'ms' },
      { name: 'checkDatabaseCpu', label: 'CPU of the database for a health check', unit: 'ms' },
    );
    const twilio = sandboxDefinitions().filter(({ slug }) => slug === 'twilio');
    this.#sandbox = await startSandbox({ providers: twilio, countLimits: false });
    const env = world.environment(await world.createDatabase('bench_checks'), {
      TRUNKLINE_LOG_LEVEL: 'warn',
    });
    this.#node = new Child('./checks-child.ts', env);
    const integrations = world.scale.quick ? 500 : 10_000;
    this.#node.send({ type: 'prepare', sandbox: this.#sandbox.url, integrations });
    await this.#node.next();
  }

  async round(world: World): Promise<void> {
    const before = familyCpuSeconds(world.database.pid);
    this.#node!.send({ type: 'run' });
    const { checks, seconds, statements, cpuSeconds } = await this.#node!.next<ChecksReport>();
    world.results.add('checks', checks / seconds);
    world.results.add('checkStatements', statements / checks);
    world.results.add('checkCpu', (1000 * cpuSeconds) / checks);
    const databaseCpuSeconds = familyCpuSeconds(world.database.pid) - before;
    world.results.add('checkDatabaseCpu', (1000 * databaseCpuSeconds) / checks);
  }

  async close(): Promise<void> {
    await this.#node?.stop();
    await this.#sandbox?.close();
  }
}
