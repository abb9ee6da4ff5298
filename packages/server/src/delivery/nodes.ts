import { hostname } from 'node:os';
import type pg from 'pg';
import type { Logger } from 'pino';

const beatMs = 5_000;
/** A node that was not seen this long, by the database's clock, does not count. */
const liveSeconds = 15;

const beat = {
  name: 'node_beat',
  text: `
  WITH seen AS (
    INSERT INTO nodes (id, host, pid, version, started_at, seen_at) VALUES ($1, $2, $3, $4, now(), now())
    ON CONFLICT (id) DO UPDATE SET seen_at = now()),
  gone AS (DELETE FROM nodes WHERE seen_at < now() - interval '1 hour' AND id <> $1)
  SELECT count(*) AS others FROM nodes WHERE id <> $1 AND seen_at > now() - $5 * interval '1 second'`,
};

export interface NodesOptions {
  pool: pg.Pool;
  log: Logger;
  nodeId: string;
  version: string;
}

/** The processes that share this database, by heartbeat: limits of an endpoint are divided between them. */
export class Nodes {
  readonly #options: NodesOptions;
  #live = 1;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(options: NodesOptions) {
    this.#options = options;
  }

  /** Nodes at work, this one included. */
  get live(): number {
    return this.#live;
  }

  /** `alone`: no other process uses this database, whatever a process that was killed has left. */
  async start(alone: boolean): Promise<void> {
    if (alone) await this.#options.pool.query('DELETE FROM nodes');
    await this.#beat();
    this.#timer = setInterval(() => {
      this.#beating = this.#beat();
    }, beatMs);
  }

  /** The others need not wait until its last beat is old. */
  async stop(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#beating;
    const { pool, log, nodeId } = this.#options;
    await pool
      .query('DELETE FROM nodes WHERE id = $1', [nodeId])
      .catch((error: unknown) => log.debug({ err: error }, 'a node could not sign off'));
  }

  /** Without the database the last count stands. */
  async #beat(): Promise<void> {
    const { pool, log, nodeId, version } = this.#options;
    try {
      const { rows } = await pool.query<{ others: number }>({
        ...beat,
        values: [nodeId, hostname(), process.pid, version, liveSeconds],
      });
      this.#live = 1 + (rows[0]?.others ?? 0);
    } catch (error) {
      log.warn({ err: error }, 'a heartbeat could not be written');
    }
  }
}
