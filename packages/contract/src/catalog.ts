import { z } from 'zod';
import { Fault } from './faults.ts';
import { defineOperation } from './operation.ts';
import { providerCategories, providerGroups } from './provider-categories.ts';
import type { ProviderCategory, ProviderGroup } from './provider-categories.ts';

const tag = 'Providers';

export const CategoryKey = z.enum(
  Object.keys(providerCategories) as [ProviderCategory, ...ProviderCategory[]],
);
const GroupKey = z.enum(Object.keys(providerGroups) as [ProviderGroup, ...ProviderGroup[]]);

/** Providers come and go with releases, so that a slug is any text and never a closed set. */
const ProviderSlug = z.string().min(1).max(100).meta({ example: 'slack' });

/**
 * How one connects to a provider. `oauth2` asks a person for consent in the browser, `client_credentials` is OAuth
 * without one; `sftp` and `manual` carry files; a provider that is `inbound` only sends to here.
 */
export const ConnectionType = z.enum([
  'oauth2',
  'client_credentials',
  'api_key',
  'basic',
  'signed',
  'smtp',
  'sftp',
  'manual',
  'local',
  'inbound',
]);
export type ConnectionType = z.infer<typeof ConnectionType>;

/** A category of the catalog with its words and its group. */
export const CatalogCategory = z.object({
  key: CategoryKey,
  label: z.string(),
  group: z.object({ key: GroupKey, label: z.string() }),
});
export type CatalogCategory = z.infer<typeof CatalogCategory>;

export const ProviderSummary = z.object({
  slug: ProviderSlug,
  name: z.string(),
  category: CatalogCategory,
  description: z.string(),
  features: z.array(z.string()).describe('What one gets, a few words each.'),
  authTypes: z.array(ConnectionType).describe('Ways to connect, the recommended one first.'),
  selfServe: z
    .boolean()
    .describe("False: needs a contract, a review or a set-up by the provider's people first."),
  byFiles: z.boolean().describe('Exchanges files, because there is no API for it.'),
  sendsWebhooks: z.boolean().describe('An inbound source can take what it sends.'),
  custom: z.boolean().describe('Added by the organization itself.'),
  connected: z
    .number()
    .int()
    .describe("The organization's integrations of it, also those that are off or not connected yet."),
  pending: z.number().int().describe('Those among them that were begun and are not connected.'),
  hidden: z
    .boolean()
    .describe(
      'Taken out of the catalog by a system administrator. Only they find it, unless it is in use already.',
    ),
  recommendation: z
    .object({ reason: z.string().meta({ example: 'You use Gmail: the same Google account works.' }) })
    .nullable()
    .describe('Why it would fit what the organization uses; at most three providers have one.'),
});
export type ProviderSummary = z.infer<typeof ProviderSummary>;

const Option = z.object({ value: z.string(), label: z.string() });

/** A value that somebody enters to connect. */
export const ProviderField = z.object({
  key: z.string(),
  label: z.string(),
  secret: z.boolean().describe('Stored encrypted and never shown again.'),
  help: z.string().describe('Where to find the value.'),
  example: z.string().nullable().describe('What a value looks like; never a real one.'),
  level: z
    .enum(['app', 'account'])
    .describe("`app`: once for the organization's app at the provider; `account`: for every connection."),
  optional: z.boolean(),
  multiline: z.boolean(),
  pattern: z
    .object({ source: z.string(), flags: z.string() })
    .nullable()
    .describe('A regular expression as text, which the whole value must match.'),
  options: z.array(Option).nullable(),
});
export type ProviderField = z.infer<typeof ProviderField>;

/** One way to connect. */
export const ProviderConnection = z.object({
  type: ConnectionType,
  label: z.string().describe('The type in words.'),
  fields: z.array(ProviderField),
  permissions: z
    .array(z.object({ text: z.string(), required: z.boolean() }))
    .describe('What the integration may do, in plain words.'),
  oauth2: z
    .object({
      grant: z.enum(['authorization_code', 'client_credentials']),
      pkce: z
        .boolean()
        .nullable()
        .describe('Whether PKCE is used (RFC 7636); null: not known, then it is sent.'),
      authorizationUrl: z
        .string()
        .nullable()
        .describe(
          'Where a person is sent to allow access; `{domain}` and the like stand for fields. Null: nobody is.',
        ),
      scopes: z.array(z.object({ scope: z.string(), means: z.string(), required: z.boolean() })),
    })
    .nullable(),
});
export type ProviderConnection = z.infer<typeof ProviderConnection>;

/** How the provider signs what it sends to here. */
export const ProviderInbound = z.object({
  scheme: z.string(),
  headers: z.array(z.string()),
  algorithm: z.enum(['hmac-sha256', 'hmac-sha1', 'ed25519', 'ecdsa-p256-sha256', 'token', 'basic', 'custom']),
  encoding: z.enum(['hex', 'base64']).nullable(),
  prefix: z.string().nullable().describe('Before the encoded signature in its header.'),
  key: z.string().nullable().describe('The field that holds the key.'),
  ownKey: z
    .object({ label: z.string(), help: z.string() })
    .nullable()
    .describe('What is entered at a source instead, because no field holds it.'),
  signed: z.string().nullable().describe('What is signed; `{rawBody}` are the exact bytes.'),
  timestampHeader: z.string().nullable(),
  toleranceSeconds: z.number().nullable(),
  replayId: z.string().nullable().describe('Where the id stands that recognizes a repetition.'),
  handshake: z.string().nullable().describe('What the provider wants answered before it sends.'),
  notes: z.string().nullable(),
});
export type ProviderInbound = z.infer<typeof ProviderInbound>;

