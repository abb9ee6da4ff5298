import { z } from 'zod';
import { AlertRuleKey, AlertSeverity } from './alert-rules.ts';
import { Done, Empty, Id, PageInput, Timestamp, pageOf } from './common.ts';
import { defineOperation } from './operation.ts';
import { roles } from './permissions.ts';

const tag = 'Alerts';

export const AlertRule = z.object({
  rule: AlertRuleKey,
  enabled: z.boolean(),
  severity: AlertSeverity,
  threshold: z.number().int().nullable().describe('Null: the rule has none.'),
  channels: z
    .array(Id)
    .nullable()
    .describe('Who is told; null: every channel that takes alerts of this severity.'),
});
export type AlertRule = z.infer<typeof AlertRule>;

export const listAlertRules = defineOperation({
  name: 'listAlertRules',
  procedure: 'alerts.listAlertRules',
  kind: 'query',
  tag,
  summary: 'What the organization is alerted of',
  permission: 'alert.read',
  input: Empty,
  output: z.object({ data: z.array(AlertRule) }),
  rest: [{ method: 'GET', path: '/api/v1/alert-rules' }],
});

export const updateAlertRule = defineOperation({
  name: 'updateAlertRule',
  procedure: 'alerts.updateAlertRule',
  kind: 'mutation',
  tag,
  summary: 'Switch a rule on or off, or change its severity, its number or who is told',
  description: 'It holds for what is found from now on; switched off, its open alerts are resolved.',
  permission: 'alert.settings',
  input: z.object({
    rule: AlertRuleKey,
    enabled: z.boolean().optional(),
    severity: AlertSeverity.optional(),
    threshold: z.coerce.number().int().optional(),
    channels: z.array(Id).max(50).nullable().optional(),
  }),
  output: AlertRule,
  rest: [{ method: 'PATCH', path: '/api/v1/alert-rules/{rule}' }],
});

const Name = z.string().trim().min(1).max(100);

/** Where messages of a channel go. The address of a Slack webhook is a secret and is never given back. */
export const AlertChannelTarget = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('email'),
    addresses: z.array(z.email().max(254)).max(50).default([]),
    roles: z
      .array(z.enum(roles))
      .max(3)
      .default([])
      .describe('All members of these roles, as they are then.'),
  }),
  z.object({
    kind: z.literal('slack'),
    integrationId: Id.describe('A connected Slack integration.'),
    channel: z.string().trim().min(1).max(100).meta({ example: '#ops' }),
  }),
  z.object({
    kind: z.literal('slack_webhook'),
    url: z.string().trim().max(2_048).optional().describe('Incoming webhook; left out of a change it stays.'),
  }),
  z.object({ kind: z.literal('webhook'), url: z.string().trim().min(1).max(2_048) }),
]);
export type AlertChannelTarget = z.infer<typeof AlertChannelTarget>;

export const AlertChannel = z.object({
  id: Id,
  name: z.string(),
  target: AlertChannelTarget,
  enabled: z.boolean(),
  severities: z.array(AlertSeverity).describe('Which alerts it takes where a rule names no channels.'),
  last: z
    .object({ at: Timestamp, ok: z.boolean(), detail: z.string() })
    .nullable()
    .describe('What became of the last message, in the words of the other side where it had some.'),
});
export type AlertChannel = z.infer<typeof AlertChannel>;

export const listAlertChannels = defineOperation({
  name: 'listAlertChannels',
  procedure: 'alerts.listAlertChannels',
  kind: 'query',
  tag,
  summary: 'Where alerts are sent',
  permission: 'alert.read',
  input: Empty,
  output: z.object({
    data: z.array(AlertChannel),
    instanceMail: z.boolean().describe('The installation has a mail server of its own for alerts.'),
  }),
  rest: [{ method: 'GET', path: '/api/v1/alert-channels' }],
});

const channelFields = {
  name: Name,
  target: AlertChannelTarget,
  enabled: z.boolean(),
  severities: z.array(AlertSeverity).min(1).max(3),
};

export const createAlertChannel = defineOperation({
  name: 'createAlertChannel',
  procedure: 'alerts.createAlertChannel',
  kind: 'mutation',
  tag,
  summary: 'Add a channel',
  description: 'For a webhook, its signing secret is in this answer and nowhere else.',
  permission: 'alert.settings',
  input: z.object({
    ...channelFields,
    enabled: channelFields.enabled.default(true),
    severities: channelFields.severities.default(['critical', 'warning']),
  }),
  output: AlertChannel.extend({ secret: z.string().nullable().meta({ example: 'whsec_…' }) }),
  rest: [{ method: 'POST', path: '/api/v1/alert-channels', status: 201 }],
});

