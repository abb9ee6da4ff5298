import { z } from 'zod';
import { Empty, Id, PageInput, Timestamp, pageOf } from './common.ts';
import { IntegrationStatus } from './integrations.ts';
import { defineOperation } from './operation.ts';

const tag = 'Verification';

/** Months after which a finished report goes. */
export const verificationMonths = 24;

/** What was found of an integration: `skipped` is switched off or was never connected. */
export const verificationOutcomes = ['failed', 'warning', 'ok', 'skipped'] as const;
export type VerificationOutcome = (typeof verificationOutcomes)[number];

export const VerificationFinding = z.object({
  key: z.enum(['check', 'restricted', 'uptime', 'credentials', 'expiry', 'pending', 'disabled']),
  severity: z.enum(['failed', 'warning', 'note']),
  text: z.string().meta({ example: 'The credentials are 131 days old; replace them every 90 days.' }),
});
export type VerificationFinding = z.infer<typeof VerificationFinding>;

export const VerificationItem = z.object({
  integrationId: Id,
  name: z.string(),
  provider: z.object({ slug: z.string(), name: z.string() }),
  account: z.string().nullable(),
  status: IntegrationStatus,
  outcome: z.enum(verificationOutcomes),
  findings: z.array(VerificationFinding).describe('The worst first; empty when all is well.'),
  uptimePercent: z.number().nullable().describe('Of the last 30 days when it was on.'),
  uptimeTarget: z.number(),
  credentialsAgeDays: z.number().int().nullable(),
  checkedAt: Timestamp.nullable(),
});
export type VerificationItem = z.infer<typeof VerificationItem>;

export const Verification = z.object({
  id: Id,
  state: z.enum(['running', 'finished']),
  scheduled: z.boolean().describe('The one of its month; else a person or a program began it.'),
  startedBy: z.string(),
  startedAt: Timestamp,
  finishedAt: Timestamp.nullable(),
  progress: z.object({ total: z.number().int(), done: z.number().int() }),
  counts: z
    .object({
      failed: z.number().int(),
      warning: z.number().int(),
      ok: z.number().int(),
      skipped: z.number().int(),
    })
    .nullable()
    .describe('Null while it runs.'),
});
export type Verification = z.infer<typeof Verification>;

export const VerificationReport = Verification.extend({
  items: z.array(VerificationItem).describe('The worst first; empty while it runs.'),
});
export type VerificationReport = z.infer<typeof VerificationReport>;

export const VerificationSettings = z.object({
  enabled: z.boolean().describe('Whether it begins by itself, once a month.'),
  day: z.number().int().min(1).max(28).describe('Day of the month, UTC.'),
});
export type VerificationSettings = z.infer<typeof VerificationSettings>;

export const listVerifications = defineOperation({
  name: 'listVerifications',
  procedure: 'verification.listVerifications',
  kind: 'query',
  tag,
  summary: 'Verification runs, newest first',
  permission: 'integration.read',
  input: PageInput,
  output: pageOf(Verification),
  rest: [{ method: 'GET', path: '/api/v1/verifications' }],
});

export const getVerification = defineOperation({
  name: 'getVerification',
  procedure: 'verification.getVerification',
  kind: 'query',
  tag,
  summary: 'The report of a verification run',
  permission: 'integration.read',
  input: z.object({ id: Id }),
  output: VerificationReport,
  rest: [{ method: 'GET', path: '/api/v1/verifications/{id}' }],
});

export const startVerification = defineOperation({
  name: 'startVerification',
  procedure: 'verification.startVerification',
  kind: 'mutation',
  tag,
  summary: 'Verify all integrations now',
  description:
    'Every connected integration is checked for real; the report also looks at uptime, age of credentials and what was never finished. While a run is under way it is answered instead of a new one.',
  permission: 'integration.write',
  input: Empty,
  output: Verification,
  rest: [{ method: 'POST', path: '/api/v1/verifications', status: 202 }],
});

export const downloadVerification = defineOperation({
  name: 'downloadVerification',
  procedure: 'verification.downloadVerification',
  kind: 'query',
  tag,
  summary: 'The report as a CSV file that one can send',
  permission: 'integration.read',
  input: z.object({ id: Id }),
  output: z.object({
    name: z.string().meta({ example: 'verification-2026-11-01.csv' }),
    contentType: z.literal('text/csv'),
    content: z.string(),
  }),
  rest: [{ method: 'GET', path: '/api/v1/verifications/{id}/csv' }],
});

export const getVerificationSettings = defineOperation({
  name: 'getVerificationSettings',
  procedure: 'verification.getVerificationSettings',
  kind: 'query',
  tag,
  summary: 'When integrations are verified by themselves',
  permission: 'integration.read',
  input: Empty,
  output: VerificationSettings,
  rest: [{ method: 'GET', path: '/api/v1/verification-settings' }],
});

export const updateVerificationSettings = defineOperation({
  name: 'updateVerificationSettings',
  procedure: 'verification.updateVerificationSettings',
  kind: 'mutation',
  tag,
  summary: 'Change when integrations are verified by themselves',
  permission: 'verification.settings',
  input: VerificationSettings,
  output: VerificationSettings,
  rest: [{ method: 'PUT', path: '/api/v1/verification-settings' }],
});