export const ProviderDetail = ProviderSummary.extend({
  exchangesFiles: z.boolean().describe('Files go to and from it, beside its API or because there is none.'),
  website: z.string().nullable(),
  docsUrl: z.string().nullable(),
  statusPageUrl: z.string().nullable(),
  setupSteps: z.array(z.string()).describe('What a person does at the provider before connecting, in order.'),
  connections: z.array(ProviderConnection).describe('The recommended one first.'),
  health: z.object({
    kind: z.enum(['http', 'token', 'smtp', 'sftp', 'local', 'dns', 'form']),
    summary: z.string().describe('What the check does.'),
    why: z.string().describe('What it proves.'),
  }),
  errors: z
    .array(
      z.object({
        statuses: z.array(z.number().int()).describe('Any of them; empty: whatever the status.'),
        contains: z.string().nullable().describe('A text of the answer or of the failure.'),
        fault: Fault,
        title: z.string(),
        cause: z.string(),
        fix: z.string(),
        link: z.string().nullable(),
      }),
    )
    .describe('What its errors mean; the first that fits decides.'),
  limits: z.object({
    perSecond: z.number().nullable(),
    perHour: z.number().nullable(),
    perDay: z.number().nullable(),
    published: z.string().nullable().describe("The provider's own words about its limits."),
  }),
  settings: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      help: z.string(),
      type: z.enum(['text', 'number', 'switch', 'select']),
      options: z.array(Option).nullable(),
      default: z.union([z.string(), z.number(), z.boolean()]),
    }),
  ),
  inbound: ProviderInbound.nullable(),
  exchange: z
    .object({
      standard: z.string(),
      transport: z.string(),
      encryption: z.string(),
      cadence: z.string(),
      files: z.array(z.string()),
      acknowledgement: z.string(),
      contact: z.string(),
    })
    .nullable()
    .describe('Files instead of an API.'),
  evidence: z
    .enum(['checked', 'partial', 'recalled'])
    .describe("`checked`: these facts were read in the provider's documents; the others are less sure."),
  notes: z.string().nullable(),
});
export type ProviderDetail = z.infer<typeof ProviderDetail>;

/** The counters of the catalog (CRM, section 7). */
export const CatalogCounts = z.object({
  connected: z
    .number()
    .int()
    .describe('Integrations that are connected and switched on, whatever their last check said.'),
  available: z.number().int().describe('Visible providers without an integration.'),
  categories: z.number().int().describe('Categories with a visible provider.'),
});
export type CatalogCounts = z.infer<typeof CatalogCounts>;

export const listProviders = defineOperation({
  name: 'listProviders',
  procedure: 'integrations.listProviders',
  kind: 'query',
  tag,
  summary: 'The catalog of providers, searched as you type, with exact counts per category',
  description:
    'One page has all. Without a search in the order of their names, with one the best matches first. `categories` and `total` count what search and state find, whatever category or group is chosen; `counts` are of the whole organization, whatever is asked for.',
  permission: 'provider.read',
  input: z.object({
    search: z
      .string()
      .max(100)
      .optional()
      .describe('Words that must all be in the name, slug, category, description or features.'),
    category: CategoryKey.optional(),
    group: GroupKey.optional(),
    state: z
      .enum(['connected', 'available'])
      .optional()
      .describe('`connected`: the organization has an integration of it; `available`: it has none.'),
    includeHidden: z
      // In an address it is a word.
      .union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')])
      .optional()
      .describe('Also providers that are hidden. Only for system administrators.'),
  }),
  output: z.object({
    data: z.array(ProviderSummary),
    nextCursor: z.string().nullable(),
    categories: z
      .array(CatalogCategory.extend({ count: z.number().int() }))
      .describe(
        'Every category that has a provider of this state, in the order of the groups; the count may be 0.',
      ),
    total: z.number().int(),
    counts: CatalogCounts,
  }),
  rest: [{ method: 'GET', path: '/api/v1/providers' }],
});

export const getProvider = defineOperation({
  name: 'getProvider',
  procedure: 'integrations.getProvider',
  kind: 'query',
  tag,
  summary: 'A provider: how to set it up and connect, what its errors mean, what it sends',
  permission: 'provider.read',
  input: z.object({ slug: ProviderSlug }),
  output: ProviderDetail,
  rest: [{ method: 'GET', path: '/api/v1/providers/{slug}' }],
});

export const updateCatalogCuration = defineOperation({
  name: 'updateCatalogCuration',
  procedure: 'integrations.updateCatalogCuration',
  kind: 'mutation',
  tag,
  summary: 'Choose which providers the organization’s people find in the catalog',
  description:
    'Replaces the set. Integrations of a hidden provider go on working and stay visible; new ones are refused.',
  permission: 'catalog.curate',
  input: z.object({ hidden: z.array(ProviderSlug).max(1_000).describe('Slugs of the providers to hide.') }),
  output: z.object({ hidden: z.array(z.string()) }),
  rest: [{ method: 'PUT', path: '/api/v1/catalog/curation' }],
});
