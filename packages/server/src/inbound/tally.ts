import type pg from 'pg';
import type { Logger } from 'pino';
import type { LiveBus } from '../db/live-bus.ts';
import type { LogWriter } from '../logs/log-writer.ts';

const hourMs = 3_600_000;
const flushEveryMs = 1_000;
const mostIds = 100;

/** The source that something is counted of. */
export interface TalliedSource {
  sourceId: string;
  organizationId: string;
  integrationId: string | null;
  sourceName: string;
}

interface Counted {
  source: TalliedSource;
  hour: number;
  received: number;
  refused: number;
  last: { at: number; reason: string; address: string } | null;
}

/** How those that came to a source ended one after another since the last flush. */
interface Run {
  /** One was taken, which ended what was before. */
  taken: boolean;
  /** Refused since. */
  refused: number;
  since: number | null;
}

export interface InboundTallyOptions {
  /** Connects as the owner of the tables: a flush is of several organizations. */
  pool: pg.Pool;
  clock: () => number;
  log: Logger;
  logs: Pick<LogWriter, 'write'>;
  live: Pick<LiveBus, 'publish'>;
}

/**
 * Counts inbound webhooks in memory and writes the sums about once a second, so that neither a busy source nor somebody who
 * sends nonsense to an address costs more than one row update in that time. A kill -9 loses at most one flush of counts,
 * never a webhook.
 */
