import type pg from 'pg';
import type { Logger } from 'pino';
import { boolArray, int4Array, int8Array, timestamptzArray, uuidArray } from '../lib/pg-binary.ts';
import type { Result } from './record.ts';

const hourMs = 3_600_000;

interface Counted {
  organizationId: string;
  webhookId: string;
  hour: number;
  succeeded: number;
  failed: number;
  durationMs: number;
  lastAt: number;
  lastStatus: number;
  /** Failures after the last success, or all when there was none. */
  trailingFailures: number;
  /** When the first of these began. */
  failingSince: number | null;
}

/**
 * Counts attempts in memory and writes the sums a few times a second, so that the busiest webhook costs one
 * row update a flush, not one a delivery. A kill -9 loses at most one flush of statistics, never history.
 */
export class Statistics {
  readonly #log: Logger;
  #counted = new Map<string, Counted>();
  /** What a failed flush still has to write. */
  #flushing: Promise<void> = Promise.resolve();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Something is still to be written. */
  get pending(): boolean {
    return this.#counted.size > 0;
  }

  add(result: Result): void {
    const { lease, outcome } = result;
    const hour = Math.floor(outcome.startedAt / hourMs) * hourMs;
    const key = `${lease.webhookId}:${hour}`;
    let counted = this.#counted.get(key);
    if (!counted) {
      counted = {
        organizationId: lease.organizationId,
        webhookId: lease.webhookId,
        hour,
        succeeded: 0,
        failed: 0,
        durationMs: 0,
        lastAt: 0,
        lastStatus: 0,
        trailingFailures: 0,
        failingSince: null,
      };
      this.#counted.set(key, counted);
    }
    if (outcome.success) {
      counted.succeeded += 1;
      counted.trailingFailures = 0;
      counted.failingSince = null;
    } else {
      counted.failed += 1;
      counted.trailingFailures += 1;
      counted.failingSince ??= outcome.startedAt;
    }
    counted.durationMs += outcome.durationMs;
    counted.lastAt = Math.max(counted.lastAt, outcome.startedAt);
    counted.lastStatus = outcome.responseStatus;
  }

  /** Writes what was counted; what cannot be written stays for the next flush. Never throws. */
  flush(pool: pg.Pool): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write(pool));
    return this.#flushing;
  }

  async #write(pool: pg.Pool): Promise<void> {
    if (this.#counted.size === 0) return;
    // In the order of the ids, so that two nodes never wait for each other in a circle.
    const rows = [...this.#counted.values()].sort((a, b) =>
      a.webhookId === b.webhookId ? a.hour - b.hour : a.webhookId < b.webhookId ? -1 : 1,
    );
    this.#counted = new Map();
    const health = healthOf(rows);
    try {
      await pool.query({
        name: 'write_statistics',
        text: `
          WITH s AS MATERIALIZED (
            SELECT s.* FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::int8[], $5::int8[], $6::int8[],
              $7::timestamptz[], $8::int4[], $9::int4[], $10::bool[], $11::timestamptz[])
            AS s (webhook_id, organization_id, hour, succeeded, failed, duration_ms, last_at, last_status,
              failures_since, healed, failing_since)
            JOIN webhooks w ON w.id = s.webhook_id),
          hours AS (
            INSERT INTO webhook_hours AS h (webhook_id, organization_id, hour, succeeded, failed, duration_ms)
            SELECT webhook_id, organization_id, hour, succeeded, failed, duration_ms FROM s
            ON CONFLICT (webhook_id, hour) DO UPDATE SET succeeded = h.succeeded + excluded.succeeded,
              failed = h.failed + excluded.failed, duration_ms = h.duration_ms + excluded.duration_ms)
          UPDATE webhook_health h SET
            last_attempt_at = greatest(h.last_attempt_at, s.last_at),
            last_status = s.last_status,
            consecutive_failures = CASE WHEN s.healed THEN s.failures_since ELSE h.consecutive_failures + s.failures_since END,
            failing_since = CASE WHEN s.healed THEN s.failing_since ELSE coalesce(h.failing_since, s.failing_since) END
          FROM (SELECT DISTINCT ON (webhook_id) * FROM s ORDER BY webhook_id, hour DESC) s
          WHERE h.webhook_id = s.webhook_id`,
        values: [
          uuidArray(rows.map((r) => r.webhookId)),
          uuidArray(rows.map((r) => r.organizationId)),
          timestamptzArray(rows.map((r) => r.hour)),
          int8Array(rows.map((r) => r.succeeded)),
          int8Array(rows.map((r) => r.failed)),
          int8Array(rows.map((r) => Math.round(r.durationMs))),
          timestamptzArray(rows.map((r) => r.lastAt)),
          int4Array(rows.map((r) => r.lastStatus)),
          int4Array(health.map((h) => h.failures)),
          boolArray(health.map((h) => h.healed)),
          timestamptzArray(health.map((h) => h.failingSince)),
        ],
      });
    } catch (error) {
      this.#log.warn({ err: error, rows: rows.length }, 'statistics could not be written; trying again');
      this.#putBack(rows);
    }
  }

  #putBack(rows: Counted[]): void {
    for (const row of rows) {
      const key = `${row.webhookId}:${row.hour}`;
      const later = this.#counted.get(key);
      if (!later) {
        this.#counted.set(key, row);
        continue;
      }
      if (later.succeeded === 0) {
        later.trailingFailures += row.trailingFailures;
        later.failingSince = row.failingSince ?? later.failingSince;
      }
      later.succeeded += row.succeeded;
      later.failed += row.failed;
      later.durationMs += row.durationMs;
    }
  }
}

interface Health {
  failures: number;
  healed: boolean;
  failingSince: number | null;
}

/** Failures since the last success up to each row, over the hours of its webhook; rows come in that order. */
function healthOf(rows: readonly Counted[]): Health[] {
  const health: Health[] = [];
  rows.forEach(({ webhookId, succeeded, trailingFailures, failingSince }, index) => {
    const before = rows[index - 1]?.webhookId === webhookId ? health[index - 1] : undefined;
    if (succeeded > 0 || !before) {
      health.push({ failures: trailingFailures, healed: succeeded > 0, failingSince });
    } else {
      health.push({
        failures: before.failures + trailingFailures,
        healed: before.healed,
        failingSince: before.failingSince ?? failingSince,
      });
    }
  });
  return health;
}
