import type pg from 'pg';
import type { App, Tx } from '../../ctx.ts';
import { ownerTransaction } from '../../db/transaction.ts';
import { catchUpSource } from './catch-up-source.ts';
import { lockBulk } from './queries.ts';
import { recoverSource } from './recover-source.ts';
import { replayFailedSource } from './replay-failed-source.ts';
import { retryDeadLettersSource } from './retry-dead-letters-source.ts';
import { backoffSeconds, batchSize, failureLimit } from './rules.ts';
import type { BulkJobKind, Selection } from './rules.ts';
import type { Source } from './source.ts';

export const sources: Record<BulkJobKind, Source> = {
  recover: recoverSource,
  replay_failed: replayFailedSource,
  retry_dead_letters: retryDeadLettersSource,
  catch_up: catchUpSource,
};

/** What a batch needs to know of its job. */
export interface RunningJob extends Selection {
  id: string;
  cursor: string | null;
}

export interface BatchResult {
  queued: number;
  cursor: string | null;
  finished: boolean;
  webhookIds: string[];
}

/**
 * Queues up to `limit` deliveries of a running job and moves its cursor and count, all in the transaction of the
 * caller, who holds the job's row lock: when it breaks off, nothing of the batch has happened. A job whose webhook
 * was deleted fails. `now` is the time of a job that ends, in milliseconds since the epoch.
 */
export async function runBatch(tx: Tx, job: RunningJob, limit: number, now: number): Promise<BatchResult> {
  if (job.webhookId !== null) {
    await lockBulk(tx, job.webhookId);
    const [there] = await tx.query(
      `SELECT FROM webhooks WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL
       FOR KEY SHARE`,
      [job.webhookId],
    );
    if (!there) {
      await tx.query(
        `UPDATE bulk_jobs SET state = 'failed', finished_at = $2, error = 'The webhook was deleted.' WHERE id = $1`,
        [job.id, new Date(now)],
      );
      return { queued: 0, cursor: job.cursor, finished: true, webhookIds: [] };
    }
  }
  const batch = await sources[job.kind].queue(tx, job, job.cursor, limit);
  // With a rate, the next batch is due when this one's share of time is over. A worker that is a little late makes
  // up for it; time in which the job stood still is not made up for.
  await tx.query(
    `UPDATE bulk_jobs SET queued = queued + $2, cursor = $3, failures = 0,
       state = CASE WHEN $4 THEN 'completed' ELSE state END, finished_at = CASE WHEN $4 THEN $5::timestamptz END,
       next_at = CASE WHEN rate_per_second IS NULL THEN now() ELSE
         greatest(next_at, now() - interval '250 milliseconds') + $2 * interval '1 second' / rate_per_second END
     WHERE id = $1`,
    [job.id, batch.queued, batch.cursor, batch.finished, new Date(now)],
  );
  return batch;
}

interface DueJob {
  id: string;
  organizationId: string;
  kind: BulkJobKind;
  webhookId: string | null;
  since: Date | null;
  deliveryIds: string[] | null;
  until: Date;
  cursor: string | null;
  ratePerSecond: number | null;
  failures: number;
  mayAnnounce: boolean;
  after: string | null;
  linePlace: number | null;
  resumes: boolean;
}

/**
 * Does the next batch of the job that has waited longest, whatever its organization; other nodes pass over the job
 * meanwhile. False when no job is due. A batch that breaks off is tried again after a wait, and after
 * {@link failureLimit} in a row its job fails.
 */
