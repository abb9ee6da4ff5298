import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { createPool } from '../../packages/server/src/db/pool.ts';
import { sharedNow } from '../clock.ts';
import { eventOf, postRequest } from '../events.ts';
import type { LoadCommand } from '../load.ts';
import { cpuSeconds, familyCpuSeconds, residentMegabytes } from '../machine.ts';
import { ApiError, ProductProcess, api, createWebhook, install } from '../product.ts';
import type { Installation } from '../product.ts';
import { inFlight, postsInFlight, say, settled } from '../world.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const batchSize = 100;

/** One process of the product: ingest, end to end, backlog, latency, CPU, memory. */
export class Single implements Scenario {
  readonly #parts: ReadonlySet<string>;
  readonly #tls: { port: number; ca: string } | undefined;
  #installation: Installation | undefined;
  #server: ProductProcess | undefined;
  #pool: pg.Pool | undefined;
  #backlogWebhook = '';
  #perSecond = 0;

  /** `parts` of: ingest, endtoend, fanout, tls, drain, latency, snapshot. */
  constructor(parts: ReadonlySet<string>, tls: { port: number; ca: string } | undefined) {
    this.#parts = parts;
    this.#tls = tls;
  }

  async prepare(world: World): Promise<void> {
    const { results, scale } = world;
    const url = await world.createDatabase('bench_single');
    const ca = this.#tls ? { NODE_EXTRA_CA_CERTS: this.#tls.ca } : undefined;
    this.#installation = await install(world.environment(url, ca));
    this.#pool = createPool(url, { max: 2, applicationName: 'bench' });
    const server = await ProductProcess.start(this.#installation.env, 'serve');
    this.#server = server;
    const { apiKey } = this.#installation;
    const target = `http://127.0.0.1:${world.port}`;
    await createWebhook(server.port, apiKey, `${target}/one`, 'bench.one');
    for (let i = 0; i < 4; i += 1)
      await createWebhook(server.port, apiKey, `${target}/four/${i}`, 'bench.four');
    this.#backlogWebhook = await createWebhook(server.port, apiKey, `${target}/backlog`, 'bench.backlog');
    if (this.#tls)
      await createWebhook(server.port, apiKey, `https://127.0.0.1:${this.#tls.port}/tls`, 'bench.tls');

    results.declare(
      { name: 'ingest', label: 'events accepted durably, no subscriber', unit: '/s', over: 'raw' },
      {
        name: 'endToEnd',
        label: 'end to end: accept → store → sign → send → record',
        unit: '/s',
        over: 'raw',
        target: '≥ 0.31',
      },
      {
        name: 'endToEndFew',
        label: `the same with ${inFlight} posts in flight instead of ${postsInFlight}`,
        unit: '/s',
        over: 'raw',
      },
      { name: 'fanOut4', label: 'end to end, one event to four endpoints', unit: '/s', over: 'raw' },
      { name: 'endToEndTls', label: 'end to end over TLS', unit: '/s', over: 'rawTls' },
      {
        name: 'drain',
        label: `draining a backlog of ${scale.backlog.toLocaleString('en')} without ingest`,
        unit: '/s',
        over: 'raw',
        target: '≥ 0.53',
      },
      { name: 'cpu', label: 'CPU of our process per delivery', unit: 'µs', over: 'rawCpu' },
      { name: 'databaseCpu', label: 'CPU of the database per delivery', unit: 'µs', over: 'rawCpu' },
      {
        name: 'benchCpu',
        label: 'CPU of load generator and receiver per delivery',
        unit: 'µs',
        over: 'rawCpu',
      },
      { name: 'rss', label: 'memory of our process, warm', unit: 'MB' },
      {
        name: 'rssBacklog',
        label: `memory with a backlog of ${scale.backlog.toLocaleString('en')}, at rest`,
        unit: 'MB',
        over: 'rss',
      },
      { name: 'rssDrain', label: 'memory at most while draining it', unit: 'MB', over: 'rss' },
    );
    await world.endToEnd(this.#load('bench.one', scale.warmUp));
    this.#perSecond = await world.endToEnd(this.#load('bench.one', scale.warmUp));
    await settled(this.#pool);
  }

  async round(world: World): Promise<void> {
    const { results } = world;
    const pool = this.#pool!;
    const server = this.#server!;
    const total = Math.ceil(this.#perSecond * world.scale.seconds);
    results.add('rss', residentMegabytes(server.pid));
    if (this.#parts.has('ingest')) {
      const { seconds } = await world.post(this.#load('bench.nobody', total));
      results.add('ingest', total / seconds);
    }
    if (this.#parts.has('endtoend')) {
      const used = () => ({
        cpu: cpuSeconds(server.pid),
        databaseCpu: familyCpuSeconds(world.database.pid),
        benchCpu: cpuSeconds(world.load.pid) + cpuSeconds(world.receiver.pid),
      });
      const before = used();
      results.add('endToEnd', await world.endToEnd(this.#load('bench.one', total)));
      await settled(pool);
      const after = used();
      for (const name of ['cpu', 'databaseCpu', 'benchCpu'] as const)
        results.add(name, ((after[name] - before[name]) / total) * 1e6);
      const few = this.#load('bench.one', Math.ceil(total / 2), { connections: inFlight });
      results.add('endToEndFew', await world.endToEnd(few));
      await settled(pool);
    }
    if (this.#parts.has('fanout')) {
      results.add('fanOut4', await world.endToEnd(this.#load('bench.four', Math.ceil(total / 3)), 4));
      await settled(pool);
    }
    if (this.#parts.has('tls') && this.#tls) {
      results.add('endToEndTls', await world.endToEnd(this.#load('bench.tls', Math.ceil(total / 2))));
      await settled(pool);
    }
    if (this.#parts.has('drain')) {
      const drained = await this.#drain(world);
      if (drained) {
        results.add('drain', drained.perSecond);
        results.add('rssBacklog', drained.restingMegabytes);
        results.add('rssDrain', drained.mostMegabytes);
      }
    }
  }

  async finish(world: World): Promise<void> {
    if (this.#parts.has('latency')) await this.#latencies(world);
    if (this.#parts.has('snapshot')) await this.#oldSnapshot(world);
  }

  async close(): Promise<void> {
    await this.#server?.stop();
    await this.#pool?.end();
  }

  #load(type: string, total: number, more: Partial<LoadCommand> = {}): LoadCommand {
    const requests = [postRequest(this.#installation!.apiKey, eventOf(type))];
    return { ports: [this.#server!.port], requests, total, connections: postsInFlight, ...more };
  }

  async #switch(status: 'active' | 'paused'): Promise<void> {
    const path = `/webhooks/${this.#backlogWebhook}`;
    await api(this.#server!.port, this.#installation!.apiKey, 'PATCH', path, { status });
  }

  /** A paused webhook collects a backlog; the clock runs from the request that resumes it to the last arrival. */
  async #drain(
    world: World,
  ): Promise<{ perSecond: number; restingMegabytes: number; mostMegabytes: number } | undefined> {
    const server = this.#server!;
    const { backlog } = world.scale;
    try {
      await this.#switch('paused');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      world.results.note('The backlog was left out: this build cannot pause a webhook.');
      return undefined;
    }
    const batch = `[${Array.from({ length: batchSize }, () => eventOf('bench.backlog')).join(',')}]`;
    const requests = [postRequest(this.#installation!.apiKey, batch)];
    await world.post({ ports: [server.port], requests, total: backlog / batchSize, connections: 8 });
    // What the posts left behind is collected, or it would count as the backlog's memory.
    await wait(2_000);
    const restingMegabytes = residentMegabytes(server.pid);
    let mostMegabytes = restingMegabytes;
    const sampling = setInterval(() => {
      mostMegabytes = Math.max(mostMegabytes, residentMegabytes(server.pid));
    }, 100);
    await world.reset(backlog);
    const started = sharedNow();
    await this.#switch('active');
    const at = await world.reached();
    clearInterval(sampling);
    await settled(this.#pool!);
    return { perSecond: backlog / ((at - started) / 1000), restingMegabytes, mostMegabytes };
  }

  /** Open load: latency counts from when a request was due, whether the generator was able to send it or not. */
  async #latencies(world: World): Promise<void> {
    const { results, scale } = world;
    const most = results.median('endToEnd') || this.#perSecond;
    for (const percent of [10, 50, 90]) {
      const target = percent === 50 ? { p50: '< 5 ms', p99: '< 30 ms' } : undefined;
      for (const quantile of ['p50', 'p99'] as const) {
        results.declare({
          name: `${quantile}At${percent}`,
          label: `accept → received at ${percent} % of the maximum, ${quantile}`,
          unit: 'ms',
          ...(target ? { target: target[quantile] } : {}),
        });
      }
    }
    for (let repeat = 0; repeat < scale.rounds; repeat += 1) {
      for (const percent of [10, 50, 90]) {
        const rate = (most * percent) / 100;
        const total = Math.ceil(rate * scale.latencySeconds);
        await world.reset(total, [world.port]);
        const posted = world.post(this.#load('bench.one', total, { rate, connections: 256 }));
        await Promise.all([world.reached(), posted]);
        const { p50, p99 } = await world.report();
        results.add(`p50At${percent}`, p50);
        results.add(`p99At${percent}`, p99);
        await settled(this.#pool!);
      }
    }
  }

  /** A backup or a forgotten transaction keeps dead rows and index entries from being cleaned up. */
  async #oldSnapshot(world: World): Promise<void> {
    const { results } = world;
    results.declare(
      { name: 'drainPlain', label: 'draining the backlog, in turn with the next line', unit: '/s' },
      {
        name: 'drainSnapshot',
        label: 'draining the backlog while an old snapshot stays open',
        unit: '/s',
        over: 'drainPlain',
        target: '≥ 0.9',
      },
    );
    for (let repeat = 0; repeat < world.scale.rounds; repeat += 1) {
      say(`old snapshot: round ${repeat + 1}`);
      const plain = await this.#drain(world);
      if (!plain) return;
      const client = await this.#pool!.connect();
      try {
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
        await client.query('SELECT FROM delivery_queue LIMIT 1');
        const held = await this.#drain(world);
        if (held) {
          results.add('drainPlain', plain.perSecond);
          results.add('drainSnapshot', held.perSecond);
        }
      } finally {
        await client.query('ROLLBACK');
        client.release();
      }
    }
  }
}
