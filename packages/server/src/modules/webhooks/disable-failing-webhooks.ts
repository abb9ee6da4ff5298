import { failingDays } from '@trunkline/contract/failing-days';
import type { AttemptErrorCode } from '@trunkline/contract/deliveries';
import type { App, Ctx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import { disableByRule } from './disable-by-rule.ts';

const dayMs = 86_400_000;
const noticeMs = failingDays.notice * dayMs;
const disableMs = failingDays.disable * dayMs;
/** Webhooks that one round looks at; the next one goes on with those that fail for less long. */
const roundLimit = 500;

interface FailingRow {
  id: string;
  organizationId: string;
  name: string;
  url: string;
  failures: number;
  lastStatus: number;
  failingSince: Date;
  errorCode: AttemptErrorCode | null;
  errorMessage: string | null;
}

/** On, and therefore in the hands of the rule; what a person paused or switched off is theirs. */
const inUse = 'w.enabled AND NOT w.paused AND w.deleted_at IS NULL';

/**
 * One round of the rule that a webhook which fails for days is disabled, with a notice first (WH-7). A row of
 * failures counts from its first to its last attempt, so that one bad hour and then days without events, or of a
 * product that was not running, are no row of days. The notice is `webhook.failing`; its `disablesAt` is kept.
 * `contextOf` makes the product's own call for an organization. Call it on one node at a time.
 */
export async function disableFailingWebhooks(
  app: App,
  contextOf: (organizationId: string) => Ctx,
): Promise<void> {
  const now = app.clock();
  // The next row of failures gets a notice of its own.
  await app.pool.query(
    `UPDATE webhook_health SET failing_noticed_at = NULL
     WHERE failing_noticed_at IS NOT NULL AND (failing_since IS NULL OR failing_since > failing_noticed_at)`,
  );
  await each(app, await withoutNotice(app, now), (row) => giveNotice(app, row, now));
  await each(app, await afterNotice(app, now), async ({ id, organizationId }) => {
    await disableByRule(contextOf(organizationId), id, 'failing', {
      sql: noticeIsOver,
      values: overSince(now),
    });
  });
}

/** One that cannot be done now is tried again in the next round and keeps no other from being done. */
async function each<Row extends { id: string }>(
  app: App,
  rows: readonly Row[],
  work: (row: Row) => Promise<void>,
): Promise<void> {
  for (const row of rows) {
    try {
      await work(row);
    } catch (error) {
      app.log.warn({ err: error, webhookId: row.id }, 'a failing webhook could not be looked at');
    }
  }
}

async function withoutNotice(app: App, now: number): Promise<FailingRow[]> {
  const { rows } = await app.pool.query<FailingRow>(
    `SELECT w.id, w.organization_id AS "organizationId", w.name, w.url, h.consecutive_failures AS failures,
       coalesce(h.last_status, 0) AS "lastStatus", h.failing_since AS "failingSince",
       a.error_code AS "errorCode", a.error_message AS "errorMessage"
     FROM webhook_health h JOIN webhooks w ON w.id = h.webhook_id
     LEFT JOIN LATERAL (
       SELECT error_code, error_message FROM attempts
       WHERE webhook_id = w.id AND state IN ('failed', 'dlq')
       ORDER BY delivery_id DESC, number DESC LIMIT 1) a ON true
     WHERE h.failing_since <= $1 AND h.last_attempt_at - h.failing_since >= $2 * interval '1 millisecond'
       AND h.failing_noticed_at IS NULL AND ${inUse}
     ORDER BY h.failing_since LIMIT ${roundLimit}`,
    [new Date(now - noticeMs), noticeMs],
  );
  return rows;
}

/** Told and noted in one transaction: no webhook is disabled without a notice, and none gets two. */
async function giveNotice(app: App, row: FailingRow, now: number): Promise<void> {
  const disablesAt = Math.max(row.failingSince.getTime() + disableMs, now + disableMs - noticeMs);
  await tenantTransaction(app.pool, row.organizationId, async (tx) => {
    const noted = await tx.query(
      `UPDATE webhook_health SET failing_noticed_at = $2
       WHERE organization_id = current_organization() AND webhook_id = $1 AND failing_since IS NOT NULL
         AND failing_noticed_at IS NULL RETURNING webhook_id`,
      [row.id, new Date(now)],
    );
    if (noted.length === 0) return;
    await recordOwnEvent(app, tx, 'webhook.failing', {
      webhookId: row.id,
      name: row.name,
      url: row.url,
      consecutiveFailures: row.failures,
      lastStatus: row.lastStatus,
      error: {
        code: row.errorCode ?? 'http_error',
        message: row.errorMessage ?? 'The last attempts failed.',
      },
      disablesAt: new Date(disablesAt).toISOString(),
      failingSince: row.failingSince.toISOString(),
    });
  });
}

/** $1: failing since then or longer; $2: told of it by then. */
const noticeIsOver = `h.failing_since <= $1 AND h.failing_noticed_at <= $2
  AND h.failing_noticed_at >= h.failing_since AND NOT w.paused`;
const overSince = (now: number) => [new Date(now - disableMs), new Date(now - (disableMs - noticeMs))];

async function afterNotice(app: App, now: number): Promise<{ id: string; organizationId: string }[]> {
  const { rows } = await app.pool.query<{ id: string; organizationId: string }>(
    `SELECT w.id, w.organization_id AS "organizationId"
     FROM webhook_health h JOIN webhooks w ON w.id = h.webhook_id
     WHERE ${noticeIsOver} AND ${inUse}
     ORDER BY h.failing_since LIMIT ${roundLimit}`,
    overSince(now),
  );
  return rows;
}