export class InboundTally {
  /** Since the process began, for its metrics. */
  readonly counters = {
    received: 0,
    repeated: 0,
    refused: 0,
    processed: 0,
    ignored: 0,
    unreadable: 0,
    retried: 0,
    failed: 0,
  };
  readonly #options: InboundTallyOptions;
  #counted = new Map<string, Counted>();
  #runs = new Map<string, Run>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: InboundTallyOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), flushEveryMs);
    this.#timer.unref();
  }

  /** Writes what was counted, once. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  received(source: TalliedSource): void {
    this.#count(source).received += 1;
    this.counters.received += 1;
    this.#runs.set(source.sourceId, { taken: true, refused: 0, since: null });
  }

  /** One that had come before. */
  repeated({ sourceId }: TalliedSource): void {
    this.counters.repeated += 1;
    this.#runs.set(sourceId, { taken: true, refused: 0, since: null });
  }

  /** `address`: where it came from. */
  refused(source: TalliedSource, reason: string, address: string): void {
    const counted = this.#count(source);
    counted.refused += 1;
    const at = this.#options.clock();
    counted.last = { at, reason, address };
    this.counters.refused += 1;
    // Too many in a minute are refused one by one, and come again.
    if (reason === 'rate_limited') return;
    const run = this.#runs.get(source.sourceId) ?? { taken: false, refused: 0, since: null };
    this.#runs.set(source.sourceId, { ...run, refused: run.refused + 1, since: run.since ?? at });
  }

  /** Writes what was counted; what cannot be written stays for the next time. Never throws. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  #count(source: TalliedSource): Counted {
    const hour = Math.floor(this.#options.clock() / hourMs) * hourMs;
    const key = `${source.sourceId}:${hour}`;
    let counted = this.#counted.get(key);
    if (counted === undefined) {
      counted = { source, hour, received: 0, refused: 0, last: null };
      this.#counted.set(key, counted);
    }
    return counted;
  }

  async #write(): Promise<void> {
    if (this.#counted.size === 0 && this.#runs.size === 0) return;
    // In the order of the ids, so that two nodes never wait for each other in a circle.
    const rows = [...this.#counted.values()].sort((a, b) =>
      a.source.sourceId === b.source.sourceId
        ? a.hour - b.hour
        : a.source.sourceId < b.source.sourceId
          ? -1
          : 1,
    );
    const runs = this.#runs;
    this.#counted = new Map();
    this.#runs = new Map();
    const refusals = rows.filter(({ last }) => last !== null);
    // A source has a row for each hour, and its run belongs to one of them.
    const isFirst = (row: Counted) =>
      refusals.find(({ source }) => source.sourceId === row.source.sourceId) === row;
    const ended = [...runs].filter(([, { taken }]) => taken).map(([sourceId]) => sourceId);
    try {
      if (ended.length > 0) await this.#endRuns(ended);
      await this.#options.pool.query({
        name: 'write_inbound_tally',
        text: `
          WITH hours AS (
            INSERT INTO inbound_hours AS h (source_id, hour, organization_id, received, refused)
            SELECT s.id, t.hour, s.organization_id, t.received, t.refused
            FROM unnest($1::uuid[], $2::timestamptz[], $3::int4[], $4::int4[]) AS t (id, hour, received, refused)
            JOIN inbound_sources s ON s.id = t.id ORDER BY s.id, t.hour
            ON CONFLICT (source_id, hour) DO UPDATE SET received = h.received + excluded.received,
              refused = h.refused + excluded.refused)
          INSERT INTO inbound_refusals AS r (source_id, organization_id, at, reason, address, in_a_row, since)
          SELECT DISTINCT ON (s.id) s.id, s.organization_id, t.at, t.reason, t.address,
            sum(t.in_a_row) OVER same, min(t.since) OVER same
          FROM unnest($5::uuid[], $6::timestamptz[], $7::text[], $8::text[], $9::int4[], $10::timestamptz[])
            AS t (id, at, reason, address, in_a_row, since)
          JOIN inbound_sources s ON s.id = t.id WINDOW same AS (PARTITION BY s.id) ORDER BY s.id, t.at DESC
          ON CONFLICT (source_id) DO UPDATE SET at = greatest(r.at, excluded.at),
            reason = CASE WHEN r.at <= excluded.at THEN excluded.reason ELSE r.reason END,
            address = CASE WHEN r.at <= excluded.at THEN excluded.address ELSE r.address END,
            in_a_row = r.in_a_row + excluded.in_a_row,
            since = CASE WHEN r.in_a_row = 0 THEN excluded.since ELSE r.since END`,
        values: [
          rows.map(({ source }) => source.sourceId),
          rows.map(({ hour }) => new Date(hour)),
          rows.map(({ received }) => received),
          rows.map(({ refused }) => refused),
          refusals.map(({ source }) => source.sourceId),
          refusals.map(({ last }) => new Date(last!.at)),
          refusals.map(({ last }) => last!.reason),
          refusals.map(({ last }) => last!.address),
          refusals.map((row) => (isFirst(row) ? (runs.get(row.source.sourceId)?.refused ?? 0) : 0)),
          refusals.map((row) => {
            const since = isFirst(row) ? (runs.get(row.source.sourceId)?.since ?? null) : null;
            return since === null ? null : new Date(since);
          }),
        ],
      });
    } catch (error) {
      this.#options.log.warn({ err: error }, 'counts of inbound webhooks could not be written');
      for (const row of rows) this.#addBack(row);
      for (const [sourceId, run] of runs) this.#addRunBack(sourceId, run);
      return;
    }
    for (const row of refusals) this.#tell(row);
    this.#announce(rows);
  }

  async #endRuns(sourceIds: readonly string[]): Promise<void> {
    await this.#options.pool.query({
      name: 'end_inbound_runs',
      text: `UPDATE inbound_refusals SET in_a_row = 0, since = NULL WHERE source_id IN (
        SELECT source_id FROM inbound_refusals WHERE source_id = ANY ($1) AND in_a_row > 0
        ORDER BY source_id FOR UPDATE)`,
      values: [sourceIds],
    });
  }

  /** Pages that show the counts read them again. */
  #announce(rows: readonly Counted[]): void {
    const ids = new Map<string, Set<string>>();
    for (const { source } of rows) {
      const own = ids.get(source.organizationId) ?? new Set();
      ids.set(source.organizationId, own.add(source.sourceId));
    }
    for (const [organizationId, own] of ids) {
      // A notification holds few ids; without any it speaks of all.
      const some = own.size <= mostIds ? { ids: [...own] } : {};
      this.#options.live.publish({ organizationId, topic: 'inbound', ...some });
    }
  }

  #addBack(row: Counted): void {
    const key = `${row.source.sourceId}:${row.hour}`;
    const newer = this.#counted.get(key);
    if (newer === undefined) {
      this.#counted.set(key, row);
      return;
    }
    newer.received += row.received;
    newer.refused += row.refused;
    newer.last ??= row.last;
  }

  /** What was refused in a row goes on with what came since, unless one was taken. */
  #addRunBack(sourceId: string, run: Run): void {
    const newer = this.#runs.get(sourceId);
    if (newer?.taken) return;
    const refused = run.refused + (newer?.refused ?? 0);
    this.#runs.set(sourceId, { ...run, refused, since: run.since ?? newer?.since ?? null });
  }

  /** One line a second and source, however many were refused. */
  #tell({ source, refused, last }: Counted): void {
    const { sourceName, organizationId, integrationId } = source;
    const count = refused === 1 ? 'A webhook' : `${refused.toLocaleString('en')} webhooks`;
    this.#options.logs.write({
      organizationId,
      integrationId: integrationId ?? undefined,
      source: 'inbound',
      level: 'warn',
      event: 'inbound.refused',
      message: `${count} for ${sourceName} ${refused === 1 ? 'was' : 'were'} refused: ${last!.reason.replaceAll('_', ' ')}.`,
      details: { sourceId: source.sourceId, reason: last!.reason, address: last!.address, count: refused },
    });
  }
}