export async function runNextBatch(app: App): Promise<boolean> {
  let job: DueJob | undefined;
  try {
    return await ownerTransaction(app.pool, async (db, enter) => {
      const { rows } = await db.query<DueJob>(
        `SELECT id, organization_id AS "organizationId", kind, webhook_id AS "webhookId", since,
           delivery_ids AS "deliveryIds", until, cursor, after, place AS "linePlace", resumes, rate_per_second AS "ratePerSecond", failures,
           announced_at <= now() - interval '500 milliseconds' AS "mayAnnounce"
         FROM bulk_jobs WHERE state = 'running' AND next_at <= now()
         ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      );
      job = rows[0];
      if (!job) return false;
      if (sources[job.kind].looksForEvents && (await mustWait(db, job.id))) return true;
      const tx = await enter(job.organizationId);
      const result = await runBatch(tx, runningJob(job), batchSize(job.ratePerSecond), app.clock());
      if (result.queued > 0) tx.afterCommit(() => app.engine.wake());
      if (result.finished && job.kind === 'catch_up') await endCatchUp(app, tx, job);
      if (job.mayAnnounce || result.finished) {
        await tx.query('UPDATE bulk_jobs SET announced_at = now() WHERE id = $1', [job.id]);
        announceProgress(tx, job, result.webhookIds);
      }
      return true;
    });
  } catch (error) {
    if (!job) throw error;
    app.log.warn({ err: error, jobId: job.id }, 'a batch of a bulk job broke off');
    await postpone(app, job);
    return true;
  }
}

const runningJob = (job: DueJob): RunningJob => ({
  id: job.id,
  kind: job.kind,
  webhookId: job.webhookId,
  since: job.since?.getTime() ?? null,
  deliveryIds: job.deliveryIds,
  until: job.until.getTime(),
  cursor: job.cursor,
  after: job.after,
  linePlace: job.linePlace,
});

/** A job that waits for statements to end looks again after this long. */
const lookAgainMs = 50;

/**
 * Whether events are still being stored by a statement that began before a worker first saw the job, and may have seen the
 * webhook as it was before it was switched on: its events appear when it commits, and would be passed over. The job is then
 * due again shortly. Its row is locked by the caller.
 */
async function mustWait(db: pg.PoolClient, jobId: string): Promise<boolean> {
  const { rows } = await db.query<{ waits: boolean }>(
    `UPDATE bulk_jobs SET horizon = coalesce(horizon, clock_timestamp()) WHERE id = $1
     RETURNING stores_since_before(horizon) AS waits`,
    [jobId],
  );
  if (!rows[0]?.waits) return false;
  await db.query(
    `UPDATE bulk_jobs SET next_at = clock_timestamp() + $2 * interval '1 millisecond' WHERE id = $1`,
    [jobId, lookAgainMs],
  );
  return true;
}

/** Everything that was held is queued: a webhook that keeps an order goes on, and a job that found nothing is forgotten. */
async function endCatchUp(app: App, tx: Tx, job: DueJob): Promise<void> {
  await tx.query(
    'DELETE FROM bulk_jobs WHERE organization_id = current_organization() AND id = $1 AND queued = 0',
    [job.id],
  );
  if (job.webhookId === null) return;
  if (job.resumes) await resumeWebhook(app, tx, job.webhookId);
  tx.announce('webhooks', [job.webhookId]);
}

/** Ends the pause in which a catch-up puts lines in order. */
export async function resumeWebhook(app: App, tx: Tx, webhookId: string): Promise<void> {
  await tx.query(
    `UPDATE webhooks SET paused = false, version = version + 1, updated_at = $2
     WHERE organization_id = current_organization() AND id = $1 AND paused AND enabled`,
    [webhookId, new Date(app.clock())],
  );
  tx.afterCommit(() => {
    app.engine.endpoints.forget(webhookId);
    app.engine.wake();
  });
  tx.announce('webhooks', [webhookId]);
}

/** Tells open screens what a batch has changed. */
export function announceProgress(
  tx: Tx,
  job: { id: string; kind: BulkJobKind },
  webhookIds: readonly string[],
): void {
  tx.announce('bulk_jobs', [job.id]);
  if (webhookIds.length > 0) tx.announce('deliveries', webhookIds.slice(0, 50));
  if (!sources[job.kind].looksForEvents) tx.announce('dead_letters');
}

async function postpone(app: App, { id, organizationId, failures }: DueJob): Promise<void> {
  const count = failures + 1;
  const over = count >= failureLimit;
  await ownerTransaction(app.pool, async (_db, enter) => {
    const tx = await enter(organizationId);
    await tx.query(
      `UPDATE bulk_jobs SET failures = $2, next_at = now() + $3 * interval '1 second',
         state = CASE WHEN $4 THEN 'failed' ELSE state END, finished_at = CASE WHEN $4 THEN $5::timestamptz END,
         error = CASE WHEN $4 THEN 'Its last batches broke off; the log of the server says why. What was queued is delivered.' END
       WHERE id = $1 AND state = 'running'`,
      [id, count, backoffSeconds(count), over, new Date(app.clock())],
    );
    if (over) tx.announce('bulk_jobs', [id]);
  });
}

/** Milliseconds until a job is due by the database's clock, 0 or less when one is already; null without any. */
export async function untilNextBatch(app: App): Promise<number | null> {
  const { rows } = await app.pool.query<{ ms: number | null }>(
    `SELECT (extract(epoch FROM min(next_at) - clock_timestamp()) * 1000)::float8 AS ms
     FROM bulk_jobs WHERE state = 'running'`,
  );
  return rows[0]?.ms ?? null;
}
