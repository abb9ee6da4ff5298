import { z } from 'zod';
import { capabilityNames } from './capabilities.ts';
import { CatalogCategory, ConnectionType } from './catalog.ts';
import { CheckProblem, CheckReport } from './checks.ts';
import { Done, Id, PageInput, Timestamp } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Integrations';

/**
 * What an integration is in, worst first: `error` does not work until somebody acts or the provider recovers;
 * `degraded` works with a restriction; `pending` was begun and never connected; `disabled` is switched off by a person.
 */
export const integrationStatuses = ['error', 'degraded', 'pending', 'active', 'disabled'] as const;
export const IntegrationStatus = z.enum(integrationStatuses);
export type IntegrationStatus = z.infer<typeof IntegrationStatus>;

const Name = z.string().trim().min(1).max(100).meta({ example: 'Company email' });

/** Values of credential fields by their keys. `env:NAME` reads the value from that environment variable of the server. */
export const FieldValues = z
  .record(z.string().max(100), z.string().max(20_000))
  .refine((values) => Object.keys(values).length <= 40, 'At most 40 values')
  .meta({ example: { apiKey: 'SG.…', fromEmail: 'no-reply@example.com' } });

const Settings = z
  .record(z.string().max(100), z.union([z.string().max(2_000), z.number(), z.boolean()]))
  .refine((settings) => Object.keys(settings).length <= 40, 'At most 40 settings');

/** How many calls the integration may make; null is no limit of our own (CONN-4). */
export const CallLimits = z.object({
  perHour: z.number().int().min(1).max(1_000_000_000).nullable(),
  perDay: z.number().int().min(1).max(1_000_000_000).nullable(),
  onLimit: z.enum(['queue', 'refuse']).describe('What happens to a call over the limit.'),
});
export type CallLimits = z.infer<typeof CallLimits>;

const Person = z.object({ id: z.string().nullable(), name: z.string() });

