import { z } from 'zod';
import { Done, Empty, Id, PageInput, Timestamp, pageOf } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Inbound webhooks';

/** Sources of one organization at most. */
export const maxInboundSources = 200;

/** The largest body of a webhook that comes in, in bytes; GitHub announces up to 25 MiB. */
export const maxInboundBytes = 25 * 1_048_576;

/**
 * How a source that is not a provider's signs: the header of the signature, what is signed, and the header of the time if
 * there is one. `token` compares a shared text instead, `basic` a name and password.
 */
export const InboundSignature = z.strictObject({
  algorithm: z.enum(['hmac-sha256', 'hmac-sha1', 'token', 'basic']),
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,80}$/, 'The name of a header')
    .meta({ example: 'X-Signature' }),
  encoding: z.enum(['hex', 'base64']).default('hex'),
  prefix: z.string().max(40).default('').describe('Before the signature in its header, such as `sha256=`.'),
  timestampHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,80}$/)
    .nullable()
    .default(null)
    .describe(
      'Signed before the body, with a dot between; what is older or newer than five minutes is refused.',
    ),
  idHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,80}$/)
    .nullable()
    .default(null)
    .describe('Recognizes a repetition; without it, the same bytes within a day are one.'),
});
export type InboundSignature = z.infer<typeof InboundSignature>;

/** An address or a range, such as 203.0.113.7 or 203.0.113.0/24. */
const Cidr = z.string().min(2).max(50).meta({ example: '203.0.113.0/24' });

const Name = z.string().trim().min(1).max(100).meta({ example: 'Bounces from SendGrid' });
const AllowList = z.array(Cidr).max(50).describe('Empty: from anywhere.');
const PerMinute = z.number().int().min(1).max(100_000).describe('Webhooks a minute; more are answered 429.');
const Secret = z.string().min(1).max(4_000).describe('What the provider signs with, or its public key.');

/** `generic` is any sender that signs with a shared secret. */
export const genericProvider = 'generic';

export const InboundSwitch = z.object({
  eventType: z.string().meta({ example: 'email.bounced' }),
  label: z.string().meta({ example: 'Bounces' }),
  enabled: z.boolean(),
});
export type InboundSwitch = z.infer<typeof InboundSwitch>;

export const InboundSource = z.object({
  id: Id,
  provider: z.string().describe('Slug of the provider, or `generic`.'),
  providerName: z.string(),
  name: z.string(),
  integrationId: Id.nullable().describe('The integration that it belongs to.'),
  url: z.url().describe('Address to enter at the provider.'),
  enabled: z.boolean(),
  keyFrom: z
    .enum(['source', 'integration', 'missing', 'none'])
    .describe(
      'Where the key that signatures are checked with lies; `none`: this provider needs no key of its own.',
    ),
  keyLabel: z.string().describe("The provider's word for the key.").meta({ example: 'Signing secret' }),
  keyHelp: z.string(),
  signature: InboundSignature.nullable().describe('Of a generic source.'),
  scheme: z.string(),
  handshake: z.string().nullable(),
  previousKeyUntil: Timestamp.nullable(),
  proposal: z
    .object({
      at: Timestamp,
      address: z.string().describe('Where it came from.'),
      subscription: z.string().describe('Id of the subscription at the provider.'),
    })
    .nullable()
    .describe('A key that the provider has sent, unsigned, while there is none; a person takes it.'),
  switches: z
    .array(InboundSwitch)
    .describe('Events that it is turned into; what is off is kept, but not passed on.'),
  allowedAddresses: z.array(z.string()),
  perMinute: z.number().int(),
  lastReceivedAt: Timestamp.nullable(),
  lastEventType: z.string().nullable(),
  received24h: z.number().int(),
  failed: z.number().int().describe('Webhooks whose processing was given up.'),
  refused24h: z.number().int(),
  lastRefusal: z
    .object({ at: Timestamp, reason: z.string(), address: z.string() })
    .nullable()
    .describe('Why the last one that was refused was refused.'),
  createdAt: Timestamp,
  createdBy: z.string(),
  updatedAt: Timestamp,
});
export type InboundSource = z.infer<typeof InboundSource>;

