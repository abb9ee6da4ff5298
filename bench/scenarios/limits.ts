import type pg from 'pg';
import { createPool } from '../../packages/server/src/db/pool.ts';
import { eventOf, postRequest } from '../events.ts';
import { cpuSeconds } from '../machine.ts';
import { ProductProcess, install } from '../product.ts';
import type { Installation } from '../product.ts';
import { postsInFlight, settled } from '../world.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

/** Nobody reaches them, so that every request is counted and none is refused. */
const highLimits = '900000000,900000000,900000000';

/** Turns of each process in a round. */
const turns = 6;

interface Turn {
  seconds: number;
  cpu: number;
}

/**
 * What limits on requests cost: events accepted without a subscriber by one process with limits and by one without, in
 * turn within each round. Both count usage. The processor's time says the same where the machine is shared.
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
      { name: 'limitsOffCpu', label: 'CPU of our process for an event, not limited', unit: 'µs' },
      {
        name: 'limitsOnCpu',
        label: 'CPU of our process for an event, limited',
        unit: 'µs',
        over: 'limitsOffCpu',
        target: '≤ 1.05',
      },
    );
    for (const server of [this.#free, this.#limited]) {
      const { seconds } = await world.post(this.#load(server, world.scale.warmUp));
      this.#perSecond = world.scale.warmUp / seconds;
    }
  }

  async round(world: World): Promise<void> {
    const total = Math.ceil((this.#perSecond * world.scale.seconds) / turns);
    const measure = async (server: ProductProcess): Promise<Turn> => {
      const before = cpuSeconds(server.pid);
      const { seconds } = await world.post(this.#load(server, total));
      await settled(this.#pool!);
      return { seconds, cpu: cpuSeconds(server.pid) - before };
    };
    const off: Turn[] = [];
    const on: Turn[] = [];
    // Many short turns, and the order changes: what else the machine does meets both alike.
    for (let turn = 0; turn < turns; turn += 1) {
      for (const limited of turn % 2 === 0 ? [false, true] : [true, false]) {
        (limited ? on : off).push(await measure(limited ? this.#limited! : this.#free!));
      }
    }
    const sum = (taken: Turn[], of: keyof Turn) => taken.reduce((whole, turn) => whole + turn[of], 0);
    const all = total * turns;
    world.results.add('limitsOff', all / sum(off, 'seconds'));
    world.results.add('limitsOn', all / sum(on, 'seconds'));
    world.results.add('limitsOffCpu', (1e6 * sum(off, 'cpu')) / all);
    world.results.add('limitsOnCpu', (1e6 * sum(on, 'cpu')) / all);
  }

  async close(): Promise<void> {
    await this.#free?.stop();
    await this.#limited?.stop();
    await this.#pool?.end();
  }

  #load(server: ProductProcess, total: number) {
    const requests = [postRequest(this.#installation!.apiKey, eventOf('bench.none'))];
    return { ports: [server.port], requests, total, connections: postsInFlight };
  }
}
