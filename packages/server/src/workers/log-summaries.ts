import type { App } from '../ctx.ts';
import type { LogLine } from '../logs/log-line.ts';
import { insertLines } from '../logs/log-writer.ts';
import { Rounds } from './rounds.ts';

const dayMs = 86_400_000;
/** The last sums of a day are written by then. */
const graceMs = 5 * 60_000;

interface Sums {
  organizationId: string;
  id: string;
  kind: 'webhook' | 'call' | 'check';
  count: number;
  failures: number;
}

type Needed = Pick<App, 'pool' | 'clock' | 'log' | 'logs' | 'live' | 'tracer'>;

/**
 * Writes one line a day for every webhook and integration that had something to do (LOG-2): how much, and how well it
 * went. Whoever stores the day first writes its lines, in the same transaction, so that they are written once.
 */
export class LogSummaries extends Rounds<Needed> {
  constructor(app: Needed) {
    super(app, { everyMs: 10 * 60_000, atStart: true, failure: 'daily summaries could not be written' });
  }

  /** Writes the lines of yesterday (UTC), unless they are written. */
  protected override async round(): Promise<void> {
    const { pool, clock, logs, live } = this.app;
    const today = Math.floor((clock() - graceMs) / dayMs) * dayMs;
    const client = await pool.connect();
    let ended = false;
    try {
      await client.query('BEGIN');
      const day = new Date(today - dayMs);
      const { rowCount } = await client.query(
        'INSERT INTO log_summaries (day) VALUES ($1) ON CONFLICT DO NOTHING',
        [day.toISOString().slice(0, 10)],
      );
      if (rowCount === 1) {
        const { rows } = await client.query<Sums>(sumsOfDay, [day, new Date(today)]);
        await insertLines(
          client,
          rows.map((sums) => logs.prepare(lineOf(sums, day.toISOString().slice(0, 10)))),
        );
        await client.query('COMMIT');
        ended = true;
        for (const organizationId of new Set(rows.map((row) => row.organizationId))) {
          live.publish({ organizationId, topic: 'logs' });
        }
      }
    } finally {
      // A connection that cannot even roll back is of no more use.
      const broken =
        !ended &&
        (await client.query('ROLLBACK').then(
          () => false,
          () => true,
        ));
      client.release(broken);
    }
  }
}

const sumsOfDay = `
  SELECT h.organization_id AS "organizationId", h.webhook_id AS id, 'webhook' AS kind,
    sum(h.succeeded + h.failed)::int8 AS count, sum(h.failed)::int8 AS failures
  FROM webhook_hours h JOIN webhooks w ON w.id = h.webhook_id AND w.deleted_at IS NULL
  WHERE h.hour >= $1 AND h.hour < $2 GROUP BY 1, 2
  UNION ALL
  SELECT h.organization_id, h.integration_id, h.kind, sum(h.count)::int8, sum(h.failures)::int8
  FROM integration_hours h JOIN integrations i ON i.id = h.integration_id AND i.deleted_at IS NULL
  WHERE h.hour >= $1 AND h.hour < $2 GROUP BY 1, 2, 3`;

const nouns = {
  webhook: ['delivery attempt', 'delivery attempts'],
  call: ['call', 'calls'],
  check: ['check', 'checks'],
} as const;

function lineOf({ organizationId, id, kind, count, failures }: Sums, day: string): LogLine {
  const [one, many] = nouns[kind];
  const succeeded = count - failures;
  return {
    organizationId,
    ...(kind === 'webhook' ? { webhookId: id } : { integrationId: id }),
    source: kind === 'webhook' ? 'delivery' : kind === 'call' ? 'action' : 'check',
    level: 'info',
    event: 'summary.daily',
    message: `${count.toLocaleString('en')} ${count === 1 ? one : many} on ${day}, ${shareOf(succeeded, count)} succeeded.`,
    details: { day, count, failures },
  };
}

/** 247 of 249 → `99.1 %`; never rounds a failure away. */
function shareOf(part: number, whole: number): string {
  const share = whole === 0 ? 100 : Math.floor((part / whole) * 1_000) / 10;
  return `${Number.isInteger(share) ? share : share.toFixed(1)} %`;
}