export const listInboundSources = defineOperation({
  name: 'listInboundSources',
  procedure: 'integrations.listInboundSources',
  kind: 'query',
  tag,
  summary: 'Sources of inbound webhooks with their addresses',
  permission: 'inbound.read',
  input: z.object({ integrationId: Id.optional(), provider: z.string().max(60).optional() }),
  output: z.object({ data: z.array(InboundSource), nextCursor: z.string().nullable() }),
  rest: [{ method: 'GET', path: '/api/v1/inbound/sources' }],
});

export const getInboundSource = defineOperation({
  name: 'getInboundSource',
  procedure: 'integrations.getInboundSource',
  kind: 'query',
  tag,
  summary: 'One source',
  permission: 'inbound.read',
  input: z.object({ id: Id }),
  output: InboundSource,
  rest: [{ method: 'GET', path: '/api/v1/inbound/sources/{id}' }],
});

export const createInboundSource = defineOperation({
  name: 'createInboundSource',
  procedure: 'integrations.createInboundSource',
  kind: 'mutation',
  tag,
  summary: 'Create a source, which gives its address',
  description:
    'With `integrationId` the source belongs to that integration and uses its credentials for the signature unless `key` is given.',
  permission: 'inbound.write',
  input: z.object({
    provider: z.string().min(1).max(60),
    name: Name.optional().describe("The provider's name when left out."),
    integrationId: Id.optional(),
    key: Secret.optional(),
    signature: InboundSignature.optional().describe(
      'Of a generic source; its own key is made when left out.',
    ),
    allowedAddresses: AllowList.default([]),
    perMinute: PerMinute.default(3_000),
  }),
  output: InboundSource.extend({
    key: z.string().nullable().describe('The key that was made here; shown this once.'),
  }),
  rest: [{ method: 'POST', path: '/api/v1/inbound/sources', status: 201 }],
});

export const updateInboundSource = defineOperation({
  name: 'updateInboundSource',
  procedure: 'integrations.updateInboundSource',
  kind: 'mutation',
  tag,
  summary: 'Change a source',
  permission: 'inbound.write',
  input: z.object({
    id: Id,
    name: Name.optional(),
    enabled: z.boolean().optional(),
    switches: z
      .record(z.string().max(120), z.boolean())
      .optional()
      .describe('Event types to switch; those that are not named stay as they are.'),
    allowedAddresses: AllowList.optional(),
    perMinute: PerMinute.optional(),
    signature: InboundSignature.optional(),
  }),
  output: InboundSource,
  rest: [{ method: 'PATCH', path: '/api/v1/inbound/sources/{id}' }],
});

export const replaceInboundKey = defineOperation({
  name: 'replaceInboundKey',
  procedure: 'integrations.replaceInboundKey',
  kind: 'mutation',
  tag,
  summary: 'Replace the key of a source; the old one may stay good for a while',
  permission: 'inbound.write',
  fresh: true,
  input: z.object({
    id: Id,
    key: Secret.optional().describe('Made here when left out, where the key is ours to choose.'),
    overlapSeconds: z.number().int().min(0).max(604_800).default(0),
  }),
  output: z.object({ key: z.string().nullable(), previousKeyUntil: Timestamp.nullable() }),
  rest: [{ method: 'POST', path: '/api/v1/inbound/sources/{id}/key' }],
});

export const takeProposedKey = defineOperation({
  name: 'takeProposedKey',
  procedure: 'integrations.takeProposedKey',
  kind: 'mutation',
  tag,
  summary: 'Make the key that the provider has proposed the key of a source',
  description: 'The key is answered this once, for providers that want it confirmed by their API (Gusto).',
  permission: 'inbound.write',
  fresh: true,
  input: z.object({ id: Id }),
  output: z.object({ key: z.string(), subscription: z.string() }),
  rest: [{ method: 'POST', path: '/api/v1/inbound/sources/{id}/proposed-key' }],
});