export const Integration = z.object({
  id: Id,
  name: Name,
  provider: z.object({
    slug: z.string(),
    name: z.string(),
    category: CatalogCategory,
    description: z.string(),
    byFiles: z.boolean(),
    custom: z.boolean().describe('Added by the organization itself.'),
    statusPageUrl: z.string().nullable(),
  }),
  authType: ConnectionType,
  status: IntegrationStatus,
  statusSince: Timestamp,
  problem: CheckProblem.nullable().describe('Why it does not work, or not fully.'),
  account: z.string().nullable().describe('Whom the provider says it is connected to.'),
  place: z
    .string()
    .nullable()
    .describe('Where it writes to or gets mail, as it is set: `#support-alerts`, `support@acme.example`.'),
  startedBy: z
    .number()
    .int()
    .nullable()
    .describe(
      'Webhooks that are on and start its flows, at Zapier its Zaps; null for a provider that has none. Only it knows how many of them are on there.',
    ),
  enabled: z.boolean(),
  connectedAt: Timestamp.nullable(),
  connectedBy: Person.nullable(),
  lastCheckAt: Timestamp.nullable(),
  lastSyncAt: Timestamp.nullable().describe('The last call that worked, checks included.'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Integration = z.infer<typeof Integration>;

/** A secret value as it may be shown: whether it is there, never what it is. */
export const StoredSecret = z.object({
  key: z.string(),
  preview: z.string().nullable().describe('Masked; null when no value is stored.'),
  reference: z.string().nullable().describe('`env:NAME` when it is read from the environment.'),
});
export type StoredSecret = z.infer<typeof StoredSecret>;

/** A second set of credentials that waits until it passes its test. */
export const NextCredentials = z.object({
  createdAt: Timestamp,
  createdBy: Person,
  report: CheckReport.nullable().describe('What its last test found.'),
});
export type NextCredentials = z.infer<typeof NextCredentials>;

export const IntegrationDetail = Integration.extend({
  values: z.record(z.string(), z.string()).describe('Values of fields that are not secret.'),
  secrets: z.array(StoredSecret),
  credentialsChangedAt: Timestamp.nullable(),
  rotationDue: z.boolean().describe('The credentials are older than 90 days.'),
  next: NextCredentials.nullable(),
  settings: Settings,
  limits: CallLimits,
  usage: z.object({
    hour: z.number().int().describe('Calls since the full hour.'),
    day: z.number().int().describe('Calls since midnight, UTC.'),
  }),
  report: CheckReport.nullable().describe('What the last check found, step by step.'),
  offers: z.array(z.enum(capabilityNames)).describe('What actions it can do.'),
  nextCheckAt: Timestamp.nullable().describe(
    'Null: it is switched off or not connected, so nothing is checked.',
  ),
});
export type IntegrationDetail = z.infer<typeof IntegrationDetail>;

export const IntegrationCounts = z.object({
  total: z.number().int(),
  active: z.number().int(),
  degraded: z.number().int(),
  errors: z.number().int(),
  pending: z.number().int(),
  disabled: z.number().int(),
});
export type IntegrationCounts = z.infer<typeof IntegrationCounts>;

/**
 * What a list of integrations goes by: `status`: problems first; the others are what they are called. `success` to
 * `measured` are of the last 24 hours, as `listHealth` tells them.
 */
export const integrationSorts = [
  'status',
  'name',
  'category',
  'lastSync',
  'lastCheck',
  'success',
  'p95',
  'uptime',
  'measured',
] as const;
export type IntegrationSort = (typeof integrationSorts)[number];

/** Those of them that change with every call that is measured. */
export const measuredSorts = ['success', 'p95', 'uptime', 'measured'] as const;
export type MeasuredSort = (typeof measuredSorts)[number];

export const sortOrders = ['ascending', 'descending'] as const;
export type SortOrder = (typeof sortOrders)[number];

export const listIntegrations = defineOperation({
  name: 'listIntegrations',
  procedure: 'integrations.listIntegrations',
  kind: 'query',
  tag,
  summary: 'Integrations with their status, problems first, and exact counts',
  description: '`counts` are of all integrations of the organization, whatever the filters say.',
  permission: 'integration.read',
  input: PageInput.extend({
    status: IntegrationStatus.optional(),
    provider: z.string().max(100).optional().describe('Slug of a provider.'),
    search: z.string().max(100).optional().describe('Text in the name, the account or the provider.'),
    sort: z
      .enum(integrationSorts)
      .optional()
      .describe(
        'Without it by `status`, problems first. `success`, `p95`, `uptime` and `measured` are of the last 24 hours; what has no value comes last.',
      ),
    order: z.enum(sortOrders).optional().describe('Without it `ascending`.'),
  }),
  output: z.object({
    data: z.array(Integration),
    nextCursor: z.string().nullable(),
    counts: IntegrationCounts,
  }),
  rest: [{ method: 'GET', path: '/api/v1/integrations' }],
});

export const getIntegration = defineOperation({
  name: 'getIntegration',
  procedure: 'integrations.getIntegration',
  kind: 'query',
  tag,
  summary: 'An integration with its settings, limits, live usage and last check',
  permission: 'integration.read',
  input: z.object({ id: Id }),
  output: IntegrationDetail,
  rest: [
    { method: 'GET', path: '/api/v1/integrations/{id}' },
    { method: 'GET', path: '/api/company/integrations/{id}', view: 'companyIntegration' },
  ],
});

const check = z
  .enum(['require', 'skip'])
  .default('require')
  .describe(
    '`require`: saved only when the connection works; `skip`: saved as it is, and checked afterwards.',
  );

export const createIntegration = defineOperation({
  name: 'createIntegration',
  procedure: 'integrations.createIntegration',
  kind: 'mutation',
  tag,
  summary: 'Connect a provider by its credentials, or begin to connect one by OAuth',
  description:
    'With credentials the connection is tested first; a test that fails saves nothing and answers `connection_failed` with the step. A provider by OAuth with a person’s consent begins as `pending`; `POST …/connect` gives the address to send the person to.',
  permission: 'integration.write',
  input: z.object({
    provider: z.string().min(1).max(100).meta({ example: 'sendgrid' }),
    name: Name.optional().describe('The provider’s name unless given.'),
    authType: ConnectionType.optional().describe('The recommended way unless given.'),
    values: FieldValues.default({}),
    settings: Settings.optional(),
    limits: CallLimits.partial().optional(),
    check,
  }),
  output: IntegrationDetail,
  rest: [{ method: 'POST', path: '/api/v1/integrations', status: 201 }],
});

export const updateIntegration = defineOperation({
  name: 'updateIntegration',
  procedure: 'integrations.updateIntegration',
  kind: 'mutation',
  tag,
  summary: 'Rename, switch on or off, change settings or limits',
  permission: 'integration.write',
  input: z.object({
    id: Id,
    name: Name.optional(),
    enabled: z.boolean().optional(),
    settings: Settings.optional().describe('Named settings change; the others stay.'),
    limits: CallLimits.partial().optional(),
  }),
  output: IntegrationDetail,
  rest: [
    { method: 'PATCH', path: '/api/v1/integrations/{id}' },
    { method: 'PATCH', path: '/api/company/integrations/{id}', view: 'companyIntegration' },
  ],
});

export const deleteIntegration = defineOperation({
  name: 'deleteIntegration',
  procedure: 'integrations.deleteIntegration',
  kind: 'mutation',
  tag,
  summary: 'Disconnect: revoke at the provider where it can be, erase the credentials, keep the history',
  description:
    'One that was ever connected needs the permission `integration.disconnect` and a fresh authentication; one that was only begun can be removed by whoever may connect.',
  permission: 'integration.write',
  input: z.object({ id: Id }),
  output: z.object({
    revoked: z
      .boolean()
      .nullable()
      .describe('Whether the provider confirmed; null when it has nothing to revoke.'),
    detail: z.string().describe('What is left to do at the provider, in plain words.'),
  }),
  rest: [
    { method: 'DELETE', path: '/api/v1/integrations/{id}' },
    { method: 'DELETE', path: '/api/company/integrations/{id}' },
  ],
});

export const getDisconnectImpact = defineOperation({
  name: 'getDisconnectImpact',
  procedure: 'integrations.getDisconnectImpact',
  kind: 'query',
  tag,
  summary: 'What depends on an integration and what disconnecting it will do',
  permission: 'integration.read',
  input: z.object({ id: Id }),
  output: z.object({
    impact: z.array(
      z.object({
        severity: z.enum(['info', 'warning']),
        text: z.string().meta({ example: '247 calls today' }),
      }),
    ),
  }),
  rest: [{ method: 'GET', path: '/api/v1/integrations/{id}/disconnect-impact' }],
});

export const testIntegration = defineOperation({
  name: 'testIntegration',
  procedure: 'integrations.testIntegration',
  kind: 'mutation',
  tag,
  summary: 'Check the stored connection now, step by step',
  permission: 'integration.write',
  input: z.object({
    id: Id,
    sendTo: z
      .email()
      .max(254)
      .optional()
      .describe('Also sends a test email there, where the provider sends email.'),
  }),
  output: CheckReport,
  rest: [{ method: 'POST', path: '/api/v1/integrations/{id}/test' }],
});

export const testConnection = defineOperation({
  name: 'testConnection',
  procedure: 'integrations.testConnection',
  kind: 'mutation',
  tag,
  summary: 'Check credentials as they are typed, without saving anything',
  permission: 'integration.write',
  input: z.object({
    provider: z.string().min(1).max(100),
    authType: ConnectionType.optional(),
    values: FieldValues,
    integrationId: Id.optional().describe(
      'Secrets that are not in `values` are taken from this integration.',
    ),
    sendTo: z.email().max(254).optional(),
  }),
  output: CheckReport,
  rest: [{ method: 'POST', path: '/api/v1/integrations/test-connection' }],
});

export const replaceCredentials = defineOperation({
  name: 'replaceCredentials',
  procedure: 'integrations.replaceCredentials',
  kind: 'mutation',
  tag,
  summary: 'Give new credentials; they take over when they pass the test, the old ones work until then',
  description:
    'When the test fails the new set stays beside the current one as `next`: test it again with `activate`, or discard it. `skip` takes it without a test.',
  permission: 'integration.write',
  input: z.object({
    id: Id,
    values: FieldValues.describe('Secrets that are not named stay as they are.'),
    check,
  }),
  output: z.object({
    activated: z.boolean(),
    report: CheckReport.nullable(),
    integration: IntegrationDetail,
  }),
  rest: [{ method: 'PUT', path: '/api/v1/integrations/{id}/credentials' }],
});

export const activateCredentials = defineOperation({
  name: 'activateCredentials',
  procedure: 'integrations.activateCredentials',
  kind: 'mutation',
  tag,
  summary: 'Test the waiting credentials again and switch to them when they work',
  permission: 'integration.write',
  input: z.object({ id: Id }),
  output: z.object({ activated: z.boolean(), report: CheckReport, integration: IntegrationDetail }),
  rest: [{ method: 'POST', path: '/api/v1/integrations/{id}/credentials/activate' }],
});

export const discardCredentials = defineOperation({
  name: 'discardCredentials',
  procedure: 'integrations.discardCredentials',
  kind: 'mutation',
  tag,
  summary: 'Discard the waiting credentials',
  permission: 'integration.write',
  input: z.object({ id: Id }),
  output: Done,
  rest: [{ method: 'DELETE', path: '/api/v1/integrations/{id}/credentials/next', status: 204 }],
});

export const revealCredential = defineOperation({
  name: 'revealCredential',
  procedure: 'integrations.revealCredential',
  kind: 'mutation',
  tag,
  summary: 'Show one stored secret (audited)',
  permission: 'integration.secret',
  people: true,
  fresh: true,
  input: z.object({ id: Id, key: z.string().min(1).max(100) }),
  output: z.object({ value: z.string() }),
});
