import { z } from 'zod';
import { Empty } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Retries';

const seconds = (max: number) => z.coerce.number().int().min(1).max(max);

/** When a failed delivery is tried again (RETRY-1). A delivery makes 1 + `maxRetries` attempts. */
export const RetryPolicy = z.object({
  retryStrategy: z.enum(['exponential', 'linear', 'fixed']),
  maxRetries: z.coerce.number().int().min(1).max(10),
  initialDelaySeconds: seconds(86_400),
  maxDelaySeconds: seconds(604_800),
  enableJitter: z.boolean(),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

export const RetryConfig = RetryPolicy.extend({
  fixedDelaySeconds: z
    .number()
    .int()
    .describe('The same number as `initialDelaySeconds`, under its older name.'),
  enableDlq: z.boolean(),
  dlqRetentionDays: z.number().int(),
});
export type RetryConfig = z.infer<typeof RetryConfig>;

export const defaultRetryConfig = {
  retryStrategy: 'exponential',
  maxRetries: 3,
  initialDelaySeconds: 5,
  maxDelaySeconds: 60,
  enableJitter: true,
  enableDlq: true,
  dlqRetentionDays: 7,
} as const;

export const getRetryConfig = defineOperation({
  name: 'getRetryConfig',
  procedure: 'integrations.getRetryConfig',
  kind: 'query',
  tag,
  summary: "The organization's retry and dead-letter settings",
  permission: 'retry.read',
  input: Empty,
  output: RetryConfig,
  rest: [{ method: 'GET', path: '/api/v1/retry-config' }],
});

export const updateRetryConfig = defineOperation({
  name: 'updateRetryConfig',
  procedure: 'integrations.updateRetryConfig',
  kind: 'mutation',
  tag,
  summary: 'Change the retry and dead-letter settings',
  permission: 'retry.write',
  input: RetryPolicy.extend({
    initialDelaySeconds: seconds(86_400).optional(),
    fixedDelaySeconds: seconds(86_400).optional().describe('Older name of `initialDelaySeconds`.'),
    enableDlq: z.boolean(),
    dlqRetentionDays: z.coerce.number().int().min(1).max(90).optional(),
  }),
  output: RetryConfig,
  rest: [{ method: 'PUT', path: '/api/v1/retry-config' }],
});
