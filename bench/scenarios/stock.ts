import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../child.ts';
import { sharedNow } from '../clock.ts';
import { eventOf, postRequest } from '../events.ts';
import type { StockCommand } from '../stock/front.ts';
import { startRedis } from '../stock/redis.ts';
import type { RedisServer } from '../stock/redis.ts';
import { postsInFlight } from '../world.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

interface Stock {
  name: 'pgBoss' | 'bullmq';
  child: Child;
  port: number;
  perSecond: number;
}

/** What a team would pick instead, with the same sender, receiver and machine, in the same rounds. */
export class StockQueues implements Scenario {
  readonly #queues: Stock[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'trunkline-bench-redis-'));
  #redis: RedisServer | undefined;

  async prepare(world: World): Promise<void> {
    for (const [name, title] of [
      ['pgBoss', 'pg-boss'],
      ['bullmq', 'BullMQ on Redis'],
    ]) {
      world.results.declare(
        { name: `${name}`, label: `${title}: end to end`, unit: '/s', over: 'raw' },
        {
          name: `${name}Drain`,
          label: `${title}: draining a backlog filled in bulk`,
          unit: '/s',
          over: 'raw',
        },
      );
    }
    world.results.declare(
      { name: 'overPgBoss', label: 'our end to end ÷ that of pg-boss', unit: '×', target: '≥ 7' },
      { name: 'overBullmq', label: 'our end to end ÷ that of BullMQ', unit: '×', target: '≥ 2' },
    );
    await this.#add(world, 'pgBoss', './stock/pg-boss.ts', await world.createDatabase('bench_pgboss'));
    this.#redis = await startRedis(this.#folder);
    if (this.#redis) await this.#add(world, 'bullmq', './stock/bullmq.ts', this.#redis.url);
    else world.results.note('BullMQ was left out: there is no redis-server.');
  }

  async round(world: World): Promise<void> {
    for (const stock of this.#queues) {
      // Twice as long as ours: the end of a run waits for a poll, which must not weigh.
      const total = Math.ceil(stock.perSecond * world.scale.seconds * 2);
      const perSecond = await this.#endToEnd(world, stock, total);
      world.results.add(stock.name, perSecond);
      const backlog = total * 2;
      await stock.child.ask({ fill: backlog } satisfies StockCommand);
      await world.reset(backlog);
      const started = sharedNow();
      stock.child.send({ work: true } satisfies StockCommand);
      world.results.add(`${stock.name}Drain`, backlog / (((await world.reached()) - started) / 1000));
      const ours = world.results.last('endToEnd');
      if (ours !== undefined)
        world.results.add(stock.name === 'pgBoss' ? 'overPgBoss' : 'overBullmq', ours / perSecond);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#queues.map(({ child }) => child.stop()));
    await this.#redis?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #add(world: World, name: Stock['name'], file: string, url: string): Promise<void> {
    const child = new Child(file);
    const stock: Stock = { name, child, port: 0, perSecond: 0 };
    this.#queues.push(stock);
    const start: StockCommand = { start: { url, receiverPort: world.port } };
    stock.port = (await child.ask<{ port: number }>(start)).port;
    await this.#endToEnd(world, stock, Math.ceil(world.scale.warmUp / 3));
    stock.perSecond = await this.#endToEnd(world, stock, Math.ceil(world.scale.warmUp / 3));
  }

  #endToEnd(world: World, { port }: Stock, total: number): Promise<number> {
    const requests = [postRequest('none', eventOf('bench.one'))];
    return world.endToEnd({ ports: [port], requests, total, connections: postsInFlight });
  }
}
