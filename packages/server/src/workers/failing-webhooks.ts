import type { App } from '../ctx.ts';
import { disableFailingWebhooks } from '../modules/webhooks/disable-failing-webhooks.ts';
import { systemContext } from '../system-context.ts';

const everyMs = 5 * 60_000;
/** Of all nodes, the one that gets this advisory lock does the work. */
const lockKey = 7_304_183;

/** Tells of webhooks that fail for days and then disables them; runs at once and then every five minutes, on one node at a time. */
export class FailingWebhooks {
  readonly #app: App;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#running = this.run();
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.run());
    }, everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One round; nothing when another node is at it. What fails is logged and tried again in the next round. */
  async run(): Promise<void> {
    const app = this.#app;
    try {
      const client = await app.pool.connect();
      try {
        await client.query('BEGIN');
        const { rows } = await client.query<{ mine: boolean }>(
          'SELECT pg_try_advisory_xact_lock($1) AS mine',
          [lockKey],
        );
        if (rows[0]?.mine) {
          await disableFailingWebhooks(app, (organizationId) => systemContext(app, organizationId));
        }
      } finally {
        // A connection that cannot even roll back is of no more use.
        const broken = await client.query('ROLLBACK').then(
          () => false,
          () => true,
        );
        client.release(broken);
      }
    } catch (error) {
      app.log.warn({ err: error }, 'failing webhooks could not be looked at');
    }
  }
}
