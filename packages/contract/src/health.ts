import { z } from 'zod';
import { CheckProblem, CheckStep } from './checks.ts';
import { Id, Timestamp } from './common.ts';
import { Fault } from './faults.ts';
import { IntegrationStatus } from './integrations.ts';
import { defineOperation } from './operation.ts';

const tag = 'Health';

export const healthRanges = ['24h', '7d', '30d'] as const;
export const HealthRange = z.enum(healthRanges);
export type HealthRange = z.infer<typeof HealthRange>;

/**
 * What somebody can do about a problem (UC §5): look at the provider's `status_page`; `verify_key`: look whether the key is
 * right; `test_network`; `check_firewall`: whether the port is open; `view_logs`; `switch_backup`; and what follows from
 * patterns: `lower_rate`, `renew_certificate`, `reconnect`, `contact_support`.
 */
export const healthActions = [
  'status_page',
  'verify_key',
  'test_network',
  'check_firewall',
  'view_logs',
  'switch_backup',
  'lower_rate',
  'renew_certificate',
  'reconnect',
  'contact_support',
] as const;

export const SuggestedAction = z.object({
  key: z.enum(healthActions),
  label: z.string(),
  why: z.string().describe('The question that it answers, in plain words.'),
  link: z.string().nullable().describe('Where it is done, when that is at the provider.'),
  opens: z
    .object({ host: z.string(), port: z.number().int() })
    .nullable()
    .describe('What this server must be able to connect to, of `test_network` and `check_firewall`.'),
});
export type SuggestedAction = z.infer<typeof SuggestedAction>;

/**
 * What the errors have in common: `timeouts` again and again; `after_rotation`: refused since the credentials were
 * replaced; `quota_rhythm`: too many calls, in the rhythm of an allowance; `certificate`: its dates; `drift`: slower day by
 * day; `flapping`: on and off; `provider_incident`: all integrations of one provider fail.
 */
export const healthPatterns = [
  'provider_incident',
  'after_rotation',
  'certificate',
  'quota_rhythm',
  'timeouts',
  'flapping',
  'drift',
] as const;
export type HealthPatternKey = (typeof healthPatterns)[number];

export const HealthPattern = z.object({
  key: z.enum(healthPatterns),
  sentence: z.string().meta({ example: '5 timeouts in 7 minutes: network or firewall.' }),
  action: SuggestedAction,
});
export type HealthPattern = z.infer<typeof HealthPattern>;

/** Errors that are the same to a person. */
export const ErrorGroup = z.object({
  fingerprint: z.string(),
  fault: Fault,
  code: z.string().nullable().describe('`timeout`, `dns`, `tls`, … or the status of the answer.'),
  title: z.string(),
  cause: z.string(),
  fix: z.string(),
  link: z.string().nullable(),
  count: z.number().int(),
  firstAt: Timestamp,
  lastAt: Timestamp,
  recentAt: z.array(Timestamp).describe('The latest 20 times, newest first.'),
  lastMessage: z.string(),
  steps: z.array(CheckStep).describe('Of the last check that found it; empty for calls.'),
});
export type ErrorGroup = z.infer<typeof ErrorGroup>;

export const Metric = z.object({
  value: z.number().nullable().describe('Null: nothing was measured.'),
  normal: z
    .object({ mean: z.number(), low: z.number(), high: z.number() })
    .nullable()
    .describe('From the seven days before; null while there is not enough of them.'),
  judgement: z.enum(['normal', 'above', 'below']).nullable(),
});
export type Metric = z.infer<typeof Metric>;

const Metrics = z.object({
  count: Metric,
  failures: Metric,
  failureRate: Metric.describe('0 to 1.'),
  meanMs: Metric,
  p95Ms: Metric,
});
export type HealthMetrics = z.infer<typeof Metrics>;

const Sums = z.object({
  count: z.number().int(),
  failures: z.number().int(),
  meanMs: z.number().nullable(),
  p95Ms: z.number().nullable(),
});

