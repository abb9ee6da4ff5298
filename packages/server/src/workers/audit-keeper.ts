import type { App } from '../ctx.ts';
import { cutChain } from '../modules/audit/cut-chain.ts';
import { startSigning, writeDailyCheckpoint } from '../modules/audit/sign-chain.ts';

const everyMs = 15 * 60_000;
/** Of all nodes, the one that gets this advisory lock does the work. */
const lockKey = 7_304_183;

/** Keeps the audit logs: a signed checkpoint a day, and records only as long as their organization wants them. */
export class AuditKeeper {
  readonly #app: App;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#running = this.run();
    this.#timer = setInterval(() => {
      this.#running = this.run();
    }, everyMs);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One round over all organizations. One that fails holds up no other and is tried again in the next round. */
  async run(): Promise<void> {
    const { pool, log } = this.#app;
    const client = await pool.connect().catch(() => null);
    if (client === null) return;
    let broken: Error | undefined;
    try {
      // Held in a transaction, as a pooler gives each transaction a session of its own.
      await client.query('BEGIN');
      const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
        lockKey,
      ]);
      if (rows[0]?.mine) {
        const organizations = await client.query<{ id: string }>('SELECT id FROM organizations ORDER BY id');
        for (const { id } of organizations.rows) if (!this.#stopping) await this.#keep(id);
      }
    } catch (error) {
      log.warn({ err: error }, 'the audit logs could not be looked after');
    } finally {
      await client.query('COMMIT').catch((error: Error) => {
        broken = error;
      });
      client.release(broken);
    }
  }

  async #keep(organizationId: string): Promise<void> {
    try {
      await startSigning(this.#app, organizationId);
      await writeDailyCheckpoint(this.#app, organizationId);
      await cutChain(this.#app, organizationId);
    } catch (error) {
      this.#app.log.warn({ err: error, organizationId }, 'the audit log could not be looked after');
    }
  }
}