export const deleteInboundSource = defineOperation({
  name: 'deleteInboundSource',
  procedure: 'integrations.deleteInboundSource',
  kind: 'mutation',
  tag,
  summary: 'Delete a source; its address answers 404 from then on, what came in is kept',
  permission: 'inbound.delete',
  fresh: true,
  input: z.object({ id: Id }),
  output: Done,
  rest: [{ method: 'DELETE', path: '/api/v1/inbound/sources/{id}', status: 204 }],
});

/**
 * Where a webhook that came in is: `queued` waits to be processed or tried again; `ignored` holds nothing that is switched
 * on; `unreadable` is authentic but not what its provider documents; `failed` was given up and can be processed again.
 */
export const inboundStates = ['queued', 'processed', 'ignored', 'unreadable', 'failed'] as const;
export const InboundState = z.enum(inboundStates);
export type InboundState = z.infer<typeof InboundState>;

export const InboundMessage = z.object({
  id: Id,
  sourceId: Id,
  sourceName: z.string(),
  provider: z.string(),
  state: InboundState,
  kind: z
    .string()
    .nullable()
    .describe("The provider's own name of what happened.")
    .meta({ example: 'bounce' }),
  bytes: z.number().int(),
  repeats: z.number().int().describe('How often it came again; repetitions are answered and not processed.'),
  events: z
    .array(z.object({ id: z.string(), type: z.string() }))
    .describe('Events that it was turned into; the first 100.'),
  eventCount: z.number().int(),
  attempts: z.number().int(),
  error: z.string().nullable(),
  receivedAt: Timestamp,
  processedAt: Timestamp.nullable(),
});
export type InboundMessage = z.infer<typeof InboundMessage>;

export const listInboundMessages = defineOperation({
  name: 'listInboundMessages',
  procedure: 'integrations.listInboundMessages',
  kind: 'query',
  tag,
  summary: 'Webhooks that came in, newest first',
  permission: 'inbound.read',
  input: PageInput.extend({
    sourceId: Id.optional(),
    state: InboundState.optional(),
    since: Timestamp.optional(),
  }),
  output: pageOf(InboundMessage),
  rest: [{ method: 'GET', path: '/api/v1/inbound/messages' }],
});

export const getInboundMessage = defineOperation({
  name: 'getInboundMessage',
  procedure: 'integrations.getInboundMessage',
  kind: 'query',
  tag,
  summary: 'One webhook that came in, with its headers and body',
  permission: 'inbound.read',
  input: z.object({ id: Id }),
  output: InboundMessage.extend({
    method: z.string(),
    address: z.string().describe('Where it came from.'),
    headers: z.record(z.string(), z.string()).describe('Without what authenticates.'),
    contentType: z.string().nullable(),
    body: z.string().nullable().describe('As text, its first 256 KiB; null when it is no text.'),
    bodyCut: z.boolean(),
    sha256: z.string(),
  }),
  rest: [{ method: 'GET', path: '/api/v1/inbound/messages/{id}' }],
});

export const getInboundFile = defineOperation({
  name: 'getInboundFile',
  procedure: 'integrations.getInboundFile',
  kind: 'query',
  tag,
  summary: 'A file that came with a mail, for as long as the webhook is kept',
  description:
    'Attachments of `message.received` name this address. Where the mail lies in a bucket that is not connected, they name that.',
  permission: 'inbound.read',
  input: z.object({ id: Id, file: z.coerce.number().int().min(0).max(99).describe('From 0.') }),
  output: z.object({
    name: z.string().meta({ example: 'offer.pdf' }),
    contentType: z.string().describe('As the mail says; nobody has looked.'),
    content: z.string().describe('In base64.'),
  }),
  rest: [{ method: 'GET', path: '/api/v1/inbound/messages/{id}/files/{file}' }],
});

