import { z } from 'zod';
import { AlertRuleKey, AlertSeverity } from './alert-rules.ts';
import { Id, PageInput, Timestamp } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Alerts';

export const AlertState = z.enum(['open', 'acknowledged', 'resolved']);
export type AlertState = z.infer<typeof AlertState>;

export const AlertSubject = z.object({
  type: z.enum([
    'integration',
    'webhook',
    'inbound_source',
    'automation',
    'alert_channel',
    'audit_log',
    'capability',
    'sso_domain',
  ]),
  id: Id,
  name: z.string(),
});
export type AlertSubject = z.infer<typeof AlertSubject>;

/** The one or two acts that help, the best first. */
export const AlertAction = z.object({
  key: z.enum([
    'view_logs',
    'reconnect',
    'troubleshoot',
    'update_credentials',
    'change_limits',
    'open_webhook',
    'open_automation',
    'open_source',
    'process_again',
    'retry_dead_letters',
    'open_failover',
    'open_chains',
    'view_waiting',
    'open_channels',
    'open_audit',
    'open_members',
  ]),
  href: z.string().describe('Address in the application.').meta({ example: '/integrations/0190…' }),
});
export type AlertAction = z.infer<typeof AlertAction>;

export const Alert = z.object({
  id: Id,
  rule: AlertRuleKey,
  severity: AlertSeverity,
  subject: AlertSubject,
  title: z.string().meta({ example: 'Company email does not work' }),
  cause: z.string().describe('The likely cause, in plain words.'),
  impact: z.string().describe('What that means, in plain words.'),
  startedAt: Timestamp.describe('When the fact began, as far as it is known.'),
  count: z.number().int().describe('How often it occurred since the alert was opened.'),
  lastSeenAt: Timestamp,
  state: AlertState,
  escalatedAt: Timestamp.nullable(),
  acknowledgedAt: Timestamp.nullable(),
  acknowledgedBy: z.string().nullable(),
  snoozedUntil: Timestamp.nullable().describe('Until then nobody is told of it again.'),
  resolvedAt: Timestamp.nullable(),
  resolvedBy: z.string().nullable().describe('Null when the fact itself was over.'),
  group: z.string().describe('Alerts of the same rule at the same provider or host have the same one.'),
  actions: z.array(AlertAction),
});
export type Alert = z.infer<typeof Alert>;

export const AlertTimelineEntry = z.object({
  id: Id,
  at: Timestamp,
  kind: z.enum(['opened', 'again', 'reopened', 'escalated', 'acknowledged', 'snoozed', 'resolved', 'told']),
  text: z.string(),
  by: z.string().nullable().describe('Null: the product itself.'),
});
export type AlertTimelineEntry = z.infer<typeof AlertTimelineEntry>;

export const AlertCounts = z.object({
  open: z.number().int().describe('Snoozed ones included.'),
  acknowledged: z.number().int(),
  resolved: z.number().int().describe('Resolved ones are kept for 90 days.'),
  snoozed: z.number().int().describe('Of the open ones.'),
  critical: z.number().int().describe('Of the open ones that are not snoozed.'),
});

export const listAlerts = defineOperation({
  name: 'listAlerts',
  procedure: 'alerts.listAlerts',
  kind: 'query',
  tag,
  summary: 'Alerts, the worst and then the latest first, with exact counts',
  description: '`counts` are of all alerts of the organization, whatever the filters say.',
  permission: 'alert.read',
  input: PageInput.extend({
    state: AlertState.optional(),
    severity: AlertSeverity.optional(),
    subjectId: Id.optional().describe(
      'An integration, a webhook, a source of inbound webhooks or an automation.',
    ),
    snoozed: z.enum(['include', 'leave_out']).default('include'),
  }),
  output: z.object({
    data: z.array(Alert),
    nextCursor: z.string().nullable(),
    counts: AlertCounts,
  }),
  rest: [{ method: 'GET', path: '/api/v1/alerts' }],
});

export const getAlert = defineOperation({
  name: 'getAlert',
  procedure: 'alerts.getAlert',
  kind: 'query',
  tag,
  summary: 'An alert with what happened to it',
  permission: 'alert.read',
  input: z.object({ id: Id }),
  output: Alert.extend({ timeline: z.array(AlertTimelineEntry).describe('Oldest first, the last 200.') }),
  rest: [{ method: 'GET', path: '/api/v1/alerts/{id}' }],
});

const ids = z.array(Id).min(1).max(1_000);
const Changed = z.object({
  changed: z.number().int().describe('Those that already were so are not among them.'),
});

export const acknowledgeAlert = defineOperation({
  name: 'acknowledgeAlert',
  procedure: 'alerts.acknowledgeAlert',
  kind: 'mutation',
  tag,
  summary: 'Say that somebody looks after alerts; nobody is reminded of them any more',
  permission: 'alert.write',
  input: z.object({ ids }),
  output: Changed,
  rest: [{ method: 'POST', path: '/api/v1/alerts/acknowledge' }],
});

export const snoozeAlert = defineOperation({
  name: 'snoozeAlert',
  procedure: 'alerts.snoozeAlert',
  kind: 'mutation',
  tag,
  summary: 'Tell nobody of alerts for a while; what is still open then is told again',
  permission: 'alert.write',
  input: z.object({
    ids,
    minutes: z.coerce.number().int().min(0).max(43_200).describe('0 ends the snooze.'),
    scope: z
      .enum(['alert', 'subject'])
      .default('alert')
      .describe('`subject`: also every other alert about the same integration or webhook.'),
  }),
  output: Changed,
  rest: [{ method: 'POST', path: '/api/v1/alerts/snooze' }],
});

export const resolveAlert = defineOperation({
  name: 'resolveAlert',
  procedure: 'alerts.resolveAlert',
  kind: 'mutation',
  tag,
  summary: 'Close alerts by hand; the same occurrence opens no new one',
  permission: 'alert.write',
  input: z.object({ ids }),
  output: Changed,
  rest: [{ method: 'POST', path: '/api/v1/alerts/resolve' }],
});