const SeriesPoint = z.object({
  at: Timestamp.describe('When the hour or the day began.'),
  checks: Sums,
  calls: Sums,
  errorSeconds: z.number().describe('How long it did not work.'),
});
export type HealthSeriesPoint = z.infer<typeof SeriesPoint>;

const UptimeTarget = z.number().min(50).max(99.999).meta({ example: 99.9 });

export const Uptime = z.object({
  percent: z.number().nullable().describe('Of the time when it was on; null when it was not.'),
  target: UptimeTarget,
  observedSeconds: z.number(),
  errorSeconds: z.number(),
  budgetSeconds: z.number().describe('How long the target lets it fail in this range.'),
  budgetLeftSeconds: z.number().describe('Negative when it failed for longer.'),
});
export type Uptime = z.infer<typeof Uptime>;

const StatusSpan = z.object({
  status: IntegrationStatus,
  since: Timestamp,
  until: Timestamp.nullable().describe('Null: still.'),
  problem: CheckProblem.nullable(),
});

export const IntegrationHealth = z.object({
  id: Id,
  name: z.string(),
  provider: z.object({ slug: z.string(), name: z.string(), statusPageUrl: z.string().nullable() }),
  status: IntegrationStatus,
  statusSince: Timestamp,
  problem: CheckProblem.nullable(),
  lastCheckAt: Timestamp.nullable(),
  nextCheckAt: Timestamp.nullable(),
  errors: z.array(ErrorGroup).describe('Of the range, the latest first.'),
  patterns: z.array(HealthPattern).describe('The most likely first.'),
  metrics: z
    .object({ checks: Metrics, calls: Metrics })
    .describe('Of the last 24 hours, beside what is normal for this very integration.'),
  baseline: z.object({
    from: Timestamp,
    to: Timestamp,
    hours: z.number().int().describe('Hours of it in which something was measured.'),
    enough: z.boolean(),
  }),
  series: z.array(SeriesPoint),
  uptime: Uptime,
  transitions: z.array(StatusSpan).describe('The latest 50 of the range, newest first.'),
});
export type IntegrationHealth = z.infer<typeof IntegrationHealth>;

export const getIntegrationHealth = defineOperation({
  name: 'getIntegrationHealth',
  procedure: 'health.getIntegrationHealth',
  kind: 'query',
  tag,
  summary: 'How an integration does: errors, patterns, metrics beside its own normal, uptime',
  permission: 'integration.read',
  input: z.object({ id: Id, range: HealthRange.default('24h') }),
  output: IntegrationHealth,
  rest: [{ method: 'GET', path: '/api/v1/integrations/{id}/health' }],
});

const HealthSummary = z.object({
  integrationId: Id,
  hours: z
    .array(z.object({ at: Timestamp, ok: z.number().int(), failed: z.number().int() }))
    .describe('24, oldest first; the last one is the present hour.'),
  count: z.number().int().describe('Checks and calls of these hours.'),
  failures: z.number().int(),
  successPercent: z.number().nullable().describe('Null: nothing was measured.'),
  p95Ms: z.number().nullable(),
  uptimePercent: z.number().nullable(),
});
export type HealthSummary = z.infer<typeof HealthSummary>;

export const listHealth = defineOperation({
  name: 'listHealth',
  procedure: 'health.listHealth',
  kind: 'query',
  tag,
  summary: 'The last 24 hours of some integrations, hour by hour',
  description: 'One entry for each id that is an integration of the organization, in their order.',
  permission: 'integration.read',
  input: z.object({ integrationIds: z.array(Id).min(1).max(100) }),
  output: z.object({ data: z.array(HealthSummary) }),
  rest: [{ method: 'GET', path: '/api/v1/integration-health' }],
});

export const CheckRun = z.object({
  id: Id,
  state: z.enum(['running', 'finished']),
  total: z.number().int(),
  done: z.number().int().describe('Checked, or switched off meanwhile.'),
  failed: z.number().int().describe('Of those, did not work.'),
  running: z.number().int().describe('Being checked just now.'),
  startedBy: z.string(),
  startedAt: Timestamp,
  finishedAt: Timestamp.nullable(),
});
export type CheckRun = z.infer<typeof CheckRun>;

