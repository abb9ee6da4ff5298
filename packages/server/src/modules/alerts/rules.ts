import { alertRuleDefaults } from '@trunkline/contract/alert-rules';
import type { AlertRuleKey, AlertSeverity } from '@trunkline/contract/alert-rules';
import type { AlertRule } from '@trunkline/contract/alert-settings';
import type { AlertAction, AlertSubject } from '@trunkline/contract/alerts';
import type { Fault } from '@trunkline/contract/faults';
import { fieldError } from '../../errors.ts';

/** A matter that comes back within this time is the same alert again, not a new one. */
export const sameAgainMs = 15 * 60_000;

/** A rule of an organization: its own row, or the defaults. */
export function ruleOf(rule: AlertRuleKey, row: Partial<AlertRule> | undefined): AlertRule {
  const { severity, threshold } = alertRuleDefaults[rule];
  return {
    rule,
    enabled: row?.enabled ?? true,
    severity: row?.severity ?? severity,
    threshold: threshold === null ? null : (row?.threshold ?? threshold.value),
    channels: row?.channels ?? null,
  };
}

/** @throws AppError `invalid_input` for a number that the rule has not, or that is out of bounds */
export function requireGoodThreshold(rule: AlertRuleKey, threshold: number): void {
  const bounds = alertRuleDefaults[rule].threshold;
  if (bounds === null) throw fieldError('invalid_input', '/threshold', 'This rule has no number.');
  if (threshold < bounds.min || threshold > bounds.max) {
    throw fieldError('invalid_input', '/threshold', `A whole number from ${bounds.min} to ${bounds.max}.`);
  }
}

const ranks: Record<AlertSeverity, number> = { critical: 0, warning: 1, info: 2 };

/** The worse of two. */
export function worse(a: AlertSeverity, b: AlertSeverity): AlertSeverity {
  return ranks[a] <= ranks[b] ? a : b;
}

export interface RoutedChannel {
  id: string;
  enabled: boolean;
  severities: readonly AlertSeverity[];
}

/**
 * Who is told of an alert: the channels that its rule names, or else those that take its severity. Never the channel that
 * the alert is about.
 */
export function channelsFor<Channel extends RoutedChannel>(
  channels: readonly Channel[],
  rule: Pick<AlertRule, 'channels'>,
  severity: AlertSeverity,
  subjectId: string,
): Channel[] {
  return channels.filter(
    (channel) =>
      channel.enabled &&
      channel.id !== subjectId &&
      (rule.channels === null ? channel.severities.includes(severity) : rule.channels.includes(channel.id)),
  );
}

/** Alerts with the same one are told in one breath: a rule at a provider, or at the host of an endpoint. */
export function groupOf(rule: AlertRuleKey, topic: string): string {
  const host = URL.canParse(topic) ? new URL(topic).host : topic;
  return `${rule}:${host}`;
}

/** The acts that help, the best first; at most three. */
export function actionsFor(
  rule: AlertRuleKey,
  subject: Pick<AlertSubject, 'type' | 'id'>,
  fault: Fault | null,
  byConsent: boolean,
): AlertAction[] {
  const { id } = subject;
  const page = `/integrations/${id}`;
  const logs: AlertAction = { key: 'view_logs', href: `/logs?integration=${id}` };
  const troubleshoot: AlertAction = { key: 'troubleshoot', href: `${page}?tab=health&troubleshoot=true` };
  const renew: AlertAction = byConsent
    ? { key: 'reconnect', href: `${page}?reconnect=true` }
    : { key: 'update_credentials', href: `${page}?tab=credentials&edit=true` };
  switch (rule) {
    case 'integration_failing':
    case 'integration_down':
      return fault === 'down' || fault === 'ambiguous' || fault === 'unknown'
        ? [troubleshoot, logs, renew]
        : [renew, troubleshoot, logs];
    case 'reauthentication_required':
      return [renew, logs];
    case 'token_expiring':
      return [{ key: 'reconnect', href: `${page}?reconnect=true` }];
    case 'credentials_old':
      return [{ key: 'update_credentials', href: `${page}?tab=credentials&edit=true` }];
    case 'slow_responses':
      return [troubleshoot, logs];
    case 'failover':
      return [{ key: 'open_failover', href: `${page}?tab=failover` }, troubleshoot];
    case 'files_not_copied':
      return [{ key: 'open_failover', href: `${page}?tab=failover` }, logs];
    case 'email_waiting':
    case 'files_kept':
      return [
        { key: 'open_chains', href: '/failover' },
        { key: 'view_waiting', href: '/actions?view=last_resort' },
      ];
    case 'jobs_by_hand':
      return [
        { key: 'view_waiting', href: '/actions?view=last_resort' },
        { key: 'open_chains', href: '/failover' },
      ];
    case 'throttled':
      return [{ key: 'change_limits', href: `${page}?tab=settings` }, logs];
    case 'webhook_failing':
    case 'webhook_disabled':
      return [{ key: 'open_webhook', href: `/webhooks/${id}` }];
    case 'dead_letters':
      return [
        { key: 'retry_dead_letters', href: `/dead-letters?webhookId=${id}` },
        { key: 'open_webhook', href: `/webhooks/${id}` },
      ];
    case 'automation_dead_letters':
      return [
        { key: 'retry_dead_letters', href: `/automations?tab=runs&status=dead_lettered&automation=${id}` },
        { key: 'open_automation', href: `/automations/${id}` },
      ];
    case 'inbound_refused':
      return [{ key: 'open_source', href: `/inbound/${id}` }];
    case 'inbound_failed':
      return [
        { key: 'process_again', href: `/inbound?tab=received&source=${id}&state=failed` },
        { key: 'open_source', href: `/inbound/${id}` },
      ];
    case 'sso_domain_unproved':
      return [{ key: 'open_members', href: '/members' }];
    case 'audit_log_broken':
      return [{ key: 'open_audit', href: '/audit' }];
    case 'channel_failing':
      return [{ key: 'open_channels', href: '/alerts/settings' }];
  }
}
