import { z } from 'zod';
import { CatalogCounts } from './catalog.ts';
import { Empty, Id, Timestamp } from './common.ts';
import { defineOperation } from './operation.ts';

/** A provider in the words of S17's data model. */
export const CompanyProvider = z.object({
  id: z.string().describe('The slug, which is the id of a provider everywhere.'),
  name: z.string(),
  slug: z.string(),
  description: z.string(),
  category: z
    .string()
    .describe(
      '`crm`, `communication`, `analytics`, `ecommerce`, `support` or `marketing`; of others the catalog’s own key.',
    ),
  logoUrl: z.string().nullable().describe('Null: no picture of it is kept here.'),
  features: z.array(z.string()),
  permissions: z.array(z.string()),
  authType: z
    .string()
    .describe(
      '`oauth2`, `api_key` or `webhook`; `smtp`, `sftp`, `manual` or `local` where it is none of these.',
    ),
  isAvailable: z.boolean().describe('New integrations of it can be made.'),
});
export type CompanyProvider = z.infer<typeof CompanyProvider>;

/** An integration in the words of S17's data model, without its secrets. */
export const CompanyIntegration = z.object({
  id: Id,
  companyId: Id,
  integrationId: z.string().describe('Slug of the provider.'),
  name: z.string(),
  integration: CompanyProvider,
  status: z
    .enum(['active', 'error', 'pending', 'disabled'])
    .describe('S17’s three words, and `disabled` for one that is switched off.'),
  config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  credentials: z.object({ expiresAt: Timestamp.nullable() }).describe('Never a secret.'),
  connectedBy: z.string().nullable(),
  connectedAt: Timestamp.nullable(),
  lastSyncAt: Timestamp.nullable(),
  errorMessage: z.string().nullable(),
});
export type CompanyIntegration = z.infer<typeof CompanyIntegration>;

export const listCompanyIntegrations = defineOperation({
  name: 'listCompanyIntegrations',
  procedure: 'integrations.listCompanyIntegrations',
  kind: 'query',
  tag: 'Integrations',
  summary: 'Integrations and the providers that are left to connect, in one answer',
  description:
    'In the data models of the product’s company pages. `listIntegrations` and `listProviders` say more, page and search.',
  permission: 'integration.read',
  input: Empty,
  output: z.object({
    connected: z.array(CompanyIntegration),
    available: z.array(CompanyProvider),
    counts: CatalogCounts,
  }),
  rest: [{ method: 'GET', path: '/api/company/integrations' }],
});
