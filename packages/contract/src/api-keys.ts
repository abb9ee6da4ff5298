import { z } from 'zod';
import { apiKeyScopes } from './api-key-scopes.ts';
import { Done, Empty, Id, Timestamp } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'API key';

const keyPreview = z
  .string()
  .describe('First and last characters.')
  .meta({ example: 'tl_live_Ab12••••••••wxyz' });

const Networks = z
  .array(z.string().min(1).max(60))
  .max(50)
  .describe('Networks in CIDR form or single addresses, IPv4 and IPv6; none: from everywhere.')
  .meta({ example: ['203.0.113.0/24', '2001:db8::/32'] });

export const KeyCaller = z.object({
  ip: z.string(),
  userAgent: z.string(),
  requests: z.number().int(),
  lastUsedAt: Timestamp,
});
export type KeyCaller = z.infer<typeof KeyCaller>;

export const ApiKey = z.object({
  id: Id,
  keyPreview,
  createdAt: Timestamp,
  createdBy: z.string().nullable(),
  lastUsedAt: Timestamp.nullable(),
  networks: Networks,
  expiring: z
    .array(
      z.object({
        id: Id,
        keyPreview,
        expiresAt: Timestamp,
        lastUsedAt: Timestamp.nullable(),
        callers: z
          .array(KeyCaller)
          .describe('Who has used it since it was replaced, the last one first; at most 10.'),
        moreCallers: z.number().int().describe('How many others have used it since then.'),
      }),
    )
    .describe('Older keys in their grace period.'),
});
export type ApiKey = z.infer<typeof ApiKey>;

export const getApiKey = defineOperation({
  name: 'getApiKey',
  procedure: 'apiKeys.getApiKey',
  kind: 'query',
  tag,
  summary: "The organization's API key, masked",
  permission: 'api_key.read',
  input: Empty,
  output: ApiKey,
  rest: [{ method: 'GET', path: '/api/company/api-keys', view: 'companyApiKey' }],
});

export const revealApiKey = defineOperation({
  name: 'revealApiKey',
  procedure: 'apiKeys.revealApiKey',
  kind: 'mutation',
  tag,
  summary: 'Show or copy the API key (audited)',
  permission: 'api_key.copy',
  people: true,
  fresh: true,
  input: z.object({ purpose: z.enum(['show', 'copy']) }),
  output: z.object({ key: z.string() }),
});

export const regenerateApiKey = defineOperation({
  name: 'regenerateApiKey',
  procedure: 'apiKeys.regenerateApiKey',
  kind: 'mutation',
  tag,
  summary: 'Make a new API key; the old one may stay valid for a grace period',
  permission: 'api_key.regenerate',
  people: true,
  fresh: true,
  input: z.object({
    graceSeconds: z.coerce
      .number()
      .int()
      .min(0)
      .max(30 * 86_400)
      .default(0)
      .describe('How long the old key still works. 0 ends it at once.'),
  }),
  output: ApiKey.extend({ key: z.string() }),
  rest: [{ method: 'POST', path: '/api/company/api-keys', status: 201, view: 'companyApiKey' }],
});

export const endGrace = defineOperation({
  name: 'endGrace',
  procedure: 'apiKeys.endGrace',
  kind: 'mutation',
  tag,
  summary: 'End the grace period of an older key now',
  permission: 'api_key.regenerate',
  people: true,
  input: z.object({ id: Id.describe('Of the older key.') }),
  output: ApiKey,
});

export const ScopedKey = z.object({
  id: Id,
  name: z.string(),
  keyPreview,
  scopes: z.array(z.enum(apiKeyScopes)),
  networks: Networks,
  status: z.enum(['active', 'expired', 'revoked']),
  createdAt: Timestamp,
  createdBy: z.string().nullable(),
  lastUsedAt: Timestamp.nullable(),
  expiresAt: Timestamp.nullable(),
  revokedAt: Timestamp.nullable(),
});
export type ScopedKey = z.infer<typeof ScopedKey>;

const Name = z.string().trim().min(1).max(60);
const Scopes = z.array(z.enum(apiKeyScopes)).min(1).max(apiKeyScopes.length);

export const listApiKeys = defineOperation({
  name: 'listApiKeys',
  procedure: 'apiKeys.listApiKeys',
  kind: 'query',
  tag,
  summary: 'Scoped keys, the newest first',
  permission: 'api_key.read',
  input: Empty,
  output: z.object({
    enabled: z.boolean().describe('Whether scoped keys work in this organization.'),
    keys: z.array(ScopedKey).describe('Working ones, and the last 50 that are over.'),
  }),
  rest: [{ method: 'GET', path: '/api/v1/api-keys' }],
});

export const createApiKey = defineOperation({
  name: 'createApiKey',
  procedure: 'apiKeys.createApiKey',
  kind: 'mutation',
  tag,
  summary: 'Make a scoped key; it is shown once',
  permission: 'api_key.manage',
  people: true,
  fresh: true,
  input: z.object({
    name: Name,
    scopes: Scopes,
    networks: Networks.default([]),
    expiresAt: Timestamp.nullable().default(null),
  }),
  output: ScopedKey.extend({ key: z.string() }),
});

export const updateApiKey = defineOperation({
  name: 'updateApiKey',
  procedure: 'apiKeys.updateApiKey',
  kind: 'mutation',
  tag,
  summary: 'Change a scoped key, or from where the own key may be used',
  description: 'Of the own key only `networks` can be changed.',
  permission: 'api_key.manage',
  people: true,
  fresh: true,
  input: z.object({
    id: Id,
    name: Name.optional(),
    scopes: Scopes.optional(),
    networks: Networks.optional(),
    expiresAt: Timestamp.nullable().optional(),
  }),
  output: Done,
});

export const revokeApiKey = defineOperation({
  name: 'revokeApiKey',
  procedure: 'apiKeys.revokeApiKey',
  kind: 'mutation',
  tag,
  summary: 'End a scoped key now and for good',
  permission: 'api_key.manage',
  people: true,
  input: z.object({ id: Id }),
  output: ScopedKey,
});

export const switchScopedKeys = defineOperation({
  name: 'switchScopedKeys',
  procedure: 'apiKeys.switchScopedKeys',
  kind: 'mutation',
  tag,
  summary: 'Let scoped keys work in this organization, or not',
  permission: 'api_key.manage',
  people: true,
  fresh: true,
  input: z.object({ enabled: z.boolean() }),
  output: z.object({ enabled: z.boolean() }),
});
