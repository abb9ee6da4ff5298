import { z } from 'zod';
import { Done, Id, PageInput, Timestamp, pageOf } from './common.ts';
import { defineOperation } from './operation.ts';
import { DeliveryResult } from './deliveries.ts';
import { isEventPattern } from './event-pattern.ts';
import { RetryPolicy } from './retry.ts';

const tag = 'Webhooks';

/**
 * What a person sees: `failing` is an active webhook whose last deliveries failed (WH-7). `paused` and `disabled` hold what
 * comes: a paused one as deliveries, without an end; one that is off as events, as long as events are kept.
 */
export const WebhookStatus = z.enum(['active', 'paused', 'disabled', 'failing']);
/** What a person sets. `disabled` and `inactive` mean the same; both documents' words are accepted. */
export const WebhookSwitch = z.enum(['active', 'paused', 'inactive', 'disabled']);

/**
 * Order of the deliveries to one endpoint. `none`: as fast as it goes. `park` and `skip` keep the events of one
 * subject strictly in their order; when one of them becomes a dead letter, `park` stops the line until somebody
 * retries or clears it, `skip` goes on with the next.
 */
export const Ordering = z.enum(['none', 'park', 'skip']);

/** How fast and in which order an endpoint is sent to (WH-10). */
export const WebhookFlow = z.object({
  maxConcurrency: z
    .number()
    .int()
    .min(1)
    .max(512)
    .nullable()
    .describe('Requests in flight at once, shared by all processes; null adapts itself to the endpoint.'),
  ratePerSecond: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .nullable()
    .describe('Deliveries a second over all processes; null has no limit.'),
  catchUpPerSecond: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .nullable()
    .describe('Held deliveries a second once the endpoint is back; null sends as fast as it takes them.'),
  ordering: Ordering,
});
export type WebhookFlow = z.infer<typeof WebhookFlow>;
export const defaultFlow: WebhookFlow = {
  maxConcurrency: null,
  ratePerSecond: null,
  catchUpPerSecond: null,
  ordering: 'none',
};

/** The circuit breaker of an endpoint, one for all processes. While it is open, deliveries are held. */
export const WebhookCircuit = z.object({
  openedAt: Timestamp,
  nextProbeAt: Timestamp.describe('Then one held delivery is sent as a probe; success closes the circuit.'),
});

export const EventSelector = z
  .string()
  .min(1)
  .max(120)
  .refine(isEventPattern, 'An event type such as job.created, a group such as job.*, or *')
  .meta({ example: 'job.created' });

const Name = z.string().trim().min(1).max(120);
const Url = z
  .string()
  .trim()
  .min(1)
  .max(2048)
  .describe('HTTPS, publicly reachable.')
  .meta({ example: 'https://api.example.com/webhooks/contacts' });
const Events = z.array(EventSelector).min(1, 'Pick at least one event').max(200);
const Description = z.string().trim().max(500);

