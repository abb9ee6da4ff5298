import { z } from 'zod';
import { Done, Id, PageInput, Timestamp, pageOf } from './common.ts';
import { AttemptError } from './deliveries.ts';
import { BulkOptions, BulkStarted } from './bulk-jobs.ts';
import { defineOperation } from './operation.ts';

const tag = 'Dead letters';

export const DeadLetter = z.object({
  deliveryId: Id,
  webhookId: Id,
  webhookName: z.string(),
  webhookStatus: z.enum(['active', 'paused', 'disabled', 'failing', 'deleted']),
  eventId: z.string(),
  eventType: z.string(),
  failedAt: Timestamp,
  expiresAt: Timestamp,
  attemptCount: z.number().int(),
  responseStatus: z.number().int().nullable(),
  error: AttemptError.nullable(),
  retrying: z.boolean().describe('A retry is under way; it leaves the queue when that succeeds.'),
  subject: z.string().nullable().describe('Of a webhook with an order: the line that it belongs to.'),
  blocked: z
    .number()
    .int()
    .describe('Deliveries parked behind it until it is retried or cleared; counted up to 1,000.'),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** Some, one webhook's, or all. */
const Selection = z.object({
  deliveryIds: z.array(Id).min(1).max(1000).optional(),
  webhookId: Id.optional(),
});

export const getDlqItems = defineOperation({
  name: 'getDlqItems',
  procedure: 'integrations.getDlqItems',
  kind: 'query',
  tag,
  summary: 'Dead letters, newest first',
  permission: 'delivery.read',
  input: PageInput.extend({ webhookId: Id.optional() }),
  output: pageOf(DeadLetter).extend({ total: z.number().int() }),
  rest: [{ method: 'GET', path: '/api/v1/dead-letters' }],
});

export const retryDlqItem = defineOperation({
  name: 'retryDlqItem',
  procedure: 'integrations.retryDlqItem',
  kind: 'mutation',
  tag,
  summary: 'Retry a dead letter; it leaves the queue on success',
  permission: 'delivery.replay',
  input: z.object({ deliveryId: Id }),
  output: DeadLetter,
  rest: [{ method: 'POST', path: '/api/v1/dead-letters/{deliveryId}/retry', status: 202 }],
});

export const retryAllDlq = defineOperation({
  name: 'retryAllDlq',
  procedure: 'integrations.retryAllDlq',
  kind: 'mutation',
  tag,
  summary: "Retry all dead letters, one webhook's, or the named ones",
  permission: 'delivery.replay',
  input: BulkOptions.extend(Selection.shape),
  output: BulkStarted,
  rest: [{ method: 'POST', path: '/api/v1/dead-letters/retry', status: 202 }],
});

export const clearDlqItem = defineOperation({
  name: 'clearDlqItem',
  procedure: 'integrations.clearDlqItem',
  kind: 'mutation',
  tag,
  summary: 'Remove a dead letter without another attempt',
  permission: 'dead_letter.clear',
  fresh: true,
  input: z.object({ deliveryId: Id }),
  output: Done,
  rest: [{ method: 'DELETE', path: '/api/v1/dead-letters/{deliveryId}', status: 204 }],
});

export const clearAllDlq = defineOperation({
  name: 'clearAllDlq',
  procedure: 'integrations.clearAllDlq',
  kind: 'mutation',
  tag,
  summary: "Remove all dead letters, one webhook's, or the named ones",
  permission: 'dead_letter.clear',
  fresh: true,
  input: Selection,
  output: z.object({ count: z.number().int() }),
  rest: [{ method: 'DELETE', path: '/api/v1/dead-letters' }],
});
