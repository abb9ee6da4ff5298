import type { AuditAction, AuditRecord } from '@trunkline/contract/audit';
import { auditActions } from '@trunkline/contract/audit';
import { formatAbsolute } from '../../lib/format.ts';
import { roleNames } from '../../lib/session.ts';

const actionWords: Record<AuditAction, string> = {
  'organization.created': 'Organization created',
  'member.signed_in': 'Signed in',
  'member.signed_out': 'Signed out',
  'member.reauthenticated': 'Confirmed their identity',
  'member.invited': 'Member invited',
  'member.invitation_resent': 'Invitation sent again',
  'member.invitation_revoked': 'Invitation revoked',
  'member.joined': 'Member joined',
  'member.role_changed': 'Role changed',
  'member.removed': 'Member removed',
  'member.name_changed': 'Name changed',
  'member.password_changed': 'Password changed',
  'member.session_ended': 'Session ended',
  'member.sessions_ended': 'Signed out everywhere',
  'member.second_factor_added': 'Second factor added',
  'member.second_factor_removed': 'Second factor removed',
  'member.second_factors_reset': 'Second factors reset by the operator',
  'member.recovery_codes_made': 'Recovery codes made',
  'member.recovery_code_used': 'Recovery code used',
  'member.passkey_renamed': 'Passkey renamed',
  'sign_in_policy.saved': 'Rules of signing in changed',
  'member.sso_linked': 'Known at the identity provider',
  'sso.saved': 'Identity provider set',
  'sso.deleted': 'Identity provider removed',
  'sso.domain_proved': 'Domain proved',
  'sso.domain_proof_missing': 'Proof of a domain gone',
  'sso.domain_lapsed': 'Domain not proved any more',
  'tracking.updated': 'Recording of use changed',
  'webhook.created': 'Webhook created',
  'webhook.updated': 'Webhook changed',
  'webhook.enabled': 'Webhook switched on',
  'webhook.disabled': 'Webhook switched off',
  'webhook.paused': 'Webhook paused',
  'webhook.resumed': 'Webhook resumed',
  'webhook.probed': 'Probe of the webhook asked for',
  'webhook.deleted': 'Webhook deleted',
  'webhook.tested': 'Webhook tested',
  'webhook.secret_regenerated': 'Signing secret regenerated',
  'webhook.secret_revealed': 'Signing secret shown',
  'delivery.replayed': 'Delivery replayed',
  'delivery.failed_replayed': 'Failed deliveries replayed',
  'webhook.recovered': 'Missed events recovered',
  'dead_letter.retried': 'Dead letters retried',
  'dead_letter.cleared': 'Dead letters cleared',
  'bulk_job.paused': 'Bulk job paused',
  'bulk_job.resumed': 'Bulk job resumed',
  'bulk_job.cancelled': 'Bulk job cancelled',
  'bulk_job.rate_changed': 'Rate of a bulk job changed',
  'retry_config.updated': 'Retry settings changed',
  'action.cancelled': 'Action cancelled',
  'action.retried': 'Action tried again',
  'action.completed': 'Action done by hand',
  'action_bulk.started': 'Bulk of actions started',
  'action_bulk.cancelled': 'Rest of a bulk of actions cancelled',
  'action_bulk.retried': 'Failed actions of a bulk tried again',
  'automation.created': 'Automation created',
  'automation.updated': 'Automation changed',
  'automation.enabled': 'Automation switched on',
  'automation.disabled': 'Automation switched off',
  'automation.deleted': 'Automation deleted',
  'automation_run.retried': 'Run of an automation retried',
  'automation_run.cancelled': 'Run of an automation cancelled',
  'failover.updated': 'Failover settings changed',
  'failover.switched': 'Switched to the backup',
  'failover.restored': 'Primary restored',
  'failover.primary_changed': 'Primary changed',
  'failover.last_resort_changed': 'Last resort changed',
  'failover.copy_retried': 'Copying back tried again',
  'api_key.created': 'API key created',
  'api_key.revealed': 'API key shown',
  'api_key.copied': 'API key copied',
  'api_key.regenerated': 'API key regenerated',
  'api_key.updated': 'API key changed',
  'api_key.revoked': 'API key revoked',
  'api_key.grace_ended': 'Grace period ended',
  'api_key.scoped_keys_switched': 'Scoped keys switched',
  'portal_token.created': 'Portal token made',
  'portal_token.exchanged': 'Portal opened',
  'portal_token.reused': 'Portal token used twice, session ended',
  'portal_token.revoked': 'Portal token revoked',
  'portal.settings_updated': 'Origins of the portal changed',
  'limits.updated': 'API limits changed',
  'integration.created': 'Integration connected',
  'integration.updated': 'Integration changed',
  'integration.enabled': 'Integration switched on',
  'integration.disabled': 'Integration switched off',
  'integration.tested': 'Connection tested',
  'integration.troubleshot': 'Connection troubleshot',
  'integration.all_checked': 'All integrations checked',
  'integration.disconnected': 'Integration disconnected',
  'integration.removed': 'Integration removed that was never connected',
  'integration.credentials_replaced': 'Credentials replaced',
  'integration.credentials_staged': 'New credentials given',
  'integration.credentials_discarded': 'New credentials discarded',
  'integration.secret_revealed': 'Credential shown',
  'integration.connect_started': 'Sign-in at a provider begun',
  'integration.connect_failed': 'Sign-in at a provider failed',
  'integration.connected': 'Connected by sign-in',
  'integration.authorization_revoked': 'Access revoked',
  'integration.reauthentication_required': 'Has to be connected again',
  'inbound_source.created': 'Source of inbound webhooks created',
  'inbound_source.updated': 'Source of inbound webhooks changed',
  'inbound_source.enabled': 'Source of inbound webhooks switched on',
  'inbound_source.disabled': 'Source of inbound webhooks switched off',
  'inbound_source.key_replaced': 'Key of a source of inbound webhooks replaced',
  'inbound_source.deleted': 'Source of inbound webhooks deleted',
  'inbound_message.reprocessed': 'Inbound webhooks processed again',
  'inbound.settings_updated': 'Settings of inbound webhooks changed',
  'suppression.added': 'Address suppressed',
  'suppression.removed': 'Address no longer suppressed',
  'oauth_app.saved': 'App at a provider saved',
  'oauth_app.deleted': 'App at a provider removed',
  'exchange_file.created': 'File for a partner stored',
  'exchange_file.received': 'File of a partner received',
  'exchange_file.sent': 'File sent',
  'exchange_file.downloaded': 'File downloaded',
  'exchange_file.erased': 'Content of a file erased',
  'exchange_layout.saved': 'Layout of files changed',
  'audit.exported': 'Audit log exported',
  'audit.settings_updated': 'Retention of the audit log changed',
  'audit.records_removed': 'Old audit records removed',
  'audit.signing_started': 'Signing of the audit log begun',
  'log.exported': 'Logs exported',
  'log.cleared': 'Logs cleared',
  'log.settings_updated': 'Retention of logs changed',
  'verification.started': 'Verification started',
  'verification.settings_updated': 'Verification schedule changed',
  'alert.acknowledged': 'Alert acknowledged',
  'alert.snoozed': 'Alert snoozed',
  'alert.resolved': 'Alert resolved by hand',
  'alert_rule.updated': 'Alert rule changed',
  'alert_channel.created': 'Alert channel added',
  'alert_channel.updated': 'Alert channel changed',
  'alert_channel.deleted': 'Alert channel removed',
  'alert_channel.tested': 'Alert channel tested',
  'quiet_hours.updated': 'Quiet hours changed',
  'status_update.posted': 'Status update posted',
  'status_update.closed': 'Status update closed',
  'event_type.saved': 'Event type saved',
  'event_type.deleted': 'Event type deleted',
  'catalog.curated': 'Catalog curated',
  'custom_provider.created': 'Custom provider added',
  'custom_provider.updated': 'Custom provider changed',
  'custom_provider.deleted': 'Custom provider removed',
};

