import type { BulkJob } from '@trunkline/contract/bulk-jobs';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';
import type { BulkJobKind, BulkJobState, Selection } from './rules.ts';

interface BulkJobRow {
  id: string;
  kind: BulkJobKind;
  webhookId: string | null;
  webhookName: string | null;
  since: Date | null;
  state: BulkJobState;
  total: number;
  queued: number;
  ratePerSecond: number | null;
  startedBy: string;
  createdAt: Date;
  finishedAt: Date | null;
  error: string | null;
}

const selectJobs = `
  SELECT j.id, j.kind, j.webhook_id AS "webhookId", w.name AS "webhookName", j.since, j.state, j.total, j.queued,
    j.rate_per_second AS "ratePerSecond", j.started_by AS "startedBy", j.created_at AS "createdAt",
    j.finished_at AS "finishedAt", j.error
  FROM bulk_jobs j LEFT JOIN webhooks w ON w.id = j.webhook_id
  WHERE j.organization_id = current_organization()`;

/** A page, newest first; the id is the order of creation. */
export async function listJobs(
  tx: Tx,
  filter: {
    webhookId: string | undefined;
    unfinished: boolean;
    before: string | undefined;
    limit: number;
  },
): Promise<BulkJob[]> {
  const rows = await tx.query<BulkJobRow>(
    `${selectJobs}
       AND ($1::uuid IS NULL OR j.webhook_id = $1)
       ${filter.unfinished ? `AND j.state IN ('running', 'paused')` : ''}
       AND ($2::uuid IS NULL OR j.id < $2)
     ORDER BY j.id DESC LIMIT $3`,
    [filter.webhookId ?? null, filter.before ?? null, filter.limit],
  );
  return rows.map(presentJob);
}

/** @throws AppError `not_found` */
export async function readJob(tx: Tx, id: string): Promise<BulkJob> {
  const [row] = await tx.query<BulkJobRow>(`${selectJobs} AND j.id = $1`, [id]);
  if (!row) throw notFound('bulk job');
  return presentJob(row);
}

function presentJob(row: BulkJobRow): BulkJob {
  return {
    ...row,
    since: row.since?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** The job's row, locked: a batch that is under way ends first. @throws AppError `not_found` */
export async function lockJob(tx: Tx, id: string): Promise<void> {
  const rows = await tx.query(
    'SELECT FROM bulk_jobs WHERE organization_id = current_organization() AND id = $1 FOR UPDATE',
    [id],
  );
  if (rows.length === 0) throw notFound('bulk job');
}

/**
 * Puts what queues deliveries of one webhook (or dead letters of one organization) in bulk in order, so that two
 * at the same moment do not queue the same events twice. Nothing else waits for this lock.
 */
export async function lockBulk(tx: Tx, scopeId: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(7304183, hashtext($1))', [scopeId]);
}

/** An unfinished job of the same kind and scope; {@link lockBulk} keeps a second one from appearing meanwhile. */
export async function findUnfinished(
  tx: Tx,
  kind: BulkJobKind,
  webhookId: string | null,
): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(
    `SELECT id FROM bulk_jobs WHERE organization_id = current_organization() AND kind = $1
       AND coalesce(webhook_id, organization_id) = coalesce($2::uuid, organization_id)
       AND state IN ('running', 'paused') AND delivery_ids IS NULL`,
    [kind, webhookId],
  );
  return row?.id ?? null;
}

/** The later one of the database's time and a process's, in milliseconds since the epoch, rounded up. */
export async function presentTime(tx: Tx, now: number): Promise<number> {
  const [row] = await tx.query<{ now: number }>(
    'SELECT ceil(extract(epoch FROM clock_timestamp()) * 1000)::int8 AS now',
  );
  return Math.max(now, row?.now ?? now);
}

/** Whether events are being stored by a statement that began before now. */
export async function storesNow(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ stores: boolean }>(
    'SELECT stores_since_before(clock_timestamp()) AS stores',
  );
  return row?.stores === true;
}

export async function insertJob(
  tx: Tx,
  job: Selection & {
    id: string;
    total: number;
    ratePerSecond: number | null;
    startedBy: string;
    createdAt: number;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO bulk_jobs (id, organization_id, kind, webhook_id, since, delivery_ids, state, total,
       rate_per_second, until, started_by, created_at, next_at)
     VALUES ($1, current_organization(), $2, $3, $4, $5, 'running', $6, $7, $8, $9, $10, now())`,
    [
      job.id,
      job.kind,
      job.webhookId,
      job.since === null ? null : new Date(job.since),
      job.deliveryIds,
      job.total,
      job.ratePerSecond,
      new Date(job.until),
      job.startedBy,
      new Date(job.createdAt),
    ],
  );
}
