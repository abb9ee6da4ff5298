import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import type { Logger } from 'pino';

const everyMs = 1_000;
/** What was read longer ago than this is not believed any more. */
const believedMs = 5_000;

/**
 * Which organizations have automations that are on, as far as this node knows; the others need not be asked about with
 * every event. It is told of every change at once and reads all of it again every second. It never says no without having
 * read lately: when in doubt, the statement that stores an event asks.
 */
export class AutomationOwners {
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  #read = new Set<string>();
  #readAt = -Infinity;
  /** Those of which something was heard since the last reading began. */
  #heard = new Set<string>();
  /** Those of which something was heard before the reading that is under way. */
  #asked = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | null = null;

  constructor({ pool, log }: { pool: pg.Pool; log: Logger }) {
    this.#pool = pool;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => void this.read(), everyMs);
    void this.read();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
  }

  /** False only when none of these organizations has an automation that is on. */
  mayOwn(organizationIds: Iterable<string>): boolean {
    if (performance.now() - this.#readAt > believedMs) return true;
    for (const id of organizationIds)
      if (this.#read.has(id) || this.#heard.has(id) || this.#asked.has(id)) return true;
    return false;
  }

  /** Something about the automations of this organization has changed. */
  notice(organizationId: string): void {
    this.#heard.add(organizationId);
  }

  /** Announcements may have been missed: nothing is believed until the next reading. */
  doubt(): void {
    this.#readAt = -Infinity;
  }

  /** Reads all of it now, once at a time. */
  read(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    // What is heard from now on may not be in the answer; what was heard before is.
    this.#asked = this.#heard;
    this.#heard = new Set();
    const startedAt = performance.now();
    try {
      const { rows } = await this.#pool.query<{ id: string }>(
        'SELECT DISTINCT organization_id AS id FROM automations WHERE enabled AND deleted_at IS NULL',
      );
      this.#read = new Set(rows.map(({ id }) => id));
      this.#readAt = startedAt;
      this.#asked = new Set();
    } catch (error) {
      for (const id of this.#asked) this.#heard.add(id);
      this.#log.warn({ err: error }, 'who has automations could not be read');
    }
  }
}
