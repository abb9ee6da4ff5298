import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { discardDataFolder, startEmbeddedPostgres } from '../packages/server/src/db/embedded.ts';
import type { EmbeddedPostgres } from '../packages/server/src/db/embedded.ts';
import { createPool } from '../packages/server/src/db/pool.ts';
import { Child } from './child.ts';
import type { LoadCommand, LoadReport } from './load.ts';
import type { ReceiverCommand } from './receiver.ts';
import type { Results } from './results.ts';
import type { Quantiles } from './statistics.ts';

/** How long and how large the scenarios are. */
export interface Scale {
  quick: boolean;
  rounds: number;
  /** Of one measurement. */
  seconds: number;
  /** Of one measurement of latencies: longer than the rounds of most scheduled work, which belongs to them. */
  latencySeconds: number;
  /** Deliveries before the first measurement of a process, so that its code is compiled. */
  warmUp: number;
  backlog: number;
}

export function scaleOf(quick: boolean, rounds: number | undefined): Scale {
  return quick
    ? { quick, rounds: rounds ?? 1, seconds: 1, latencySeconds: 2, warmUp: 3_000, backlog: 10_000 }
    : { quick, rounds: rounds ?? 3, seconds: 4, latencySeconds: 12, warmUp: 15_000, backlog: 100_000 };
}

/** In flight at the raw client, as on the machine of the targets. */
export const inFlight = 128;

/**
 * Posts in flight where the most is asked for. A post waits for its commit, so fewer leave the processors idle between
 * batches: `endToEndFew` is with as many as the raw client has.
 */
export const postsInFlight = 512;

/** Segments of WAL, 16 MB each: what PostgreSQL keeps of them between its checkpoints with `max_wal_size` of the embedded one. */
const usedSegments = 64;

/** What all scenarios share: one database server, one receiver, one load generator, one table of results. */
export class World {
  readonly scale: Scale;
  readonly results: Results;
  readonly dataDir: string;
  readonly database: EmbeddedPostgres;
  readonly receiver = new Child('./receiver.ts');
  readonly load = new Child('./load.ts');
  /** Port of the receiver. */
  port = 0;
  readonly #admin: pg.Pool;
  readonly #masterKey = randomBytes(32).toString('base64');

  private constructor(scale: Scale, results: Results, dataDir: string, database: EmbeddedPostgres) {
    this.scale = scale;
    this.results = results;
    this.dataDir = dataDir;
    this.database = database;
    this.#admin = createPool(database.url, { max: 2, applicationName: 'bench' });
  }

  static async open(scale: Scale, results: Results): Promise<World> {
    const dataDir = join(mkdtempSync(join(tmpdir(), 'trunkline-bench-')), 'data');
    const database = await startEmbeddedPostgres({
      dataDir,
      // Its remarks on checkpoints and the like are no news here.
      log: (line) => {
        if (!line.startsWith('postgres: LOG')) say(line);
      },
      // Three processes of the product and a stock queue beside them.
      settings: { max_connections: '160' },
    });
    const world = new World(scale, results, dataDir, database);
    if (!scale.quick) await world.#useWal();
    world.port = (await world.listen(1))[0]!;
    return world;
  }

  /**
   * A server that has run for a while writes its WAL into used segments. A new server makes each one as it comes, and commits
   * wait for it: 50 ms for every 16 MB, which is every 9,000 deliveries.
   */
  async #useWal(): Promise<void> {
    say('using the WAL once, as on a server that has run for a while');
    for (let segment = 0; segment < usedSegments; segment += 1)
      await this.#admin.query("SELECT pg_logical_emit_message(true, 'bench', ''), pg_switch_wal()");
    await this.#admin.query('CHECKPOINT');
  }

  async close(): Promise<void> {
    await Promise.all([this.receiver.stop(), this.load.stop()]);
    await this.#admin.end();
    await this.database.stop();
    await discardDataFolder(this.dataDir);
    await rm(dirname(this.dataDir), { recursive: true, force: true });
  }

  /** A new database on the server, as a copy of another one if `template` is given. Gives its URL. */
  async createDatabase(name: string, template?: string): Promise<string> {
    await this.#admin.query(`CREATE DATABASE ${name}${template ? ` TEMPLATE ${template}` : ''}`);
    const url = new URL(this.database.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  async dropDatabase(name: string): Promise<void> {
    await this.#admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  }

  /** Bytes that are free where the database keeps its files. */
  async freeBytes(): Promise<number> {
    const { rows } = await this.#admin.query<{ data_directory: string }>('SHOW data_directory');
    const { bavail, bsize } = await statfs(rows[0]!.data_directory);
    return bavail * bsize;
  }

  /** The environment of processes that share a database. */
  environment(databaseUrl: string, more: Record<string, string> = {}): NodeJS.ProcessEnv {
    return {
      ...process.env,
      DATABASE_URL: databaseUrl,
      TRUNKLINE_DATA_DIR: join(this.dataDir, 'product'),
      TRUNKLINE_SECRET_KEY: this.#masterKey,
      TRUNKLINE_EGRESS_ALLOW: '127.0.0.1/32',
      TRUNKLINE_RATE_LIMITS: 'off',
      ...more,
    };
  }

  /** Opens ports at the receiver. */
  async listen(ports: number, tls?: { key: string; cert: string }): Promise<number[]> {
    const command: ReceiverCommand = { listen: { ports, ...(tls ? { tls } : {}) } };
    return (await this.receiver.ask<{ ports: number[] }>(command)).ports;
  }

  /** After a scenario that broke off: its answers are nobody's any more. */
  forget(): void {
    this.receiver.forget();
    this.load.forget();
  }

  /** Starts a new count at the receiver; `measured` are ports whose latencies are kept. */
  async reset(target: number | null, measured: number[] = []): Promise<void> {
    await this.receiver.ask({ reset: { target, measured } } satisfies ReceiverCommand);
  }

  /** When the receiver has the number that `reset` named: the moment by `sharedNow`. */
  async reached(limitMs?: number): Promise<number> {
    return (await this.receiver.next<{ at: number }>(limitMs)).at;
  }

  async report(): Promise<Quantiles & { count: number }> {
    return this.receiver.ask({ report: true } satisfies ReceiverCommand);
  }

  /** @throws Error when an answer was not 202: the figures would not mean what they say */
  async post(command: LoadCommand): Promise<LoadReport> {
    const report = await this.load.ask<LoadReport>(command);
    if (report.statuses['202'] !== command.total) {
      throw new Error(`events were refused: ${JSON.stringify(report.statuses)}`);
    }
    return report;
  }

  /** Posts events and waits until `fanOut` deliveries of each have arrived. Gives deliveries a second. */
  async endToEnd(command: LoadCommand, fanOut = 1): Promise<number> {
    const deliveries = command.total * fanOut;
    await this.reset(deliveries);
    const posted = this.post(command);
    const [at, { startedAt }] = await Promise.all([this.reached(), posted]);
    return deliveries / ((at - startedAt) / 1000);
  }
}

/** Waits until nothing is left in the queue: the last results are written. */
export async function settled(pool: pg.Pool, limitMs = 120_000): Promise<void> {
  for (let waited = 0; waited < limitMs; waited += 20) {
    const { rowCount } = await pool.query('SELECT FROM delivery_queue LIMIT 1');
    if (rowCount === 0) return;
    await wait(20);
  }
  throw new Error('deliveries stayed in the queue');
}

/** Progress; standard output is for the result. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
