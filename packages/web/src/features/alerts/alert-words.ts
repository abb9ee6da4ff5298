import type { AlertRuleKey, AlertSeverity, ThresholdUnit } from '@trunkline/contract/alert-rules';
import type { AlertChannel, AlertRule } from '@trunkline/contract/alert-settings';
import type { Alert, AlertAction, AlertState } from '@trunkline/contract/alerts';
import type { Tone } from '../../components/StatusBadge.tsx';

export const severityWords: Record<AlertSeverity, string> = {
  critical: 'Critical',
  warning: 'Warning',
  info: 'Note',
};

export const severityTones: Record<AlertSeverity, Tone> = {
  critical: 'error',
  warning: 'degraded',
  info: 'syncing',
};

export const stateWords: Record<AlertState, string> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
};

/** The words of the buttons that help. */
export const actionWords: Record<AlertAction['key'], string> = {
  view_logs: 'View logs',
  reconnect: 'Reconnect',
  troubleshoot: 'Troubleshoot',
  update_credentials: 'Update credentials',
  change_limits: 'Change limits',
  open_webhook: 'Open webhook',
  open_automation: 'Open automation',
  open_source: 'Open source',
  process_again: 'Process again',
  retry_dead_letters: 'Retry dead letters',
  open_failover: 'Open failover',
  open_chains: 'Open failover',
  view_waiting: 'See what waits',
  open_channels: 'Check the channel',
  open_audit: 'Open audit log',
  open_members: 'Open members',
};

/** A rule as a sentence around its number: before it, and after it. */
export const ruleSentences: Record<AlertRuleKey, { name: string; before: string; after?: string }> = {
  integration_failing: { name: 'Integration fails', before: 'Tell me when an integration stops working.' },
  integration_down: {
    name: 'Integration stays down',
    before: 'Raise the alert when it has not worked for',
    after: 'minutes.',
  },
  reauthentication_required: {
    name: 'Has to be connected again',
    before: 'Tell me when a provider no longer accepts the stored authorization.',
  },
  slow_responses: {
    name: 'Slow responses',
    before: 'Tell me when a check takes longer than',
    after: 'milliseconds.',
  },
  token_expiring: {
    name: 'Authorization expires',
    before: 'Tell me when a token that cannot renew itself expires within',
    after: 'days.',
  },
  credentials_old: {
    name: 'Old credentials',
    before: 'Remind me when credentials are older than',
    after: 'days.',
  },
  webhook_failing: {
    name: 'Webhook fails',
    before: 'Tell me when attempts to a webhook fail in a row, at least',
    after: 'of them.',
  },
  webhook_disabled: {
    name: 'Webhook switched off',
    before: 'Tell me when a webhook was switched off because it failed for days or is gone.',
  },
  dead_letters: {
    name: 'Dead letters',
    before: 'Tell me when a webhook has dead letters, at least',
    after: 'of them.',
  },
  automation_dead_letters: {
    name: 'Dead letters of automations',
    before: 'Tell me when runs of an automation were given up, at least',
    after: 'of them.',
  },
  inbound_refused: {
    name: 'Inbound webhooks refused',
    before: 'Tell me when webhooks that come in are refused in a row, such as after a new key, at least',
    after: 'of them.',
  },
  inbound_failed: {
    name: 'Inbound webhooks not processed',
    before: 'Tell me when webhooks that came in were given up, at least',
    after: 'of them.',
  },
  failover: { name: 'Failover', before: 'Tell me when calls go through a backup.' },
  email_waiting: {
    name: 'Email waits',
    before: 'Tell me when email waits because no provider answers.',
  },
  files_kept: {
    name: 'Files kept here',
    before: 'Tell me when files are kept here because no store answers.',
  },
  files_not_copied: {
    name: 'Files not copied back',
    before: 'Tell me when files that a backup took were given up and not copied to the primary.',
  },
  jobs_by_hand: {
    name: 'Jobs to do by hand',
    before: 'Tell me when a job has to be posted or closed by hand because no board answers.',
  },
  throttled: {
    name: 'Throttling',
    before: 'Tell me when a limit on calls is reached; it is over when nothing was throttled for',
    after: 'minutes.',
  },
  sso_domain_unproved: {
    name: 'Domain is not proved any more',
    before: 'Tell me when the record that proves a domain for single sign-on is gone.',
  },
  audit_log_broken: {
    name: 'Audit log does not fit',
    before: 'Tell me when a check finds that the audit log was tampered with or is damaged.',
  },
  channel_failing: {
    name: 'Channel fails',
    before: 'Tell the other channels when messages to one of them fail in a row, at least',
    after: 'of them.',
  },
};

/** What the field of a number is called for those who do not see the sentence. */
export const unitWords: Record<ThresholdUnit, string> = {
  milliseconds: 'milliseconds',
  minutes: 'minutes',
  days: 'days',
  failures: 'failures in a row',
  deadLetters: 'dead letters',
  webhooks: 'webhooks',
};

export const channelKindWords: Record<AlertChannel['target']['kind'], string> = {
  email: 'Email',
  slack: 'Slack, through an integration',
  slack_webhook: 'Slack, incoming webhook',
  webhook: 'Webhook',
};

/** Whom a rule tells that has no channel of its own to show; empty where it has, and until the channels are known. */
export function routingText(
  { channels: named, severity }: Pick<AlertRule, 'channels' | 'severity'>,
  channels: readonly Pick<AlertChannel, 'name' | 'enabled' | 'severities'>[] | undefined,
): string {
  if (channels === undefined || (named !== null && named.length > 0)) return '';
  if (named !== null) return 'On screen only';
  const told = channels.filter(({ enabled, severities }) => enabled && severities.includes(severity));
  if (told.length === 0) return 'By severity: on screen only';
  return `By severity: ${told.length === 1 ? told[0]!.name : `${told.length} channels`}`;
}

/** Alerts that belong together, the first of them in front. */
export interface AlertGroup {
  first: Alert;
  /** The others of the kind, in their order; empty when the alert stands for itself. */
  rest: Alert[];
}

/** Puts alerts of one rule at one provider together when there are more than three of them; keeps the order. */
export function groupAlerts(alerts: readonly Alert[]): AlertGroup[] {
  const groups = new Map<string, Alert[]>();
  for (const alert of alerts) groups.set(alert.group, [...(groups.get(alert.group) ?? []), alert]);
  return alerts.flatMap((alert) => {
    const [first, ...rest] = groups.get(alert.group) ?? [];
    if (rest.length < 3) return [{ first: alert, rest: [] }];
    return alert === first ? [{ first, rest }] : [];
  });
}

/** `12 min`, `3 h`, `2 days`: how long something lasts. */
export function lastingText(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) return 'under a minute';
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** The times of day and week that quiet hours name. */
export const weekdays = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;
