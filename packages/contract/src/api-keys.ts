import { z } from 'zod';
import { Empty, Id, Timestamp } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'API key';

export const ApiKey = z.object({
  id: Id,
  keyPreview: z.string().describe('First and last characters.').meta({ example: 'tl_live_Ab12••••••••wxyz' }),
  createdAt: Timestamp,
  createdBy: z.string().nullable(),
  lastUsedAt: Timestamp.nullable(),
  expiring: z
    .array(
      z.object({ id: Id, keyPreview: z.string(), expiresAt: Timestamp, lastUsedAt: Timestamp.nullable() }),
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
