import { updateBulkJob as operation } from '@trunkline/contract/bulk-jobs';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { lockJob, readJob } from './queries.ts';
import { requireUnfinished } from './rules.ts';

const actionOf = {
  running: 'bulk_job.resumed',
  paused: 'bulk_job.paused',
  cancelled: 'bulk_job.cancelled',
} as const;

/** Pauses, resumes or cancels a job, or changes its rate. What is queued already is delivered. */
export const updateBulkJob: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { id } = input;
  return inOrganization(ctx, async (tx) => {
    await lockJob(tx, id);
    const before = await readJob(tx, id);
    requireUnfinished(before.state);
    const state = input.state === before.state ? undefined : input.state;
    const rate = input.ratePerSecond === undefined ? before.ratePerSecond : input.ratePerSecond;
    if (state === undefined && rate === before.ratePerSecond) return before;
    // A job that failed batches may be waiting for its next try; a person who resumes it does not want to.
    await tx.query(
      `UPDATE bulk_jobs SET state = coalesce($2, state), rate_per_second = $3, announced_at = now(),
         next_at = CASE WHEN $2 = 'running' THEN now() ELSE next_at END,
         failures = CASE WHEN $2 = 'running' THEN 0 ELSE failures END,
         finished_at = CASE WHEN $2 = 'cancelled' THEN $4::timestamptz END
       WHERE id = $1`,
      [id, state ?? null, rate, new Date(ctx.app.clock())],
    );
    const after = await readJob(tx, id);
    const target = { type: 'bulk_job', id, name: before.webhookName };
    if (state !== undefined) {
      await recordAudit(ctx, tx, {
        action: actionOf[state],
        target,
        changes: { state: { before: before.state, after: state } },
      });
    }
    if (rate !== before.ratePerSecond) {
      await recordAudit(ctx, tx, {
        action: 'bulk_job.rate_changed',
        target,
        changes: { ratePerSecond: { before: before.ratePerSecond, after: rate } },
      });
    }
    tx.announce('bulk_jobs', [id]);
    return after;
  });
};
