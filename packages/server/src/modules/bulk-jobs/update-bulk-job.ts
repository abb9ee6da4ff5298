import { updateBulkJob as operation } from '@trunkline/contract/bulk-jobs';
import type { Ctx, Tx } from '../../ctx.ts';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { recordSkip } from '../webhooks/hold.ts';
import { lockJob, readJob } from './queries.ts';
import { lastIdOf, requireUnfinished } from './rules.ts';
import { resumeWebhook } from './run-batch.ts';

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
    if (state === 'cancelled' && before.kind === 'catch_up') await giveUpCatchUp(ctx, tx, id);
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

/** What a cancelled catch-up has not queued is left out, which the ledger then says; its webhook goes on. */
async function giveUpCatchUp(ctx: Ctx, tx: Tx, id: string): Promise<void> {
  const { app, actor } = ctx;
  const [job] = await tx.query<{ webhookId: string; after: string; until: Date; resumes: boolean }>(
    `SELECT webhook_id AS "webhookId", coalesce(cursor, after) AS after, until, resumes FROM bulk_jobs
     WHERE organization_id = current_organization() AND id = $1`,
    [id],
  );
  if (!job) return;
  await recordSkip(tx, {
    webhookId: job.webhookId,
    after: job.after,
    last: lastIdOf(job.until.getTime()),
    by: actor.type === 'anonymous' ? 'nobody signed in' : actor.name,
    at: app.clock(),
  });
  if (job.resumes) await resumeWebhook(app, tx, job.webhookId);
}
