import { z } from 'zod';
import { Id, PageInput, Timestamp, pageOf } from './common.ts';
import { logLevels, logSources } from './log-levels.ts';
import { defineOperation } from './operation.ts';

const tag = 'Logs';

export const LogLevelSchema = z.enum(logLevels);

/** Which lines are meant; every field narrows. */
export const LogFilter = z.object({
  since: Timestamp.optional().describe('The first moment.'),
  until: Timestamp.optional().describe('The first moment that no longer counts; now unless given.'),
  level: z.array(LogLevelSchema).max(logLevels.length).optional().describe('Any of these; all unless given.'),
  source: z.enum(logSources).optional(),
  integrationId: Id.optional(),
  webhookId: Id.optional(),
  search: z
    .string()
    .max(200)
    .optional()
    .describe(
      'Words of which each begins a word of the line; its message, host, codes and other details count.',
    )
    .meta({ example: 'sendgrid timeout' }),
});
export type LogFilter = z.infer<typeof LogFilter>;

const Named = z.object({ id: Id, name: z.string() });

export const LogEntry = z.object({
  id: Id,
  at: Timestamp,
  level: LogLevelSchema,
  source: z.enum(logSources).describe('Which part of the product wrote it.'),
  event: z.string().describe('What happened, in dotted words.').meta({ example: 'check.failed' }),
  message: z.string().meta({ example: 'Connection timeout' }),
  integration: Named.nullable(),
  webhook: Named.nullable(),
  details: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .describe('Flat values: host, durationMs, messageId and others. Never a body, never a secret.'),
  error: z
    .object({ code: z.string().nullable(), message: z.string() })
    .nullable()
    .describe('What went wrong.'),
  hasStack: z.boolean().describe('The line alone shows where in the code it went wrong.'),
});
export type LogEntry = z.infer<typeof LogEntry>;

export const listLogs = defineOperation({
  name: 'listLogs',
  procedure: 'logs.listLogs',
  kind: 'query',
  tag,
  summary: 'What integrations and webhooks went through, newest first',
  description:
    'To follow new lines, send `newestCursor` of the last answer as `after`: the answer has lines since then. As several processes write, it begins a few seconds earlier, so that lines come twice; tell them apart by their ids.',
  permission: 'log.read',
  input: PageInput.extend({
    ...LogFilter.shape,
    after: z
      .string()
      .max(500)
      .optional()
      .describe('`newestCursor` of an earlier answer: only what is newer.'),
  }),
  output: pageOf(LogEntry).extend({
    newestCursor: z.string().describe('Where what is newer than this answer begins.'),
  }),
  rest: [
    { method: 'GET', path: '/api/v1/logs' },
    { method: 'GET', path: '/api/v1/integrations/{integrationId}/logs' },
  ],
});

export const getLogEntry = defineOperation({
  name: 'getLogEntry',
  procedure: 'logs.getLogEntry',
  kind: 'query',
  tag,
  summary: 'One line with all its details',
  permission: 'log.read',
  input: z.object({ id: Id }),
  output: LogEntry.extend({ stack: z.string().nullable() }),
  rest: [{ method: 'GET', path: '/api/v1/logs/entries/{id}' }],
});

const levelCounts = {
  debug: z.number().int(),
  info: z.number().int(),
  warn: z.number().int(),
  error: z.number().int(),
};

export const getLogBuckets = defineOperation({
  name: 'getLogBuckets',
  procedure: 'logs.getLogBuckets',
  kind: 'query',
  tag,
  summary: 'How many lines of each level, over time',
  permission: 'log.read',
  input: LogFilter,
  output: z.object({
    since: Timestamp,
    until: Timestamp,
    bucketSeconds: z.number().int(),
    buckets: z.array(z.object({ at: Timestamp, ...levelCounts })),
    total: z.number().int(),
    approximate: z
      .boolean()
      .describe('Some buckets are so full that their height is estimated from a part of their lines.'),
    countedSince: Timestamp.nullable().describe(
      'With a search, the newest matches of each level are counted; set when there are more before this moment.',
    ),
  }),
  rest: [{ method: 'GET', path: '/api/v1/logs/buckets' }],
});

export const exportFormats = ['csv', 'ndjson'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const planLogExport = defineOperation({
  name: 'planLogExport',
  procedure: 'logs.planLogExport',
  kind: 'query',
  tag,
  summary: 'How many lines an export will have, and where to get it',
  description:
    'The address answers with the lines as they are read, newest first, to the same session or API key. Texts that a spreadsheet would take for a formula begin with an apostrophe in CSV.',
  permission: 'log.read',
  input: LogFilter.extend({ format: z.enum(exportFormats) }),
  output: z.object({
    rows: z.number().int(),
    more: z.boolean().describe('There are more than `rows`; they are all exported.'),
    path: z.string().meta({ example: '/api/v1/logs/export?format=csv' }),
    fileName: z.string(),
  }),
  rest: [{ method: 'GET', path: '/api/v1/logs/export/plan' }],
});

export const clearLogs = defineOperation({
  name: 'clearLogs',
  procedure: 'logs.clearLogs',
  kind: 'mutation',
  tag,
  summary: 'Remove lines for good: of one integration or webhook, or all, before a moment',
  permission: 'log.clear',
  fresh: true,
  input: z.object({
    integrationId: Id.optional(),
    webhookId: Id.optional(),
    before: Timestamp.optional().describe('Lines from this moment on stay; now unless given.'),
  }),
  output: z.object({ removed: z.number().int() }),
  rest: [{ method: 'POST', path: '/api/v1/logs/clear' }],
});

export const logRetentionDays = { least: 1, most: 365, normal: 30 } as const;

export const LogSettings = z.object({
  retentionDays: z
    .number()
    .int()
    .min(logRetentionDays.least)
    .max(logRetentionDays.most)
    .describe('Lines older than this are removed.'),
});
export type LogSettings = z.infer<typeof LogSettings>;

export const getLogSettings = defineOperation({
  name: 'getLogSettings',
  procedure: 'logs.getLogSettings',
  kind: 'query',
  tag,
  summary: 'How long lines are kept',
  permission: 'log.read',
  input: z.object({}),
  output: LogSettings,
  rest: [{ method: 'GET', path: '/api/v1/logs/settings' }],
});

export const updateLogSettings = defineOperation({
  name: 'updateLogSettings',
  procedure: 'logs.updateLogSettings',
  kind: 'mutation',
  tag,
  summary: 'Change how long lines are kept',
  permission: 'log.settings',
  input: LogSettings,
  output: LogSettings,
  rest: [{ method: 'PUT', path: '/api/v1/logs/settings' }],
});
