import type pg from 'pg';
import { createPool } from '../../packages/server/src/db/pool.ts';
import { eventOf, postRequest } from '../events.ts';
import { ProductProcess, createWebhook, install } from '../product.ts';
import type { Installation } from '../product.ts';
import { postsInFlight, settled } from '../world.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const layouts = [
  { name: 'serve1', serve: 1, work: 0, label: 'one process, started afresh' },
  { name: 'serve1work1', serve: 1, work: 1, label: 'one serving and one working process' },
  { name: 'serve2', serve: 2, work: 0, label: 'two serving processes' },
  { name: 'serve3', serve: 3, work: 0, label: 'three serving processes' },
] as const;

/** Several processes of the product on one database, posts spread over those that serve. */
export class Processes implements Scenario {
  #installation: Installation | undefined;
  #pool: pg.Pool | undefined;
  readonly #running: ProductProcess[] = [];

  async prepare(world: World): Promise<void> {
    const url = await world.createDatabase('bench_processes');
    this.#installation = await install(world.environment(url));
    this.#pool = createPool(url, { max: 2, applicationName: 'bench' });
    const server = await this.#start('serve');
    const target = `http://127.0.0.1:${world.port}/hook`;
    const { apiKey } = this.#installation;
    await createWebhook(server.port, apiKey, target, 'bench.one');
    for (let i = 0; i < 4; i += 1) await createWebhook(server.port, apiKey, `${target}/${i}`, 'bench.four');
    await this.#stopAll();
    for (const { name, label } of layouts) {
      world.results.declare({
        name,
        label: `end to end, ${label}`,
        unit: '/s',
        ...(name === 'serve1' ? {} : { over: 'serve1' }),
      });
      world.results.declare({
        name: `${name}Fan4`,
        label: `one event to four endpoints, ${label}`,
        unit: '/s',
        ...(name === 'serve1' ? {} : { over: 'serve1Fan4' }),
      });
    }
  }

  async round(world: World): Promise<void> {
    for (const layout of layouts) {
      for (let i = 0; i < layout.work; i += 1) await this.#start('work');
      const servers: ProductProcess[] = [];
      for (let i = 0; i < layout.serve; i += 1) servers.push(await this.#start('serve'));
      const load = (type: string, total: number) => ({
        ports: servers.map(({ port }) => port),
        requests: [postRequest(this.#installation!.apiKey, eventOf(type))],
        total,
        connections: postsInFlight,
      });
      const warmUp = world.scale.warmUp * layout.serve;
      await world.endToEnd(load('bench.one', Math.ceil(warmUp / 2)));
      const perSecond = await world.endToEnd(load('bench.one', Math.ceil(warmUp / 2)));
      await settled(this.#pool!);
      const total = Math.ceil(perSecond * world.scale.seconds);
      world.results.add(layout.name, await world.endToEnd(load('bench.one', total)));
      await settled(this.#pool!);
      world.results.add(
        `${layout.name}Fan4`,
        await world.endToEnd(load('bench.four', Math.ceil(total / 3)), 4),
      );
      await settled(this.#pool!);
      await this.#stopAll();
    }
  }

  async close(): Promise<void> {
    await this.#stopAll();
    await this.#pool?.end();
  }

  async #start(command: 'serve' | 'work'): Promise<ProductProcess> {
    const started = await ProductProcess.start(this.#installation!.env, command);
    this.#running.push(started);
    return started;
  }

  async #stopAll(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((running) => running.stop()));
  }
}