export const reprocessInbound = defineOperation({
  name: 'reprocessInbound',
  procedure: 'integrations.reprocessInbound',
  kind: 'mutation',
  tag,
  summary: 'Process webhooks again: one, or all of a source that failed, were unreadable or ignored',
  description: 'Events that were made already keep their ids and are not sent twice.',
  permission: 'inbound.write',
  input: z.union([
    z.object({ id: Id }),
    z.object({
      sourceId: Id,
      state: z.enum(['failed', 'unreadable', 'ignored']),
      since: Timestamp.optional(),
    }),
  ]),
  output: z.object({ queued: z.number().int() }),
  rest: [{ method: 'POST', path: '/api/v1/inbound/messages/reprocess' }],
});

/** Why no more mail goes to an address. */
export const suppressionReasons = ['bounced', 'spam_reported', 'unsubscribed', 'manual'] as const;
export const SuppressionReason = z.enum(suppressionReasons);
export type SuppressionReason = z.infer<typeof SuppressionReason>;

export const Suppression = z.object({
  address: z.string(),
  reason: SuppressionReason,
  detail: z.string().nullable(),
  provider: z.string().nullable(),
  createdAt: Timestamp,
  createdBy: z.string().nullable().describe('Null: a webhook said so.'),
});
export type Suppression = z.infer<typeof Suppression>;

const Address = z.string().trim().toLowerCase().max(320).pipe(z.email());

export const listSuppressions = defineOperation({
  name: 'listSuppressions',
  procedure: 'integrations.listSuppressions',
  kind: 'query',
  tag,
  summary: 'Addresses that get no more mail through `email.send`',
  permission: 'inbound.read',
  input: PageInput.extend({ search: z.string().max(320).optional(), reason: SuppressionReason.optional() }),
  output: pageOf(Suppression).extend({ total: z.number().int().describe('Counted up to 10,000.') }),
  rest: [{ method: 'GET', path: '/api/v1/suppressions' }],
});

export const addSuppression = defineOperation({
  name: 'addSuppression',
  procedure: 'integrations.addSuppression',
  kind: 'mutation',
  tag,
  summary: 'Put an address on the list',
  permission: 'inbound.write',
  input: z.object({ address: Address, detail: z.string().max(500).nullable().default(null) }),
  output: Suppression,
  rest: [{ method: 'POST', path: '/api/v1/suppressions', status: 201 }],
});

export const removeSuppression = defineOperation({
  name: 'removeSuppression',
  procedure: 'integrations.removeSuppression',
  kind: 'mutation',
  tag,
  summary: 'Take an address off the list',
  permission: 'inbound.write',
  input: z.object({ address: Address }),
  output: Done,
  rest: [{ method: 'POST', path: '/api/v1/suppressions/remove' }],
});

export const getInboundSettings = defineOperation({
  name: 'getInboundSettings',
  procedure: 'integrations.getInboundSettings',
  kind: 'query',
  tag,
  summary: 'How long what came in is kept, and whether suppressed addresses are refused',
  permission: 'inbound.read',
  input: Empty,
  output: z.object({ retentionDays: z.number().int(), suppress: z.boolean() }),
  rest: [{ method: 'GET', path: '/api/v1/inbound/settings' }],
});

export const updateInboundSettings = defineOperation({
  name: 'updateInboundSettings',
  procedure: 'integrations.updateInboundSettings',
  kind: 'mutation',
  tag,
  summary: 'Change them',
  permission: 'inbound.settings',
  input: z.object({
    retentionDays: z.number().int().min(1).max(365).optional(),
    suppress: z.boolean().optional(),
  }),
  output: z.object({ retentionDays: z.number().int(), suppress: z.boolean() }),
  rest: [{ method: 'PUT', path: '/api/v1/inbound/settings' }],
});