const groupWords: Record<string, string> = {
  organization: 'Organization',
  member: 'Members and sign-ins',
  webhook: 'Webhooks',
  delivery: 'Deliveries',
  dead_letter: 'Dead letters',
  action: 'Actions',
  action_bulk: 'Bulks of actions',
  bulk_job: 'Bulk jobs',
  retry_config: 'Retry settings',
  api_key: 'API keys',
  limits: 'API limits',
  integration: 'Integrations',
  failover: 'Failover',
  oauth_app: 'Apps at providers',
  audit: 'Audit log',
  log: 'Logs',
  alert: 'Alerts',
  alert_rule: 'Alert rules',
  alert_channel: 'Alert channels',
  quiet_hours: 'Quiet hours',
  status_update: 'Status updates',
  event_type: 'Event types',
  catalog: 'Catalog',
  custom_provider: 'Custom providers',
};

/** An action in plain words; one that this version does not know keeps its name. */
export function actionText(action: string): string {
  return (actionWords as Record<string, string>)[action] ?? fieldText(action.replaceAll('.', ' '));
}

/** Choices of the action filter: each group, and below it its actions. */
export function actionChoices(): { group: string; items: { value: string; label: string }[] }[] {
  const groups = [...new Set(auditActions.map((action) => action.split('.')[0] ?? action))];
  return groups.map((group) => {
    const words = groupWords[group] ?? fieldText(group);
    const actions = auditActions.filter((action) => action.startsWith(`${group}.`));
    return {
      group: words,
      items: [
        ...(actions.length > 1 ? [{ value: group, label: `${words}: all` }] : []),
        ...actions.map((action) => ({ value: action, label: actionWords[action] })),
      ],
    };
  });
}

