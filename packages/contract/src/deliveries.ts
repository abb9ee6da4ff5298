import { z } from 'zod';
import { Id, PageInput, Timestamp, pageOf } from './common.ts';
import { BulkOptions, BulkStarted } from './bulk-jobs.ts';
import { defineOperation } from './operation.ts';

const tag = 'Deliveries';

/**
 * `pending` waits for its first attempt, `retrying` for the next one, `held` for its webhook to be resumed, switched
 * on, or its circuit to close; `success`, `failed` (gave up without dead-letter queue, or a test) and `dlq` are final.
 */
export const DeliveryStatus = z.enum(['pending', 'retrying', 'held', 'success', 'failed', 'dlq']);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

/** Why the delivery exists. */
export const DeliveryTrigger = z.enum(['event', 'replay', 'recover', 'test']);
export type DeliveryTrigger = z.infer<typeof DeliveryTrigger>;

/** Why an attempt failed, one closed set. `gave_up` marks a delivery ended by the product itself. */
export const attemptErrorCodes = [
  'http_error',
  'gone',
  'timeout',
  'dns',
  'connect',
  'tls',
  'reset',
  'too_large',
  'blocked',
  'protocol',
  'crashed',
] as const;
export const AttemptError = z.object({ code: z.enum(attemptErrorCodes), message: z.string() });
export type AttemptErrorCode = (typeof attemptErrorCodes)[number];

export const Delivery = z.object({
  id: Id,
  webhookId: Id,
  eventId: z.string().describe('The message id: `webhook-id`, the same on every retry and replay.'),
  eventType: z.string(),
  status: DeliveryStatus,
  trigger: DeliveryTrigger,
  replayOf: Id.nullable().describe('The delivery that this one repeats.'),
  attemptCount: z.number().int(),
  responseStatus: z.number().int().nullable().describe('Of the last attempt; 0 = no answer.'),
  error: AttemptError.nullable(),
  durationMs: z.number().nullable().describe('Of the last attempt.'),
  createdAt: Timestamp,
  lastAttemptAt: Timestamp.nullable(),
  nextAttemptAt: Timestamp.nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

const Headers = z.record(z.string(), z.string());
export const DeliveryRequest = z.object({
  method: z.literal('POST'),
  url: z.string(),
  headers: Headers,
  body: z.string(),
});
export const DeliveryResponse = z.object({
  status: z.number().int(),
  headers: Headers,
  body: z.string(),
  truncated: z.boolean(),
});

export const Attempt = z.object({
  number: z.number().int(),
  startedAt: Timestamp,
  durationMs: z.number(),
  outcome: z.enum(['success', 'failed']),
  responseStatus: z.number().int(),
  error: AttemptError.nullable(),
  request: z.object({ url: z.string(), headers: Headers }),
  response: DeliveryResponse.nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

export const DeliveryDetail = Delivery.extend({
  webhookName: z.string(),
  request: DeliveryRequest,
  response: DeliveryResponse.nullable(),
  attempts: z.array(Attempt).describe('Oldest first.'),
});
export type DeliveryDetail = z.infer<typeof DeliveryDetail>;

/** Outcome of a test, sent while the caller waits. */
export const DeliveryResult = z.object({
  deliveryId: Id,
  success: z.boolean(),
  responseStatus: z.number().int().nullable(),
  durationMs: z.number(),
  error: AttemptError.nullable(),
  request: DeliveryRequest,
  response: DeliveryResponse.nullable(),
});
export type DeliveryResult = z.infer<typeof DeliveryResult>;

const HistoryFilter = z.enum(['all', 'success', 'failed', 'dlq', 'pending']);

export const getDeliveryHistory = defineOperation({
  name: 'getDeliveryHistory',
  procedure: 'integrations.getDeliveryHistory',
  kind: 'query',
  tag,
  summary: 'Deliveries of a webhook, newest first',
  permission: 'delivery.read',
  input: PageInput.extend({
    webhookId: Id,
    status: HistoryFilter.default('all').describe(
      '`failed` = retrying or given up; `pending` = still waiting.',
    ),
    eventType: z.string().max(120).optional(),
    since: Timestamp.optional().describe(
      'Made at this moment or later; a replay is made when it is asked for.',
    ),
    until: Timestamp.optional().describe('Made before this moment.'),
  }),
  output: pageOf(Delivery),
  rest: [{ method: 'GET', path: '/api/v1/webhooks/{webhookId}/deliveries' }],
});

export const getDeliveryDetail = defineOperation({
  name: 'getDeliveryDetail',
  procedure: 'integrations.getDeliveryDetail',
  kind: 'query',
  tag,
  summary: 'A delivery with its request, response and attempts',
  permission: 'delivery.read',
  input: z.object({ deliveryId: Id }),
  output: DeliveryDetail,
  rest: [{ method: 'GET', path: '/api/v1/deliveries/{deliveryId}' }],
});

export const replayDelivery = defineOperation({
  name: 'replayDelivery',
  procedure: 'integrations.replayDelivery',
  kind: 'mutation',
  tag,
  summary: 'Send a delivery again: same payload, same message id, a new row in the history',
  permission: 'delivery.replay',
  input: z.object({ deliveryId: Id }),
  output: Delivery,
  rest: [{ method: 'POST', path: '/api/v1/deliveries/{deliveryId}/replay', status: 202 }],
});

export const replayFailedDeliveries = defineOperation({
  name: 'replayFailedDeliveries',
  procedure: 'integrations.replayFailedDeliveries',
  kind: 'mutation',
  tag,
  summary: 'Send again every delivery of a webhook that ended without success',
  permission: 'delivery.replay',
  input: BulkOptions.extend({ webhookId: Id, since: Timestamp.optional() }),
  output: BulkStarted,
  rest: [{ method: 'POST', path: '/api/v1/webhooks/{webhookId}/replay-failed', status: 202 }],
});

export const recoverWebhook = defineOperation({
  name: 'recoverWebhook',
  procedure: 'integrations.recoverWebhook',
  kind: 'mutation',
  tag,
  summary: 'Deliver every matching event since a time that this webhook has not received',
  permission: 'delivery.replay',
  input: BulkOptions.extend({ id: Id, since: Timestamp }),
  output: BulkStarted,
  rest: [{ method: 'POST', path: '/api/v1/webhooks/{id}/recover', status: 202 }],
});