export const updateAlertChannel = defineOperation({
  name: 'updateAlertChannel',
  procedure: 'alerts.updateAlertChannel',
  kind: 'mutation',
  tag,
  summary: 'Change a channel; its kind stays',
  permission: 'alert.settings',
  input: z.object({ id: Id, ...z.object(channelFields).partial().shape }),
  output: AlertChannel,
  rest: [{ method: 'PATCH', path: '/api/v1/alert-channels/{id}' }],
});

export const deleteAlertChannel = defineOperation({
  name: 'deleteAlertChannel',
  procedure: 'alerts.deleteAlertChannel',
  kind: 'mutation',
  tag,
  summary: 'Remove a channel; what was sent through it stays listed',
  permission: 'alert.settings',
  input: z.object({ id: Id }),
  output: Done,
  rest: [{ method: 'DELETE', path: '/api/v1/alert-channels/{id}', status: 204 }],
});

export const testAlertChannel = defineOperation({
  name: 'testAlertChannel',
  procedure: 'alerts.testAlertChannel',
  kind: 'mutation',
  tag,
  summary: 'Send a test message now and say what became of it',
  permission: 'alert.settings',
  input: z.object({ id: Id }),
  output: z.object({ ok: z.boolean(), detail: z.string() }),
  rest: [{ method: 'POST', path: '/api/v1/alert-channels/{id}/test' }],
});

const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time such as 22:00')
  .meta({ example: '22:00' });

/** When messages wait: from `from` to `to`, past midnight when `to` is earlier, on nights that begin on these days. */
export const QuietHours = z.object({
  enabled: z.boolean(),
  from: TimeOfDay,
  to: TimeOfDay,
  days: z.array(z.number().int().min(0).max(6)).max(7).describe('0 = Sunday.'),
  timeZone: z.string().max(60).meta({ example: 'Europe/Berlin' }),
  criticalPasses: z.boolean().describe('Critical alerts are sent at any time.'),
});
export type QuietHours = z.infer<typeof QuietHours>;
export const defaultQuietHours: QuietHours = {
  enabled: false,
  from: '22:00',
  to: '07:00',
  days: [0, 1, 2, 3, 4, 5, 6],
  timeZone: 'UTC',
  criticalPasses: true,
};

export const getQuietHours = defineOperation({
  name: 'getQuietHours',
  procedure: 'alerts.getQuietHours',
  kind: 'query',
  tag,
  summary: 'When only critical alerts are sent',
  permission: 'alert.read',
  input: Empty,
  output: QuietHours,
  rest: [{ method: 'GET', path: '/api/v1/alert-quiet-hours' }],
});

export const updateQuietHours = defineOperation({
  name: 'updateQuietHours',
  procedure: 'alerts.updateQuietHours',
  kind: 'mutation',
  tag,
  summary: 'Change the quiet hours; what waited is sent in one message when they end',
  permission: 'alert.settings',
  input: QuietHours,
  output: QuietHours,
  rest: [{ method: 'PUT', path: '/api/v1/alert-quiet-hours' }],
});

/** A message to one channel; it may tell of many alerts. */
export const AlertNotification = z.object({
  id: Id.describe('Also the id of the message at the other side, the same on every try.'),
  channelId: Id,
  channelName: z.string(),
  channelKind: z.enum(['email', 'slack', 'slack_webhook', 'webhook']),
  title: z.string(),
  alerts: z.number().int().describe('How many alerts it tells of.'),
  recipients: z.array(z.string()).describe('Whom it went to, once it was sent.'),
  state: z.enum(['waiting', 'sent', 'failed']).describe('`failed`: given up after the last try.'),
  attempts: z.number().int(),
  createdAt: Timestamp,
  nextAttemptAt: Timestamp.nullable(),
  sentAt: Timestamp.nullable(),
  detail: z.string().nullable().describe('The answer of the other side, or why it was not sent.'),
});
export type AlertNotification = z.infer<typeof AlertNotification>;

export const listNotifications = defineOperation({
  name: 'listNotifications',
  procedure: 'alerts.listNotifications',
  kind: 'query',
  tag,
  summary: 'What was sent to whom, with the result, newest first',
  permission: 'alert.read',
  input: PageInput.extend({ alertId: Id.optional(), channelId: Id.optional() }),
  output: pageOf(AlertNotification),
  rest: [{ method: 'GET', path: '/api/v1/alert-notifications' }],
});