export const checkAllIntegrations = defineOperation({
  name: 'checkAllIntegrations',
  procedure: 'health.checkAllIntegrations',
  kind: 'mutation',
  tag,
  summary: 'Check all connected integrations now',
  description:
    'The checks run in the background and survive a restart. While one such run is under way it is answered instead of a new one.',
  permission: 'integration.write',
  input: z.object({}),
  output: CheckRun,
  rest: [{ method: 'POST', path: '/api/v1/check-runs', status: 202 }],
});

export const getCheckRun = defineOperation({
  name: 'getCheckRun',
  procedure: 'health.getCheckRun',
  kind: 'query',
  tag,
  summary: 'How far a check of all integrations is',
  permission: 'integration.read',
  input: z.object({ id: z.union([Id, z.literal('latest')]) }),
  output: z.object({ run: CheckRun.nullable().describe('Null: `latest`, and there was none yet.') }),
  rest: [{ method: 'GET', path: '/api/v1/check-runs/{id}' }],
});

export const setUptimeTarget = defineOperation({
  name: 'setUptimeTarget',
  procedure: 'health.setUptimeTarget',
  kind: 'mutation',
  tag,
  summary: 'Change the uptime that is wanted of an integration',
  permission: 'integration.write',
  input: z.object({ id: Id, percent: UptimeTarget }),
  output: z.object({ target: UptimeTarget }),
  rest: [{ method: 'PUT', path: '/api/v1/integrations/{id}/uptime-target' }],
});

/** The steps of the troubleshooter in their order; a check has those that its protocol has. */
export const TroubleshootStep = z.object({
  key: z.string(),
  label: z.string(),
  status: z.enum(['running', 'ok', 'warning', 'failed', 'skipped']),
  detail: z.string(),
  durationMs: z.number().nullable(),
});
export type TroubleshootStep = z.infer<typeof TroubleshootStep>;

export const TroubleshootDiagnosis = z.object({
  ok: z.boolean(),
  failedStep: z.string().nullable(),
  title: z.string(),
  meaning: z.string().describe('What the first failed step means, in plain words.'),
  fix: z.string(),
  actions: z.array(SuggestedAction).describe('The most promising first.'),
  durationMs: z.number(),
});
export type TroubleshootDiagnosis = z.infer<typeof TroubleshootDiagnosis>;

/** One line of the troubleshooter's answer: a step each time it changes, the diagnosis at the end, or why there is none. */
export const TroubleshootMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step'), step: TroubleshootStep }),
  z.object({ type: z.literal('diagnosis'), diagnosis: TroubleshootDiagnosis }),
  z.object({ type: z.literal('failed'), detail: z.string() }),
]);
export type TroubleshootMessage = z.infer<typeof TroubleshootMessage>;

/** Answered as a stream of JSON lines by its own address, and as a whole everywhere else. */
export const troubleshootIntegration = defineOperation({
  name: 'troubleshootIntegration',
  procedure: 'health.troubleshootIntegration',
  kind: 'mutation',
  tag,
  summary: 'Find out for real why an integration does not work',
  description:
    'Runs DNS, TCP, TLS, authentication, permission, rate limit and the provider’s status page. `POST /api/v1/integrations/{id}/troubleshoot/stream` answers the same step by step, one JSON object a line; `?part=network` there is `part` here.',
  permission: 'integration.write',
  input: z.object({
    id: Id,
    part: z
      .enum(['all', 'network'])
      .optional()
      .describe('`network`: DNS, TCP and TLS only; nothing is sent, and the state stays as it is.'),
  }),
  output: z.object({ steps: z.array(TroubleshootStep), diagnosis: TroubleshootDiagnosis }),
  rest: [{ method: 'POST', path: '/api/v1/integrations/{id}/troubleshoot' }],
});
