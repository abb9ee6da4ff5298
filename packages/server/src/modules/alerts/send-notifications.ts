import type { App, Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { openChannel, readChannel } from './channel-queries.ts';
import type { OpenChannel } from './channel-queries.ts';
import { ChannelFailure } from './channels/channel-failure.ts';
import type { Outgoing } from './channels/channel-failure.ts';
import { sendMessage } from './channels/send-message.ts';
import type { MessageContent } from './compose-message.ts';

/** Longer than any try takes; then another node may take the message. */
const leaseMs = 60_000;
/** The waits between tries: half a minute, doubled up to an hour. Together about half a day. */
const firstWaitMs = 30_000;
const longestWaitMs = 3_600_000;
const mostAttempts = 16;

interface Due {
  id: string;
  organizationId: string;
  channelId: string;
  content: MessageContent;
  createdAt: Date;
  attempts: number;
}

/**
 * Sends up to `limit` messages that are due. Taking one counts a try and pushes its time ahead, so that no other node
 * takes it, and one whose node dies is sent once more under the same id.
 *
 * @returns how many were taken
 */
export async function sendNotifications(app: App, limit: number): Promise<number> {
  const now = app.clock();
  const { rows } = await app.pool.query<Due>(
    `UPDATE alert_notifications SET due_at = $2, attempts = attempts + 1
     WHERE id IN (SELECT id FROM alert_notifications WHERE state = 'waiting' AND due_at <= $1
       ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, organization_id AS "organizationId", channel_id AS "channelId", content,
       created_at AS "createdAt", attempts`,
    [new Date(now), new Date(now + leaseMs), limit],
  );
  await Promise.all(rows.map((due) => sendOne(app, due)));
  return rows.length;
}

async function sendOne(app: App, due: Due): Promise<void> {
  try {
    const outcome = await attempt(app, due);
    await tenantTransaction(app.pool, due.organizationId, (tx) => record(app, tx, due, outcome));
  } catch (error) {
    // It is due again when the lease is over.
    app.log.warn({ err: error, notificationId: due.id }, 'a notification could not be sent');
  }
}

export type Outcome =
  | { ok: true; detail: string; recipients: string[] }
  | { ok: false; detail: string; retryAfterMs: number | null };

async function attempt(app: App, due: Due): Promise<Outcome> {
  const { id, organizationId, channelId, content, createdAt: at, attempts } = due;
  const channel = await tenantTransaction(app.pool, organizationId, async (tx) => {
    const row = await readChannel(tx, channelId);
    return row.enabled ? openChannel(app, organizationId, row) : null;
  }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  });
  if (channel === null) {
    return { ok: false, detail: 'The channel is switched off or was removed.', retryAfterMs: null };
  }
  return tryToSend(app, channel, content, { organizationId, id, attempt: attempts, at });
}

/** One try, its failure as an outcome. */
export async function tryToSend(
  app: App,
  channel: OpenChannel,
  content: MessageContent,
  outgoing: Outgoing,
): Promise<Outcome> {
  try {
    return { ok: true, ...(await sendMessage(app, channel, content, outgoing)) };
  } catch (error) {
    if (!(error instanceof ChannelFailure)) throw error;
    return { ok: false, detail: error.message, retryAfterMs: error.retryAfterMs };
  }
}

/** Writes down what became of a try, unless another node has taken the message meanwhile. */
async function record(app: App, tx: Tx, due: Due, outcome: Outcome): Promise<void> {
  const now = app.clock();
  const over = !outcome.ok && due.attempts >= mostAttempts;
  const waitMs = outcome.ok
    ? 0
    : Math.max(outcome.retryAfterMs ?? 0, Math.min(firstWaitMs * 2 ** (due.attempts - 1), longestWaitMs));
  const written = await tx.query(
    `UPDATE alert_notifications SET state = $3, detail = $4, recipients = $5, due_at = $6,
       sent_at = CASE WHEN $3 = 'sent' THEN $7::timestamptz END
     WHERE organization_id = current_organization() AND id = $1 AND attempts = $2 AND state = 'waiting' RETURNING id`,
    [
      due.id,
      due.attempts,
      outcome.ok ? 'sent' : over ? 'failed' : 'waiting',
      outcome.detail,
      outcome.ok ? outcome.recipients : [],
      new Date(now + waitMs),
      new Date(now),
    ],
  );
  if (written.length === 0) return;
  await recordResult(app, tx, due.channelId, outcome);
  tx.announce('alerts');
}

/** What a channel did with its last message; how often in a row it failed makes an alert of its own. */
export async function recordResult(
  app: Pick<App, 'clock'>,
  tx: Tx,
  channelId: string,
  outcome: Pick<Outcome, 'ok' | 'detail'>,
): Promise<void> {
  await tx.query(
    `UPDATE alert_channels SET last_at = $2, last_ok = $3, last_detail = $4,
       failures = CASE WHEN $3 THEN 0 ELSE failures + 1 END,
       failing_since = CASE WHEN $3 THEN NULL ELSE coalesce(failing_since, $2) END
     WHERE organization_id = current_organization() AND id = $1`,
    [channelId, new Date(app.clock()), outcome.ok, outcome.detail],
  );
}
