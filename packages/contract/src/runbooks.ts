import { z } from 'zod';
import { Empty, Id } from './common.ts';
import { IntegrationStatus } from './integrations.ts';
import { defineOperation } from './operation.ts';
import { providerCategories } from './provider-categories.ts';
import type { ProviderCategory } from './provider-categories.ts';

const tag = 'Runbooks';

/** The parts of an emergency procedure, in their order (UC-ADMIN-007, section 9). */
export const runbookPhases = ['immediate', 'fallback', 'communication', 'resolution'] as const;
export type RunbookPhase = (typeof runbookPhases)[number];

/**
 * Where a step is done: a page of an integration (`health`, `logs`, `test`, `credentials`, `files`, `failover`), a page of
 * the organization (`alerts`, `statusUpdate`, `deadLetters`, `actions`, `audit`), or the provider's `statusPage` and
 * `providerDocs`.
 */
export const runbookTargets = [
  'health',
  'logs',
  'test',
  'credentials',
  'files',
  'failover',
  'alerts',
  'statusUpdate',
  'deadLetters',
  'actions',
  'audit',
  'statusPage',
  'providerDocs',
] as const;
export type RunbookTarget = (typeof runbookTargets)[number];

const categories = Object.keys(providerCategories) as [ProviderCategory, ...ProviderCategory[]];
const Category = z.enum(categories);

export const RunbookStep = z.object({
  key: z.string().describe('Stable within the runbook.'),
  phase: z.enum(runbookPhases),
  title: z.string(),
  detail: z.string(),
  links: z.array(
    z.object({
      target: z.enum(runbookTargets),
      label: z.string(),
      integrationId: Id.nullable(),
      url: z.string().nullable().describe('Of a page outside of the product.'),
    }),
  ),
});
export type RunbookStep = z.infer<typeof RunbookStep>;

const RunbookHead = z.object({
  category: Category,
  label: z.string(),
  critical: z.boolean().describe('People notice within minutes when it fails.'),
  impact: z.string().describe('What does not work while it fails.'),
});

export const RunbookSummary = RunbookHead.extend({
  integrations: z.number().int(),
  errors: z.number().int().describe('How many of them do not work now.'),
});
export type RunbookSummary = z.infer<typeof RunbookSummary>;

export const Runbook = RunbookHead.extend({
  integrations: z.array(
    z.object({
      id: Id,
      name: z.string(),
      provider: z.object({ slug: z.string(), name: z.string() }),
      status: IntegrationStatus,
    }),
  ),
  steps: z.array(RunbookStep),
});
export type Runbook = z.infer<typeof Runbook>;

export const listRunbooks = defineOperation({
  name: 'listRunbooks',
  procedure: 'runbooks.listRunbooks',
  kind: 'query',
  tag,
  summary: 'Emergency procedures, by category of what may fail',
  description:
    'Those of the categories that the organization has integrations of, and of the critical ones; what fails now comes first.',
  permission: 'integration.read',
  input: Empty,
  output: z.object({ data: z.array(RunbookSummary) }),
  rest: [{ method: 'GET', path: '/api/v1/runbooks' }],
});

export const getRunbook = defineOperation({
  name: 'getRunbook',
  procedure: 'runbooks.getRunbook',
  kind: 'query',
  tag,
  summary: 'The emergency procedure of a category, with the integrations it is about',
  permission: 'integration.read',
  input: z.object({ category: Category.meta({ example: 'email' }) }),
  output: Runbook,
  rest: [{ method: 'GET', path: '/api/v1/runbooks/{category}' }],
});
