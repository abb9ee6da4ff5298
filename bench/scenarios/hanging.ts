import { createPool } from '../../packages/server/src/db/pool.ts';
import { eventOf, postRequest } from '../events.ts';
import { ProductProcess, createWebhook, install } from '../product.ts';
import type { Installation } from '../product.ts';
import type { ReceiverCommand } from '../receiver.ts';
import type { Quantiles } from '../statistics.ts';
import { postsInFlight, say, settled } from '../world.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const ports = 50;
const hangingPorts = 5;
const webhooks = 1_000;
const template = 'bench_endpoints';

/**
 * A thousand endpoints behind fifty ports under open load; in every other run one port in ten takes requests and
 * never answers. Only the latencies of the other nine count. Every run has a fresh process on a copy of the same
 * database, or it would inherit what hung in the one before.
 */
export class Hanging implements Scenario {
  #installation: Installation | undefined;
  #ports: number[] = [];
  #requests: string[] = [];
  #rate = 0;
  #server: ProductProcess | undefined;

  async prepare(world: World): Promise<void> {
    for (const quantile of ['p50', 'p99'] as const) {
      world.results.declare(
        {
          name: `${quantile}Healthy`,
          label: `1,000 endpoints, all healthy: accept → received, ${quantile}`,
          unit: 'ms',
        },
        {
          name: `${quantile}Hanging`,
          label: `the healthy ones while one in ten hangs, ${quantile}`,
          unit: 'ms',
          over: `${quantile}Healthy`,
          target: '≤ 2',
        },
      );
    }
    this.#ports = await world.listen(ports);
    const env = world.environment(await world.createDatabase(template));
    this.#installation = await install(env);
    const server = await ProductProcess.start(env, 'serve');
    this.#server = server;
    const { apiKey } = this.#installation;
    const types = Array.from({ length: webhooks }, (_, i) => `load.w${String(i).padStart(4, '0')}`);
    for (const [index, type] of types.entries()) {
      const url = `http://127.0.0.1:${this.#ports[index % ports]}/hook/${index}`;
      await createWebhook(server.port, apiKey, url, type);
    }
    this.#requests = types.map((type) => postRequest(apiKey, eventOf(type)));
    await this.#stop();
  }

  async finish(world: World): Promise<void> {
    for (let repeat = 0; repeat < world.scale.rounds; repeat += 1) {
      for (const kind of ['Healthy', 'Hanging'] as const) {
        say(`endpoints: ${kind.toLowerCase()}, round ${repeat + 1}`);
        const { p50, p99 } = await this.#run(world, kind === 'Hanging');
        world.results.add(`p50${kind}`, p50);
        world.results.add(`p99${kind}`, p99);
      }
    }
  }

  async close(): Promise<void> {
    await this.#stop();
  }

  async #run(world: World, hang: boolean): Promise<Quantiles> {
    const { scale } = world;
    await this.#hang(world, []);
    const url = await world.createDatabase('bench_hanging', template);
    const pool = createPool(url, { max: 2, applicationName: 'bench' });
    try {
      const server = await ProductProcess.start(world.environment(url), 'serve');
      this.#server = server;
      const load = { ports: [server.port], requests: this.#requests };
      const warmUp = { ...load, total: scale.warmUp, connections: postsInFlight };
      await world.endToEnd(warmUp);
      const perSecond = await world.endToEnd(warmUp);
      // One rate for all runs.
      const rate = (this.#rate ||= Math.min(2_000, perSecond / 4));
      await settled(pool);

      const healthy = this.#ports.slice(hangingPorts);
      if (hang) await this.#hang(world, this.#ports.slice(0, hangingPorts));
      // Longer than one attempt may take, so that attempts run out of time and are tried again.
      const total = Math.ceil(rate * (scale.quick ? 3 : 25));
      const firstPorts = Array.from({ length: total }, (_, i) => (i % webhooks) % ports);
      const answered = hang ? firstPorts.filter((port) => port >= hangingPorts).length : total;
      await world.reset(answered, healthy);
      const posted = world.post({ ...load, total, rate, connections: 256 });
      await Promise.all([world.reached(), posted]);
      return await world.report();
    } finally {
      // Released first: a process that stops waits for what is in flight.
      await this.#hang(world, []);
      await this.#stop();
      await pool.end();
      await world.dropDatabase('bench_hanging');
    }
  }

  async #hang(world: World, hung: number[]): Promise<void> {
    await world.receiver.ask({ hang: hung } satisfies ReceiverCommand);
  }

  async #stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }
}
