import type pg from 'pg';
import type { Logger } from 'pino';
import { textArray, timestamptzArray, uuidArray } from '../lib/pg-binary.ts';
import { cleanDetails, cleanEvent, cleanMessage } from './clean-line.ts';
import type { LogLine, StoredLine } from './log-line.ts';
import { vectorOf } from './words.ts';

export interface LogWriterOptions {
  /** Connects as the owner of the tables: a batch holds lines of several organizations. */
  pool: pg.Pool;
  /** Milliseconds since the epoch. */
  clock: () => number;
  newId: () => string;
  log: Logger;
  /** New lines of this organization can be read. */
  announce: (organizationId: string) => void;
  /** Lines that wait at most; more are dropped, and counted. */
  capacity?: number;
  flushEveryMs?: number;
}

const defaults = { capacity: 5_000, flushEveryMs: 250 };
const batchRows = 500;
/** An organization hears of new lines at most this often. */
const announceEveryMs = 1_000;

/**
 * Gathers log lines in memory and writes them in batches, so that whoever tells something never waits for it. Texts
 * are freed of secrets and cut before they wait. When lines come faster than they can be written, the newest are
 * dropped, and a line says how many. A kill -9 loses at most one flush.
 */
export class LogWriter {
  readonly #options: Required<LogWriterOptions>;
  #waiting: StoredLine[] = [];
  readonly #dropped = new Map<string, number>();
  readonly #unannounced = new Set<string>();
  #announcedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: LogWriterOptions) {
    this.#options = { ...defaults, ...options };
  }

  /** Takes a line; it is stored within about a quarter of a second. Never throws, never waits. */
  write(line: LogLine): void {
    if (this.#waiting.length >= this.#options.capacity) {
      this.#dropped.set(line.organizationId, (this.#dropped.get(line.organizationId) ?? 0) + 1);
    } else {
      this.#waiting.push(this.prepare(line));
    }
    this.#schedule();
  }

  /** Writes what waits. What cannot be written stays for the next time, unless the database refuses the lines themselves. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll());
    return this.#writing;
  }

  /** Writes what waits, once, and announces it; later lines are dropped. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.flush();
    this.#stopped = true;
    this.#announce(true);
  }

  #schedule(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      void this.flush().then(() => {
        this.#timer = undefined;
        this.#announce(false);
        if (this.#waiting.length > 0 || this.#unannounced.size > 0) this.#schedule();
      });
    }, this.#options.flushEveryMs);
  }

  /** A line as it is stored: with its id and time, free of secrets, cut, its words apart. */
  prepare({ organizationId, source, level, ...line }: LogLine): StoredLine {
    const { newId, clock } = this.#options;
    const [integrationId, webhookId] = [line.integrationId ?? null, line.webhookId ?? null];
    const [event, message] = [cleanEvent(line.event), cleanMessage(line.message)];
    const details = cleanDetails(line.details ?? {});
    const searched = [message, event];
    for (const value of Object.values(details)) if (typeof value === 'string') searched.push(value);
    if (details.error) searched.push(details.error.code ?? '', details.error.message);
    const words = vectorOf({ organizationId, level, source, integrationId, webhookId }, searched.join(' '));
    return {
      id: newId(),
      organizationId,
      at: clock(),
      level,
      source,
      event,
      integrationId,
      webhookId,
      message,
      details: JSON.stringify(details),
      words,
    };
  }

  async #writeAll(): Promise<void> {
    this.#tellDropped();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, batchRows);
      try {
        await insertLines(this.#options.pool, batch);
      } catch (error) {
        if (!isRefusal(error)) {
          this.#options.log.warn(
            { err: error, lines: this.#waiting.length },
            'log lines could not be written',
          );
          return;
        }
        this.#options.log.error({ err: error, lines: batch.length }, 'log lines were refused');
      }
      this.#waiting.splice(0, batch.length);
      for (const { organizationId } of batch) this.#unannounced.add(organizationId);
    }
  }

  /** These lines go past the bound: one an organization. */
  #tellDropped(): void {
    for (const [organizationId, lines] of this.#dropped) {
      const count = `${lines.toLocaleString('en')} ${lines === 1 ? 'line was' : 'lines were'}`;
      this.#waiting.push(
        this.prepare({
          organizationId,
          source: 'system',
          level: 'warn',
          event: 'log.dropped',
          message: `${count} not logged: they came faster than they can be written.`,
          details: { lines },
        }),
      );
    }
    this.#dropped.clear();
  }

  #announce(now: boolean): void {
    const at = performance.now();
    if (!now && at - this.#announcedAt < announceEveryMs) return;
    for (const organizationId of this.#unannounced) this.#options.announce(organizationId);
    if (this.#unannounced.size > 0) this.#announcedAt = at;
    this.#unannounced.clear();
  }
}

/** Whether the same lines would be refused again (SQLSTATE 22: data, 23: constraints). */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^2[23]\w{3}$/.test(String(error.code));
}

/** Stores lines in one statement. A line that is there already, after an answer that was lost, is left as it is. */
export async function insertLines(
  db: Pick<pg.ClientBase, 'query'>,
  lines: readonly StoredLine[],
): Promise<void> {
  await db.query(
    `INSERT INTO log_entries (id, organization_id, at, level, source, event, integration_id, webhook_id, message,
       details, words)
     SELECT id, organization_id, at, level, source, event, integration_id, webhook_id, message, details::jsonb,
       words::tsvector
     FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::uuid[],
       $8::uuid[], $9::text[], $10::text[], $11::text[])
     AS l (id, organization_id, at, level, source, event, integration_id, webhook_id, message, details, words)
     ON CONFLICT (id) DO NOTHING`,
    [
      uuidArray(lines.map((l) => l.id)),
      uuidArray(lines.map((l) => l.organizationId)),
      timestamptzArray(lines.map((l) => l.at)),
      textArray(lines.map((l) => l.level)),
      textArray(lines.map((l) => l.source)),
      textArray(lines.map((l) => l.event)),
      uuidArray(lines.map((l) => l.integrationId)),
      uuidArray(lines.map((l) => l.webhookId)),
      textArray(lines.map((l) => l.message)),
      textArray(lines.map((l) => l.details)),
      textArray(lines.map((l) => l.words)),
    ],
  );
}
