import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import type { Logger } from 'pino';
import { textArray, uuidArray } from '../lib/pg-binary.ts';
import { claimedColumns, leaseAll, takeDue } from './claim.ts';
import type { ClaimedRow, Claimant } from './claim.ts';
import type { Line } from './types.ts';

/** Lines that one statement steps over, at least; beyond it the next one goes on. */
const leastLines = 64;
const lineLimit = 500;
/** Statements for one request at most: lines that are on their way are stepped over as well. */
const roundLimit = 4;
const linesPerStatement = 500;

/** In this order the first row of a line says all: it is out of the backlog, or it is the one whose turn it is. */
const lineOrder = 'due_at, (attempts = 0), place, id';

/**
 * Whether the first row of a line may go. It may not while it or another one is on its way or waits for a retry, nor,
 * where dead letters park, behind one; but a dead letter that somebody retries goes.
 */
const mayGo = (first: string, parks: string) => `${first}.due_at = 'infinity' AND (NOT ${parks}
  OR ${first}.attempts_before > 0 OR NOT EXISTS (SELECT FROM dead_letters d
    WHERE d.webhook_id = ${first}.webhook_id AND d.subject = ${first}.subject AND NOT d.retrying))`;

/**
 * Locks exactly the rows that were found to be heads. Who is second sees that the row has left the backlog and takes
 * nothing, instead of the row behind it. No index serves "isfinite", so the ids are what is looked up.
 */
const lockHeads = `
  due AS MATERIALIZED (
    SELECT id FROM delivery_queue
    WHERE id = ANY (ARRAY(SELECT id FROM heads)) AND NOT isfinite(due_at) FOR UPDATE SKIP LOCKED)`;

const firstOf = (where: string, order: string) => `
  SELECT webhook_id, subject, id, due_at, attempts_before FROM delivery_queue
  WHERE ${where} ORDER BY ${order} LIMIT 1`;

/** A loose scan: one step of the index a line, whatever waits in it. */
const takeHeads = {
  name: 'claim_heads',
  text: `
  WITH RECURSIVE scan AS (
    SELECT f.*, 1 AS place FROM (${firstOf('webhook_id = $3 AND subject > $4', `subject, ${lineOrder}`)}) f
    UNION ALL
    SELECT f.*, s.place + 1 FROM scan s CROSS JOIN LATERAL (
      ${firstOf('webhook_id = $3 AND subject > s.subject', `subject, ${lineOrder}`)}) f
    WHERE s.place < $5),
  heads AS MATERIALIZED (
    SELECT s.id, s.subject FROM scan s JOIN webhooks w ON w.id = s.webhook_id
    WHERE ${mayGo('s', "(w.ordering = 'park')")} ORDER BY s.place LIMIT $6),
  ended AS (
    SELECT CASE WHEN (SELECT count(*) FROM heads) = $6 THEN (SELECT max(subject) FROM heads)
      ELSE (SELECT subject FROM scan WHERE place = $5) END AS "lastSubject"),
  ${lockHeads},
  ${leaseAll}
  SELECT ${claimedColumns}, ended."lastSubject"
  FROM ended LEFT JOIN (claimed c LEFT JOIN events e ON e.id = c.event_id
    LEFT JOIN webhooks w ON w.id = c.webhook_id) ON true ORDER BY c.id`,
};

/**
 * Takes heads of lines out of an endpoint's backlog, from the line behind `after` on. Gives the subject after which
 * to go on, empty when the last line was reached.
 */
export async function claimHeads(
  pool: pg.Pool,
  { nodeId, leaseSeconds }: Claimant,
  webhookId: string,
  after: string,
  limit: number,
): Promise<{ rows: ClaimedRow[]; after: string }> {
  const claimed: ClaimedRow[] = [];
  let from = after;
  for (let round = 0; round < roundLimit && claimed.length < limit; round += 1) {
    const left = limit - claimed.length;
    const lines = Math.min(lineLimit, Math.max(leastLines, 2 * left));
    const { rows } = await pool.query<(ClaimedRow | { id: null }) & { lastSubject: string | null }>({
      ...takeHeads,
      values: [nodeId, leaseSeconds, webhookId, from, lines, left],
    });
    // Without a head there is one row, which only says where the scan ended.
    for (const row of rows) if (row.id !== null) claimed.push(row);
    from = rows[0]?.lastSubject ?? '';
    if (from === '') break;
  }
  return { rows: claimed, after: from };
}

/** The next delivery of each line, if its turn has come and its endpoint flows. */
const release = {
  name: 'release_lines',
  text: `
  WITH heads AS MATERIALIZED (
    SELECT f.id FROM unnest($3::uuid[], $4::text[]) AS l (webhook_id, subject)
    JOIN webhooks w ON w.id = l.webhook_id
      AND w.enabled AND NOT w.paused AND NOT w.circuit_open AND w.deleted_at IS NULL
    CROSS JOIN LATERAL (${firstOf('webhook_id = l.webhook_id AND subject = l.subject', lineOrder)}) f
    WHERE ${mayGo('f', "(w.ordering = 'park')")}),
  ${lockHeads},
  ${takeDue}`,
};

/** Takes the heads of lines whose turn has come. */
export async function releaseLines(
  pool: pg.Pool,
  { nodeId, leaseSeconds }: Claimant,
  lines: readonly Line[],
): Promise<ClaimedRow[]> {
  const { rows } = await pool.query<ClaimedRow>({
    ...release,
    values: [
      nodeId,
      leaseSeconds,
      uuidArray(lines.map((line) => line.webhookId)),
      textArray(lines.map((line) => line.subject)),
    ],
  });
  return rows;
}

export interface LinesOptions extends Claimant {
  pool: pg.Pool;
  log: Logger;
  onClaimed: (rows: readonly ClaimedRow[], leasedAt: number) => Promise<void>;
  /** A claim failed, and may have leased rows all the same. */
  onFailed: () => void;
}

/** Moves lines on: those whose head left the queue, and those at whose end something was placed. */
export class Lines {
  readonly #options: LinesOptions;
  readonly #moved = new Map<string, Line>();
  #stopped = true;
  #working: Promise<void> | null = null;

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
  }

  /** Takes nothing more: what stands still then is found by the next look at backlogs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#working;
  }

  /** The head of a line may have left it. */
  move(line: Line): void {
    if (this.#stopped) return;
    this.#moved.set(`${line.webhookId} ${line.subject}`, line);
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
  }

  async #work(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#moved.size > 0 && !this.#stopped) {
      const keys = [...this.#moved.keys()].slice(0, linesPerStatement);
      const lines = keys.map((key) => this.#moved.get(key)!);
      for (const key of keys) this.#moved.delete(key);
      try {
        const leasedAt = performance.now();
        const rows = await releaseLines(this.#options.pool, this.#options, lines);
        if (rows.length > 0) await this.#options.onClaimed(rows, leasedAt);
      } catch (error) {
        this.#options.onFailed();
        // It costs only time: the look at backlogs finds lines that stand still.
        this.#options.log.warn({ err: error, lines: lines.length }, 'lines could not be moved on');
      }
    }
  }
}
