import { z } from 'zod';
import { Empty, Id, Timestamp } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'API limits';

/** Limits on requests with an API key (KEY-3). A batch of events is one request. */
export const quotas = ['minute', 'hour', 'organization'] as const;
export type Quota = (typeof quotas)[number];

const Count = z.number().int().min(1).max(1_000_000_000);

export const ApiLimits = z.object({
  keyPerMinute: Count.describe('Requests a minute with one key.'),
  keyPerHour: Count.describe('Requests an hour with one key.'),
  organizationPerHour: Count.describe('Requests an hour with all keys of the organization.'),
});
export type ApiLimits = z.infer<typeof ApiLimits>;

const Own = z.object({
  keyPerMinute: Count.nullable(),
  keyPerHour: Count.nullable(),
  organizationPerHour: Count.nullable(),
});

export const QuotaUse = z.object({
  limit: z.number().int(),
  used: z.number().int().describe('In the running window, with what nodes hold ready.'),
  resetsAt: Timestamp,
});
export type QuotaUse = z.infer<typeof QuotaUse>;

export const LimitUse = z.object({
  organization: QuotaUse,
  keys: z
    .array(
      z.object({
        id: Id,
        name: z.string(),
        keyPreview: z.string(),
        minute: QuotaUse,
        hour: QuotaUse,
      }),
    )
    .describe('Keys that work, the own one first.'),
});
export type LimitUse = z.infer<typeof LimitUse>;

export const LimitSettings = z.object({
  installation: ApiLimits.nullable().describe('What the operator set; null: requests are not limited.'),
  own: Own.describe('Lower limits that the organization chose; null: that of the installation.'),
  effective: ApiLimits.nullable(),
  use: LimitUse.nullable(),
});
export type LimitSettings = z.infer<typeof LimitSettings>;

export const getLimits = defineOperation({
  name: 'getLimits',
  procedure: 'apiKeys.getLimits',
  kind: 'query',
  tag,
  summary: 'Limits on requests, and how far they are used',
  permission: 'usage.read',
  input: Empty,
  output: LimitSettings,
  rest: [{ method: 'GET', path: '/api/v1/limits' }],
});

export const updateLimits = defineOperation({
  name: 'updateLimits',
  procedure: 'apiKeys.updateLimits',
  kind: 'mutation',
  tag,
  summary: 'Lower the limits of the organization, within those of the installation',
  permission: 'limit.write',
  people: true,
  input: Own,
  output: LimitSettings,
});
