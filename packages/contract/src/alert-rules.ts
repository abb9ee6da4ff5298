import { z } from 'zod';

/** How bad it is: `critical` does not mend itself or has lasted too long; `warning` needs a look; `info` can wait. */
export const alertSeverities = ['critical', 'warning', 'info'] as const;
export const AlertSeverity = z.enum(alertSeverities);
export type AlertSeverity = z.infer<typeof AlertSeverity>;

/** What the number of a rule counts. */
export type ThresholdUnit = 'milliseconds' | 'minutes' | 'days' | 'failures' | 'deadLetters' | 'webhooks';

interface RuleDefaults {
  severity: AlertSeverity;
  threshold: { value: number; min: number; max: number; unit: ThresholdUnit } | null;
}

const rules = {
  integration_failing: { severity: 'warning', threshold: null },
  integration_down: { severity: 'critical', threshold: { value: 15, min: 1, max: 1_440, unit: 'minutes' } },
  reauthentication_required: { severity: 'critical', threshold: null },
  slow_responses: {
    severity: 'warning',
    threshold: { value: 3_000, min: 100, max: 60_000, unit: 'milliseconds' },
  },
  token_expiring: { severity: 'warning', threshold: { value: 7, min: 1, max: 90, unit: 'days' } },
  credentials_old: { severity: 'info', threshold: { value: 90, min: 7, max: 730, unit: 'days' } },
  webhook_failing: { severity: 'warning', threshold: { value: 5, min: 1, max: 1_000, unit: 'failures' } },
  webhook_disabled: { severity: 'critical', threshold: null },
  dead_letters: { severity: 'warning', threshold: { value: 1, min: 1, max: 100_000, unit: 'deadLetters' } },
  automation_dead_letters: {
    severity: 'warning',
    threshold: { value: 1, min: 1, max: 100_000, unit: 'deadLetters' },
  },
  inbound_refused: { severity: 'critical', threshold: { value: 10, min: 1, max: 1_000, unit: 'failures' } },
  inbound_failed: { severity: 'warning', threshold: { value: 1, min: 1, max: 100_000, unit: 'webhooks' } },
  failover: { severity: 'warning', threshold: null },
  email_waiting: { severity: 'critical', threshold: null },
  files_kept: { severity: 'warning', threshold: null },
  files_not_copied: { severity: 'warning', threshold: null },
  jobs_by_hand: { severity: 'warning', threshold: null },
  throttled: { severity: 'info', threshold: { value: 30, min: 1, max: 1_440, unit: 'minutes' } },
  sso_domain_unproved: { severity: 'warning', threshold: null },
  audit_log_broken: { severity: 'critical', threshold: null },
  channel_failing: { severity: 'critical', threshold: { value: 3, min: 1, max: 20, unit: 'failures' } },
} as const satisfies Record<string, RuleDefaults>;

/**
 * The rules of HEALTH-4 and what they are until an organization changes them. `integration_down` escalates the alert of
 * an integration that has not worked for so long; `throttled` is over when nothing was throttled for so long.
 */
export const alertRuleDefaults: Record<AlertRuleKey, RuleDefaults> = rules;

export type AlertRuleKey = keyof typeof rules;
export const alertRuleKeys = Object.keys(rules) as [AlertRuleKey, ...AlertRuleKey[]];
export const AlertRuleKey = z.enum(alertRuleKeys);