/** Kinds of targets whose name does not say it well. */
const targetWords: Record<string, string> = {
  audit_log: 'Audit log',
  log_settings: 'Organization',
  dead_letters: 'Several dead letters',
  retry_config: 'Organization',
  api_key: 'API key',
  scoped_key: 'Scoped key',
  limits: 'API limits',
  event_type: 'Event type',
  oauth_app: 'App at a provider',
  sso: 'Identity provider',
};

const targetTypes = [
  'alert',
  'alert_channel',
  'alert_rule',
  'api_key',
  'audit_log',
  'catalog',
  'check_run',
  'custom_provider',
  'delivery',
  'event_type',
  'exchange_file',
  'inbound_message',
  'inbound_source',
  'integration',
  'invitation',
  'limits',
  'logs',
  'member',
  'oauth_app',
  'organization',
  'portal',
  'portal_token',
  'quiet_hours',
  'scoped_key',
  'status_update',
  'suppression',
  'verification',
  'webhook',
];

/** Choices of the target filter; one that stands in the address is among them, whatever it is. */
export function targetChoices(chosen: string | undefined): { value: string; label: string }[] {
  const types = chosen === undefined || targetTypes.includes(chosen) ? targetTypes : [...targetTypes, chosen];
  return types.map((type) => ({ value: type, label: targetWords[type] ?? fieldText(type) }));
}

/** What kind of thing a record is about: `Webhook`, `API key`. */
export function targetKind(target: AuditRecord['target']): string {
  return targetWords[target.type] ?? fieldText(target.type);
}

/** `maxDelaySeconds` → `Max delay seconds`; `keyPreview` → `Key preview`. */
export function fieldText(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\b(url|api|ip|dlq|id)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value of a change as one line of text. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return value.toLocaleString('en-GB');
  if (typeof value === 'string') return (roleNames as Record<string, string>)[value] ?? timeText(value);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueText).join(', ');
  return JSON.stringify(value);
}

/** A point in time as people write it; any other text as it is. */
function timeText(text: string): string {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? formatAbsolute(text) : text;
}

const isSmall = (value: unknown) => typeof value !== 'object' || value === null || Array.isArray(value);

/** The changes in one line: `Max retries 3 → 5, 2 more`; '' when nothing changed. */
export function changesSummary(changes: AuditRecord['changes']): string {
  const entries = Object.entries(changes);
  const [first] = entries;
  if (!first) return '';
  const [name, { before, after }] = first;
  const words = fieldText(name);
  const rest = entries.length > 1 ? `, ${entries.length - 1} more` : '';
  if (after === '«changed»') return `${words} changed${rest}`;
  if (!isSmall(before) || !isSmall(after)) return `${words} changed${rest}`;
  const isNew = before === null || before === undefined;
  return `${words} ${isNew ? '' : `${valueText(before)} → `}${valueText(after)}${rest}`;
}
