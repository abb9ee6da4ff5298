import { z } from 'zod';
import { Id, PageInput, Timestamp, pageOf } from './common.ts';
import { LimitUse, quotas } from './limits.ts';
import { defineOperation } from './operation.ts';

const tag = 'API usage';

/**
 * Upper bounds in ms of the classes that durations are counted in; the last class holds everything slower. Counts by
 * these bounds are stored, so a bound never changes.
 */
export const latencyBoundsMs = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000,
  10_000,
] as const;

export const usageRanges = ['24h', '7d', '30d', 'custom'] as const;

const Percent = z.number().describe('Of all requests, with one decimal.');
const Counts = z.object({
  requests: z.number().int(),
  succeeded: z.number().int().describe('Answered with 2xx or 3xx.'),
  clientErrors: z.number().int().describe('Answered with 4xx.'),
  serverErrors: z.number().int().describe('Answered with 5xx.'),
});
const Latency = z.object({ p50Ms: z.number().nullable(), p95Ms: z.number().nullable() });

export const ApiUsage = z.object({
  since: Timestamp,
  until: Timestamp,
  totals: Counts.extend({
    succeededPercent: Percent,
    clientErrorsPercent: Percent,
    serverErrorsPercent: Percent,
    throttled: z.number().int().describe('Of the 4xx, those over a limit.'),
  }),
  latency: Latency.describe('Interpolated within the classes that durations are counted in.'),
  lastCallAt: Timestamp.nullable().describe('To the minute or, long ago, to the hour.'),
  endpoints: z
    .array(Counts.extend({ endpoint: z.string(), latency: Latency }))
    .describe('The ten with most requests. An endpoint is the template of an address.'),
  keys: z.array(
    Counts.extend({ keyId: Id, name: z.string(), keyPreview: z.string().nullable(), lastCallAt: Timestamp }),
  ),
  bucketSeconds: z.number().int(),
  series: z.array(Counts.extend({ at: Timestamp })).describe('Every bucket of the range, the oldest first.'),
  limits: LimitUse.nullable().describe('How far the limits are used now; null: requests are not limited.'),
});
export type ApiUsage = z.infer<typeof ApiUsage>;

const Range = z.object({
  range: z.enum(usageRanges).default('24h'),
  since: Timestamp.optional().describe('With `custom`.'),
  until: Timestamp.optional().describe('With `custom`; now unless given.'),
  keyId: Id.optional(),
});

export const getUsage = defineOperation({
  name: 'getUsage',
  procedure: 'apiKeys.getUsage',
  kind: 'query',
  tag,
  summary: 'Requests with API keys: how many, how they went, how long they took',
  description:
    'Sums are kept by minute for two days and by hour for 90. A request is in them within a second.',
  permission: 'usage.read',
  input: Range,
  output: ApiUsage,
  rest: [{ method: 'GET', path: '/api/v1/usage' }],
});

export const ApiRequest = z.object({
  id: Id,
  at: Timestamp,
  keyId: Id,
  keyName: z.string(),
  endpoint: z.string(),
  status: z.number().int(),
  durationMs: z.number().int(),
  errorCode: z.string().nullable(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  requestId: z.string(),
});
export type ApiRequest = z.infer<typeof ApiRequest>;

export const listRequests = defineOperation({
  name: 'listRequests',
  procedure: 'apiKeys.listRequests',
  kind: 'query',
  tag,
  summary: 'Single requests, the newest first: a sample',
  description:
    'Kept are up to 50 failed and 10 other requests a second and node, of these the last 10,000 of 7 days.',
  permission: 'usage.read',
  input: PageInput.extend({
    keyId: Id.optional(),
    endpoint: z.string().max(200).optional().describe('As `getUsage` names it.'),
    status: z.enum(['2xx', '3xx', '4xx', '5xx']).optional(),
    since: Timestamp.optional(),
    until: Timestamp.optional(),
  }),
  output: pageOf(ApiRequest),
  rest: [{ method: 'GET', path: '/api/v1/usage/requests' }],
});

export const ThrottledRequests = z.object({
  minute: Timestamp,
  keyId: Id,
  keyName: z.string(),
  quota: z.enum(quotas).describe('Which limit was full.'),
  requests: z.number().int(),
  lastAt: Timestamp,
});
export type ThrottledRequests = z.infer<typeof ThrottledRequests>;

export const listThrottled = defineOperation({
  name: 'listThrottled',
  procedure: 'apiKeys.listThrottled',
  kind: 'query',
  tag,
  summary: 'Requests over a limit, summed by key and minute, the newest first',
  permission: 'usage.read',
  input: PageInput.extend({
    keyId: Id.optional(),
    since: Timestamp.optional(),
    until: Timestamp.optional(),
  }),
  output: pageOf(ThrottledRequests),
  rest: [{ method: 'GET', path: '/api/v1/usage/throttled' }],
});

export const exportUsage = defineOperation({
  name: 'exportUsage',
  procedure: 'apiKeys.exportUsage',
  kind: 'mutation',
  tag,
  summary: 'The usage of a range as a file',
  permission: 'usage.read',
  input: Range.extend({ format: z.enum(['csv', 'pdf']).default('csv') }),
  output: z.object({
    name: z.string().meta({ example: 'api-usage-2026-11-01-2026-11-30.csv' }),
    contentType: z.string(),
    content: z.string().describe('In base64.'),
  }),
  rest: [{ method: 'POST', path: '/api/v1/usage/export' }],
});
