import type pg from 'pg';
import { createPool } from '../../packages/server/src/db/pool.ts';
import { eventOf, postRequest } from '../events.ts';
import { ProductProcess, install } from '../product.ts';
import type { Installation } from '../product.ts';
import { inFlight, settled } from '../world.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

/** Nobody reaches them, so that every request is counted and none is refused. */
const highLimits = '900000000,900000000,900000000';

/**
 * What limits on requests cost: events accepted without a subscriber by one process with limits and by one without, in
 * turn within each round. Both count usage.
 */
export class Limits implements Scenario {
  #installation: Installation | undefined;
  #pool: pg.Pool | undefined;
  #limited: ProductProcess | undefined;
  #free: ProductProcess | undefined;
  #perSecond = 5_000;

  async prepare(world: World): Promise<void> {
    const url = await world.createDatabase('bench_limits');
    this.#installation = await install(world.environment(url));
    this.#pool = createPool(url, { max: 2, applicationName: 'bench' });
    const { env } = this.#installation;
    this.#free = await ProductProcess.start(env, 'serve');
    this.#limited = await ProductProcess.start({ ...env, TRUNKLINE_RATE_LIMITS: highLimits }, 'serve');
    world.results.declare(
      { name: 'limitsOff', label: 'events accepted, requests not limited', unit: '/s' },
      {
        name: 'limitsOn',
        label: 'events accepted, requests limited',
        unit: '/s',
        over: 'limitsOff',
        target: '≥ 0.95',
      },
    );
    for (const server of [this.#free, this.#limited]) {
      const { seconds } = await world.post(this.#load(server, world.scale.warmUp));
      this.#perSecond = world.scale.warmUp / seconds;
    }
  }

  async round(world: World): Promise<void> {
    const total = Math.ceil(this.#perSecond * world.scale.seconds);
    const measure = async (server: ProductProcess) => {
      const { seconds } = await world.post(this.#load(server, total));
      await settled(this.#pool!);
      return total / seconds;
    };
    // Twice each and in both orders: what is first in a round has the table to itself for a moment longer.
    const off = [await measure(this.#free!)];
    const on = [await measure(this.#limited!), await measure(this.#limited!)];
    off.push(await measure(this.#free!));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    world.results.add('limitsOff', mean(off));
    world.results.add('limitsOn', mean(on));
  }

  async close(): Promise<void> {
    await this.#free?.stop();
    await this.#limited?.stop();
    await this.#pool?.end();
  }

  #load(server: ProductProcess, total: number) {
    const requests = [postRequest(this.#installation!.apiKey, eventOf('bench.none'))];
    return { ports: [server.port], requests, total, connections: inFlight };
  }
}
