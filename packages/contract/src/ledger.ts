import { z } from 'zod';
import { Id, PageInput, Timestamp, pageOf } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Events';

/** What became of an event at one webhook. `waiting` is not finished; `not_sent` never got a delivery. */
export const LedgerOutcome = z.enum(['delivered', 'waiting', 'dead_lettered', 'gave_up', 'not_sent']);
export type LedgerOutcome = z.infer<typeof LedgerOutcome>;

/**
 * Why. Of `waiting`: `sending` (on its way now), `queued` (its turn comes), `retry_scheduled`, `paused`, `disabled`,
 * `circuit_open`, `in_line` (behind an earlier event of its subject), `parked` (behind a dead letter of its subject).
 * Of `dead_lettered` and `gave_up`: `attempts_failed`, `gone`, `crashed`, `cleared` (a person removed the dead
 * letter), `cancelled` (its webhook was deleted). Of `not_sent`: `webhook_newer` (made after the event),
 * `not_subscribed`, `skipped` (held while it was off, then left out by a person), `webhook_off` (switched off when the event
 * came, or with another subscription).
 */
export const ledgerReasons = [
  'delivered',
  'sending',
  'queued',
  'retry_scheduled',
  'paused',
  'disabled',
  'circuit_open',
  'in_line',
  'parked',
  'attempts_failed',
  'gone',
  'crashed',
  'cleared',
  'cancelled',
  'webhook_newer',
  'not_subscribed',
  'skipped',
  'webhook_off',
] as const;
export const LedgerReason = z.enum(ledgerReasons);
export type LedgerReason = z.infer<typeof LedgerReason>;

const EventHead = z.object({
  eventId: z.string().describe('The message id.'),
  eventType: z.string(),
  subject: z.string().nullable(),
  createdAt: Timestamp,
});

/** One webhook's line in an event's ledger. */
export const LedgerEntry = z.object({
  webhookId: Id,
  webhookName: z.string(),
  deliveryId: Id.nullable(),
  outcome: LedgerOutcome,
  reason: LedgerReason,
  explanation: z.string().describe('The reason in a sentence for people.'),
  at: Timestamp.nullable().describe(
    'Delivered or given up then; of `waiting`: the next attempt, if it has a time.',
  ),
  attemptCount: z.number().int(),
  responseStatus: z.number().int().nullable(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

export const listEvents = defineOperation({
  name: 'listEvents',
  procedure: 'integrations.listEvents',
  kind: 'query',
  tag,
  summary: 'Events that were sent, newest first',
  permission: 'event.read',
  input: PageInput.extend({
    eventType: z.string().max(120).optional(),
    subject: z.string().max(200).optional(),
    since: Timestamp.optional(),
  }),
  output: pageOf(EventHead),
  rest: [{ method: 'GET', path: '/api/v1/events' }],
});

export const getEvent = defineOperation({
  name: 'getEvent',
  procedure: 'integrations.getEvent',
  kind: 'query',
  tag,
  summary: 'An event and its ledger: delivered when, why not yet, or why never, for every webhook',
  permission: 'event.read',
  input: z.object({ eventId: z.string().min(1).max(128).describe('The message id.') }),
  output: EventHead.extend({
    test: z.boolean(),
    body: z.string().describe('The text that is signed and sent.'),
    entries: z.array(LedgerEntry),
  }),
  rest: [{ method: 'GET', path: '/api/v1/events/{eventId}' }],
});

/** An event that a webhook should have and does not have. */
export const Undelivered = EventHead.extend(LedgerEntry.shape);
export type Undelivered = z.infer<typeof Undelivered>;

export const listUndelivered = defineOperation({
  name: 'listUndelivered',
  procedure: 'integrations.listUndelivered',
  kind: 'query',
  tag,
  summary: 'Everything since a time that was not delivered, with the reason',
  description:
    'Waiting, dead-lettered and given-up deliveries, and what is held for a webhook that is off. Other events that never got a delivery are found by a dry run of the recovery.',
  permission: 'delivery.read',
  input: PageInput.extend({
    since: Timestamp,
    until: Timestamp.optional(),
    webhookId: Id.optional(),
    outcome: z.enum(['all', 'waiting', 'dead_lettered', 'gave_up']).default('all'),
  }),
  output: pageOf(Undelivered),
  rest: [{ method: 'GET', path: '/api/v1/undelivered' }],
});