export const Webhook = z.object({
  id: Id,
  name: z.string(),
  url: z.string(),
  description: z.string().nullable(),
  events: z.array(z.string()),
  status: WebhookStatus,
  /** Why it is off: `gone`: it answered 410; `failing`: it failed for days. */
  disabledReason: z.enum(['person', 'gone', 'failing']).nullable(),
  failingSince: Timestamp.nullable().describe('Start of the present row of failures.'),
  circuit: WebhookCircuit.nullable().describe('Null: closed.'),
  flow: WebhookFlow,
  secretPreview: z.string().describe('First and last characters of the signing secret.'),
  previousSecretExpiresAt: Timestamp.nullable().describe(
    'Until then deliveries carry the signature of an old secret beside the present one.',
  ),
  previousSecrets: z.number().int().describe('Old secrets that are still valid.'),
  retry: RetryPolicy.nullable().describe("Its own retry policy; null follows the organization's."),
  lastDeliveryAt: Timestamp.nullable(),
  lastDeliveryStatus: z.number().int().nullable().describe('HTTP status of the last attempt; 0 = no answer.'),
  failureCount: z.number().int().describe('Consecutive failed attempts.'),
  successRate: z.number().min(0).max(1).nullable().describe('Of the attempts of the last 30 days.'),
  attempts30d: z.number().int(),
  pending: z
    .number()
    .int()
    .describe(
      'Deliveries that are not finished, held ones included; counted up to 10,000, and beside them the events that are held while it is off.',
    ),
  held: z
    .number()
    .int()
    .describe(
      'Of these, held for an endpoint that is paused, off, or whose circuit is open; of an active one, what it still has to catch up with.',
    ),
  oldestHeldAt: Timestamp.nullable().describe('When what is held longest came; null when nothing is held.'),
  catchUp: z
    .object({
      jobId: Id.describe('The bulk job that queues what was held while it was off.'),
      left: z.number().int().describe('Events that are not queued yet.'),
      resumes: z
        .boolean()
        .describe(
          'It keeps an order, and is paused until all of them are queued; then it goes on by itself.',
        ),
    })
    .nullable(),
  activity: z
    .array(z.object({ hour: Timestamp, succeeded: z.number().int(), failed: z.number().int() }))
    .describe('Attempts of the last 24 hours, by hour.'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Webhook = z.infer<typeof Webhook>;

/** What becomes of what was held, when a webhook is switched on. */
export const HeldChoice = z.enum(['catch_up', 'skip']);
export type HeldChoice = z.infer<typeof HeldChoice>;

export const listWebhooks = defineOperation({
  name: 'listWebhooks',
  procedure: 'integrations.listWebhooks',
  kind: 'query',
  tag,
  summary: 'List the webhooks',
  permission: 'webhook.read',
  input: PageInput.extend({
    limit: z.coerce.number().int().min(1).max(1000).default(1000).describe('Rows a page.'),
  }),
  output: pageOf(Webhook),
  rest: [
    { method: 'GET', path: '/api/v1/webhooks' },
    { method: 'GET', path: '/api/company/webhooks', view: 'companyWebhookList' },
  ],
});

export const getWebhook = defineOperation({
  name: 'getWebhook',
  procedure: 'integrations.getWebhook',
  kind: 'query',
  tag,
  summary: 'Read a webhook',
  permission: 'webhook.read',
  input: z.object({ id: Id }),
  output: Webhook,
  rest: [
    { method: 'GET', path: '/api/v1/webhooks/{id}' },
    { method: 'GET', path: '/api/company/webhooks/{id}', view: 'companyWebhook' },
  ],
});

export const createWebhook = defineOperation({
  name: 'createWebhook',
  procedure: 'integrations.createWebhook',
  kind: 'mutation',
  tag,
  summary: 'Create a webhook',
  description: 'The signing secret is made here and is in this answer.',
  permission: 'webhook.write',
  input: z.object({
    name: Name,
    url: Url,
    events: Events,
    description: Description.optional(),
    status: WebhookSwitch.default('active'),
    retry: RetryPolicy.nullable().optional(),
    flow: WebhookFlow.partial().optional(),
  }),
  output: Webhook.extend({ secret: z.string().meta({ example: 'whsec_…' }) }),
  rest: [
    { method: 'POST', path: '/api/v1/webhooks', status: 201 },
    { method: 'POST', path: '/api/company/webhooks', status: 201, view: 'companyWebhook' },
  ],
});

export const updateWebhook = defineOperation({
  name: 'updateWebhook',
  procedure: 'integrations.updateWebhook',
  kind: 'mutation',
  tag,
  summary: 'Change a webhook, pause it, or switch it on or off',
  permission: 'webhook.write',
  input: z.object({
    id: Id,
    name: Name.optional(),
    url: Url.optional(),
    events: Events.optional(),
    description: Description.nullable().optional(),
    status: WebhookSwitch.optional(),
    held: HeldChoice.optional().describe(
      'What becomes of the events that came while it was off, when this switches it on: sent, at `catchUpPerSecond`, which is the default, or left out, as the ledger then says. Deliveries that waited before it was switched off are sent in both cases.',
    ),
    retry: RetryPolicy.nullable().optional(),
    flow: WebhookFlow.partial().optional(),
  }),
  output: Webhook,
  rest: [
    { method: 'PATCH', path: '/api/v1/webhooks/{id}' },
    { method: 'PATCH', path: '/api/company/webhooks/{id}', view: 'companyWebhook' },
  ],
});

export const probeWebhook = defineOperation({
  name: 'probeWebhook',
  procedure: 'integrations.probeWebhook',
  kind: 'mutation',
  tag,
  summary: 'Send the probe of an open circuit now instead of at its time',
  permission: 'webhook.test',
  input: z.object({ id: Id }),
  output: Webhook,
  rest: [{ method: 'POST', path: '/api/v1/webhooks/{id}/probe' }],
});

export const deleteWebhook = defineOperation({
  name: 'deleteWebhook',
  procedure: 'integrations.deleteWebhook',
  kind: 'mutation',
  tag,
  summary: 'Delete a webhook; its waiting deliveries are cancelled, its history stays',
  permission: 'webhook.delete',
  input: z.object({ id: Id }),
  output: Done,
  rest: [
    { method: 'DELETE', path: '/api/v1/webhooks/{id}', status: 204 },
    { method: 'DELETE', path: '/api/company/webhooks/{id}', status: 204 },
  ],
});

export const SecretRotation = z.object({
  id: Id,
  secret: z.string(),
  previousSecretExpiresAt: Timestamp.nullable(),
});

/** Signing secrets of a webhook that may be valid at the same time, the present one included. */
export const mostSecrets = 5;

export const regenerateWebhookSecret = defineOperation({
  name: 'regenerateWebhookSecret',
  procedure: 'integrations.regenerateWebhookSecret',
  kind: 'mutation',
  tag,
  summary: 'Make a new signing secret; the old one may stay valid for a while',
  description: `Every old secret stays valid until its own end, and deliveries carry the signatures of all, at most ${mostSecrets}; beyond it the answer is \`conflict\`. An overlap of 0 ends all old secrets at once.`,
  permission: 'webhook.write',
  fresh: true,
  input: z.object({
    id: Id,
    overlapSeconds: z.coerce
      .number()
      .int()
      .min(0)
      .max(7 * 86_400)
      .default(86_400)
      .describe('How long deliveries carry the old signature too. 0 ends all old secrets at once.'),
  }),
  output: SecretRotation,
  rest: [{ method: 'POST', path: '/api/v1/webhooks/{id}/rotate-secret' }],
});

export const revealWebhookSecret = defineOperation({
  name: 'revealWebhookSecret',
  procedure: 'integrations.revealWebhookSecret',
  kind: 'mutation',
  tag,
  summary: 'Show the signing secret (audited)',
  permission: 'webhook.secret',
  people: true,
  fresh: true,
  input: z.object({ id: Id }),
  output: z.object({ secret: z.string() }),
});

export const testWebhook = defineOperation({
  name: 'testWebhook',
  procedure: 'integrations.testWebhook',
  kind: 'mutation',
  tag,
  summary: 'Send a test event now and see request and response; it is not retried',
  permission: 'webhook.test',
  input: z.object({
    id: Id,
    eventType: EventSelector.refine((type) => !type.includes('*'), 'One event type, without *'),
  }),
  output: DeliveryResult,
  rest: [
    { method: 'POST', path: '/api/v1/webhooks/{id}/test' },
    { method: 'POST', path: '/api/company/webhooks/{id}/test' },
  ],
});

export const UrlCheck = z.object({
  ok: z.boolean().describe('Safe to save: format, scheme and address are right.'),
  code: z
    .enum(['webhook_url_invalid', 'webhook_url_not_https', 'webhook_url_unsafe', 'webhook_url_unreachable'])
    .nullable(),
  message: z.string().describe('What is wrong and what to do, in plain words.'),
  ping: z
    .object({
      responseStatus: z.number().int().nullable(),
      durationMs: z.number(),
      error: z.string().nullable(),
    })
    .nullable()
    .describe('The signed ping; null when the address was not safe to call or `ping` was off.'),
});

export const checkWebhookUrl = defineOperation({
  name: 'checkWebhookUrl',
  procedure: 'integrations.checkWebhookUrl',
  kind: 'mutation',
  tag,
  summary: 'Check a URL before saving: format, HTTPS, address, and a signed ping',
  permission: 'webhook.test',
  input: z.object({ url: z.string().trim().max(2048), ping: z.boolean().default(true) }),
  output: UrlCheck,
  rest: [{ method: 'POST', path: '/api/v1/webhooks/check-url' }],
});
