import type { App } from '../ctx.ts';
import { sweepAlerts } from '../modules/alerts/sweep-alerts.ts';

const everyMs = 10_000;
/** Of all nodes, the one that gets this advisory lock does the work. */
const lockKey = 7_304_185;

/** Brings alerts in line with what is so every ten seconds, on one node at a time (HEALTH-4). */
export class Alerts {
  readonly #app: App;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (!this.#busy) this.#running = this.run();
    }, everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One round; nothing when another node is at it. What fails is logged and tried again in the next round. */
  async run(): Promise<void> {
    const app = this.#app;
    this.#busy = true;
    try {
      const client = await app.pool.connect();
      try {
        await client.query('BEGIN');
        const { rows } = await client.query<{ mine: boolean }>(
          'SELECT pg_try_advisory_xact_lock($1) AS mine',
          [lockKey],
        );
        if (rows[0]?.mine) await sweepAlerts(app);
      } finally {
        // A connection that cannot even roll back is of no more use.
        const broken = await client.query('ROLLBACK').then(
          () => false,
          () => true,
        );
        client.release(broken);
      }
    } catch (error) {
      app.log.warn({ err: error }, 'alerts could not be looked at');
    } finally {
      this.#busy = false;
    }
  }
}
