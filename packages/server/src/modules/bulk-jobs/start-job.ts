import type { BulkStarted } from '@trunkline/contract/bulk-jobs';
import type { z } from 'zod';
import type { Ctx, Tx } from '../../ctx.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { AuditEntry } from '../audit/record-audit.ts';
import { findUnfinished, insertJob, lockBulk, presentTime, storesNow } from './queries.ts';
import { batchSize, windowsInRequest } from './rules.ts';
import type { BulkJobKind } from './rules.ts';
import { announceProgress, runBatch, sources } from './run-batch.ts';
import type { RunningJob } from './run-batch.ts';

export interface Start {
  kind: BulkJobKind;
  /** Null: dead letters of all webhooks. */
  webhookId: string | null;
  /** Milliseconds since the epoch. */
  since: number | null;
  /** Named dead letters; null for all. */
  deliveryIds: string[] | null;
  dryRun: boolean;
  ratePerSecond: number | undefined;
  /** Checks the webhook under a lock that keeps it from being deleted; gives its name for the audit record. */
  check?: (tx: Tx) => Promise<{ name: string | null }>;
  /** The record of a job about this many deliveries; null leaves none. */
  audit: (name: string | null, count: number) => AuditEntry | null;
}

/**
 * Counts, writes the job and its audit record, and does the first batch, all in the caller's transaction: a small
 * act is done when it is answered, and a larger one survives whatever ends this process. A dry run writes nothing.
 *
 * @throws AppError `conflict`, which names the unfinished job of the same kind; whatever `check` throws
 */
export async function startJob(ctx: Ctx, tx: Tx, start: Start): Promise<z.input<typeof BulkStarted>> {
  const { app } = ctx;
  const { kind, webhookId, since, deliveryIds } = start;
  // Selections of dead letters overlap whatever webhook they name.
  const scope = kind === 'retry_dead_letters' ? null : webhookId;
  if (!start.dryRun) await lockBulk(tx, scope ?? tx.organizationId);
  const name = (await start.check?.(tx))?.name ?? null;
  const now = app.clock();
  const selection = { kind, webhookId, since, deliveryIds, until: await presentTime(tx, now) };
  if (!start.dryRun && deliveryIds === null) {
    const other = await findUnfinished(tx, kind, webhookId);
    if (other !== null) {
      throw new AppError(
        'conflict',
        `Job ${other} does the same and is not finished. Wait for it, or cancel it.`,
      );
    }
  }
  const count = await sources[kind].count(tx, selection);
  if (start.dryRun) return { count, jobId: null };
  let job: RunningJob | null = null;
  if (count > 0) {
    job = { ...selection, id: app.newId(), cursor: null };
    const ratePerSecond = start.ratePerSecond ?? null;
    const startedBy = ctx.actor.type === 'anonymous' ? 'nobody signed in' : ctx.actor.name;
    await insertJob(tx, { ...job, total: count, ratePerSecond, startedBy, createdAt: now });
    // Events that are being stored would be passed over; the worker waits for them.
    const waits = sources[kind].looksForEvents && (await storesNow(tx));
    announceProgress(tx, job, waits ? [] : await firstBatch(tx, job, batchSize(ratePerSecond), now));
    tx.afterCommit(() => app.engine.wake());
  }
  const entry = start.audit(name, count);
  if (entry) {
    const changes = job ? { ...entry.changes, job: { before: null, after: job.id } } : entry.changes;
    await recordAudit(ctx, tx, { ...entry, ...(changes ? { changes } : {}) });
  }
  return { count, jobId: job?.id ?? null };
}

/** A batch may span several windows of rows here. Gives the webhooks whose deliveries changed. */
async function firstBatch(tx: Tx, job: RunningJob, limit: number, now: number): Promise<string[]> {
  const webhookIds = new Set<string>();
  let { cursor } = job;
  let left = limit;
  for (let window = 0; window < windowsInRequest && left > 0; window += 1) {
    const batch = await runBatch(tx, { ...job, cursor }, left, now);
    for (const id of batch.webhookIds) webhookIds.add(id);
    ({ cursor } = batch);
    left -= batch.queued;
    if (batch.finished) break;
  }
  return [...webhookIds];
}
