import { z } from 'zod';
import type { CapabilityName } from './capabilities.ts';
import { Empty } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Failover';

/**
 * What happens when every integration of a chain fails: `queue` tries again until one works; `keep` holds a file here and
 * copies it when a store works; `file` writes a file for a person to carry on; `by_hand` puts it on a list for a person.
 */
export const lastResortKinds = ['queue', 'keep', 'file', 'by_hand'] as const;
export const LastResortKind = z.enum(lastResortKinds);
export type LastResortKind = z.infer<typeof LastResortKind>;

/** Which capabilities have one, and what it is. */
export const lastResortOf = {
  'email.send': 'queue',
  'storage.put': 'keep',
  'payroll.export': 'file',
  'job.post': 'by_hand',
  'job.close': 'by_hand',
} as const satisfies Partial<Record<CapabilityName, LastResortKind>>;

/** Results of `payroll.export` may hold what people earn: they are kept for so many days, and the rest of the action for longer. */
export const payrollResultDays = 7;

export type LastResortCapability = keyof typeof lastResortOf;
export const lastResortCapabilities = Object.keys(lastResortOf) as [
  LastResortCapability,
  ...LastResortCapability[],
];

export const LastResort = z.object({
  capability: z.enum(lastResortCapabilities),
  kind: LastResortKind,
  enabled: z.boolean(),
  waiting: z.number().int().describe('Actions that it holds now.'),
});
export type LastResort = z.infer<typeof LastResort>;

export const listLastResorts = defineOperation({
  name: 'listLastResorts',
  procedure: 'integrations.listLastResorts',
  kind: 'query',
  tag,
  summary: 'What happens when every integration of a chain fails, by capability',
  permission: 'failover.read',
  input: Empty,
  output: z.object({ data: z.array(LastResort), nextCursor: z.null() }),
  rest: [{ method: 'GET', path: '/api/v1/failover/last-resorts' }],
});

export const updateLastResort = defineOperation({
  name: 'updateLastResort',
  procedure: 'integrations.updateLastResort',
  kind: 'mutation',
  tag,
  summary: 'Switch the last resort of a capability on or off',
  description: 'What it holds already stays as it is.',
  permission: 'failover.write',
  input: z.object({ capability: z.enum(lastResortCapabilities), enabled: z.boolean() }),
  output: LastResort,
  rest: [{ method: 'PUT', path: '/api/v1/failover/last-resorts/{capability}' }],
});
