import { ConnectionFault } from '../connections/connection-fault.ts';
import { renewAhead } from '../connections/tokens.ts';
import type { App } from '../ctx.ts';
import { AppError } from '../errors.ts';

const everyMs = 15_000;
/** Renewals of one round, and of those at once. */
const batch = 60;
const atOnce = 6;
/** Attempts to connect are kept for this long after they ended. */
const attemptsKeptMs = 86_400_000;

interface Due {
  organizationId: string;
  integrationId: string;
  version: number;
}

/**
 * Renews tokens before they end, so that no call has to wait for it (OAUTH-2): in the last tenth of their life, at the
 * least five minutes ahead. Runs on every node; who renews is decided by the lease on each row. Also removes attempts to
 * connect that ended a day ago.
 */
export class TokenRefresh {
  readonly #app: App;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#running = this.run().finally(() => this.#schedule());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** One round. What fails is logged and tried again in a later one. */
  async run(): Promise<void> {
    const { log } = this.#app;
    try {
      await this.#removeOldAttempts();
      const due = await this.#due();
      const lane = async (): Promise<void> => {
        for (let next = due.shift(); next !== undefined && !this.#stopped; next = due.shift()) {
          await this.#renew(next);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, lane));
    } catch (error) {
      log.warn({ err: error }, 'tokens could not be looked at');
    }
  }

  /** Not in step with the other nodes. */
  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.start(), everyMs * (0.75 + 0.5 * this.#app.random()));
  }

  async #renew(due: Due): Promise<void> {
    try {
      await renewAhead(this.#app, due, due.version);
    } catch (error) {
      if (error instanceof AppError) return; // The integration is gone.
      const { integrationId } = due;
      const reason = error instanceof ConnectionFault ? error.problem.fault : 'unexpected';
      this.#app.log.warn(
        { integrationId, reason, ...(error instanceof ConnectionFault ? {} : { err: error }) },
        'a token could not be renewed ahead of its end',
      );
    }
  }

  /**
   * Tokens in the last part of their life; the part differs by up to a quarter from row to row, so that many that were
   * made together are not renewed together. What was tried a minute ago waits.
   */
  async #due(): Promise<Due[]> {
    const { rows } = await this.#app.pool.query<Due>(
      `SELECT t.organization_id AS "organizationId", t.integration_id AS "integrationId", t.version
       FROM oauth_tokens t JOIN integrations i ON i.id = t.integration_id
       WHERE t.ended_at IS NULL AND t.expires_at IS NOT NULL AND t.refresh_box IS NOT NULL
         AND t.expires_at < $1::timestamptz + interval '90 days'
         AND i.enabled AND i.deleted_at IS NULL AND i.connected_at IS NOT NULL
         AND (t.lease_until IS NULL OR t.lease_until < now())
         AND (t.refresh_sent_at IS NULL OR t.refresh_sent_at < now() - interval '1 minute')
         AND t.expires_at - $1::timestamptz <
           least(greatest((t.expires_at - t.refreshed_at) / 10, interval '5 minutes'), (t.expires_at - t.refreshed_at) / 2)
           * (0.75 + abs(hashtext(t.integration_id::text || t.version) % 256) / 1024.0)
       ORDER BY t.expires_at LIMIT ${batch}`,
      [new Date(this.#app.clock())],
    );
    return rows;
  }

  async #removeOldAttempts(): Promise<void> {
    await this.#app.pool.query(
      `DELETE FROM oauth_attempts WHERE id IN (
         SELECT id FROM oauth_attempts WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
      [new Date(this.#app.clock() - attemptsKeptMs)],
    );
  }
}
