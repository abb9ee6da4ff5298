import { z } from 'zod';
import { Empty } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Insights';

/** Days after which what was recorded goes. */
export const trackingDays = 400;

export const Tracking = z.object({
  enabled: z.boolean().describe('What the organization has chosen.'),
  installation: z.boolean().describe('Whether whoever runs the installation lets anything be recorded.'),
  recording: z.boolean().describe('Both: whether anything is recorded.'),
});
export type Tracking = z.infer<typeof Tracking>;

export const getTracking = defineOperation({
  name: 'getTracking',
  procedure: 'insights.getTracking',
  kind: 'query',
  tag,
  summary: 'Whether it is recorded how the product is used',
  permission: 'tracking.send',
  input: Empty,
  output: Tracking,
  rest: [{ method: 'GET', path: '/api/v1/tracking' }],
});

export const updateTracking = defineOperation({
  name: 'updateTracking',
  procedure: 'insights.updateTracking',
  kind: 'mutation',
  tag,
  summary: 'Switch recording on or off, or erase what was recorded',
  description: 'Switched off, nothing is written from this moment on.',
  permission: 'tracking.settings',
  input: z.object({
    enabled: z.boolean(),
    erase: z.boolean().default(false).describe('Deletes everything that was recorded so far.'),
  }),
  output: Tracking.extend({ erased: z.number().int() }),
  rest: [{ method: 'PUT', path: '/api/v1/tracking' }],
});
