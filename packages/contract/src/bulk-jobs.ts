import { z } from 'zod';
import { Id, PageInput, Timestamp, pageOf } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Bulk jobs';

const Rate = z.coerce.number().int().min(1).max(10_000);

/** What every act on many deliveries takes. */
export const BulkOptions = z.object({
  dryRun: z.boolean().default(false).describe('Count only.'),
  ratePerSecond: Rate.optional().describe('Deliveries queued a second; without it as fast as possible.'),
});

/** What every act on many deliveries answers: how many it is about, and the job that queues them. */
export const BulkStarted = z.object({
  count: z.number().int().describe('Deliveries that the job is about; counted up to 1,000,000.'),
  jobId: Id.nullable().describe('Null after a dry run, and when there is nothing to do.'),
});

/** `catch_up` is begun by switching a webhook on: it queues what was held while it was off. */
export const BulkJobKind = z.enum(['recover', 'replay_failed', 'retry_dead_letters', 'catch_up']);
/** `running` includes waiting for its turn. `completed`, `cancelled` and `failed` are final. */
export const BulkJobState = z.enum(['running', 'paused', 'completed', 'cancelled', 'failed']);

/** An act on many deliveries, done in batches that survive a restart. */
export const BulkJob = z.object({
  id: Id,
  kind: BulkJobKind,
  webhookId: Id.nullable().describe('Null: dead letters of all webhooks.'),
  webhookName: z.string().nullable(),
  since: Timestamp.nullable(),
  state: BulkJobState,
  total: z.number().int().describe('Counted when it was started, up to 1,000,000.'),
  queued: z.number().int().describe('Deliveries put into the queue so far.'),
  ratePerSecond: z.number().int().nullable(),
  startedBy: z.string(),
  createdAt: Timestamp,
  finishedAt: Timestamp.nullable(),
  error: z.string().nullable().describe('Why it failed, in plain words.'),
});
export type BulkJob = z.infer<typeof BulkJob>;

export const listBulkJobs = defineOperation({
  name: 'listBulkJobs',
  procedure: 'integrations.listBulkJobs',
  kind: 'query',
  tag,
  summary: 'Bulk replays and recoveries, newest first',
  permission: 'delivery.read',
  input: PageInput.extend({
    webhookId: Id.optional(),
    state: z.enum(['all', 'unfinished']).default('all').describe('`unfinished` = running or paused.'),
  }),
  output: pageOf(BulkJob),
  rest: [{ method: 'GET', path: '/api/v1/bulk-jobs' }],
});

export const getBulkJob = defineOperation({
  name: 'getBulkJob',
  procedure: 'integrations.getBulkJob',
  kind: 'query',
  tag,
  summary: 'Progress of a bulk job',
  permission: 'delivery.read',
  input: z.object({ id: Id }),
  output: BulkJob,
  rest: [{ method: 'GET', path: '/api/v1/bulk-jobs/{id}' }],
});

export const updateBulkJob = defineOperation({
  name: 'updateBulkJob',
  procedure: 'integrations.updateBulkJob',
  kind: 'mutation',
  tag,
  summary: 'Pause, resume or cancel a bulk job, or change its rate',
  description: 'What is queued already is delivered. A finished job cannot be changed.',
  permission: 'delivery.replay',
  input: z.object({
    id: Id,
    state: z.enum(['running', 'paused', 'cancelled']).optional(),
    ratePerSecond: Rate.nullable().optional(),
  }),
  output: BulkJob,
  rest: [{ method: 'PATCH', path: '/api/v1/bulk-jobs/{id}' }],
});
