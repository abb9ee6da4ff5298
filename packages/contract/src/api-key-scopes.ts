import { allows } from './permissions.ts';
import type { Permission } from './permissions.ts';

/** What a scoped key may be for. A closed set; the organization's own key is for everything. */
export const apiKeyScopes = [
  'read',
  'events',
  'webhooks',
  'deliveries',
  'integrations',
  'actions',
  'alerts',
  'files',
  'portal',
  'settings',
] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

export const scopeDescriptions: Record<ApiKeyScope, string> = {
  read: 'See everything that an API key may see, except files for partners and tokens of the portal.',
  events: 'Send events, add and change own event types.',
  webhooks: 'Create, change, test and delete webhooks.',
  deliveries: 'Replay deliveries, retry and clear dead letters.',
  integrations: 'Connect, configure, test and disconnect integrations and own providers.',
  actions: 'Do something at a provider, such as sending mail, and set up automations that do.',
  alerts: 'Acknowledge, mute and resolve alerts.',
  files: 'Make, send, take in and download files for partners.',
  portal: 'Make, list and revoke tokens of the portal, which open no more than the key itself may.',
  settings: 'Change retry settings.',
};

/** The scope that opens each permission; null: only the organization's own key, or no key at all. */
export const scopeOf: Record<Permission, ApiKeyScope | null> = {
  'webhook.read': 'read',
  'webhook.write': 'webhooks',
  'webhook.test': 'webhooks',
  'webhook.delete': 'webhooks',
  'webhook.secret': null,
  'event.send': 'events',
  'event.read': 'read',
  'event_type.write': 'events',
  'delivery.read': 'read',
  'delivery.replay': 'deliveries',
  'dead_letter.clear': 'deliveries',
  'provider.read': 'read',
  'provider.write': 'integrations',
  'catalog.curate': null,
  'integration.read': 'read',
  'integration.write': 'integrations',
  'integration.disconnect': 'integrations',
  'integration.secret': null,
  'oauth_app.write': null,
  'inbound.read': 'read',
  'inbound.write': 'integrations',
  'inbound.delete': 'integrations',
  'inbound.settings': null,
  'exchange.read': 'files',
  'exchange.write': 'files',
  'retry.read': 'read',
  'retry.write': 'settings',
  'api_key.read': 'read',
  'api_key.copy': null,
  'api_key.regenerate': null,
  'api_key.manage': null,
  'usage.read': 'read',
  'limit.write': null,
  'alert.read': 'read',
  'alert.write': 'alerts',
  'alert.settings': null,
  'status_update.write': null,
  'portal.read': 'portal',
  'portal.write': 'portal',
  'portal.settings': null,
  'audit.read': 'read',
  'audit.settings': null,
  'action.read': 'read',
  'action.run': 'actions',
  'automation.read': 'read',
  'automation.write': 'actions',
  'failover.read': 'read',
  'failover.write': 'integrations',
  'log.read': 'read',
  'log.clear': null,
  'log.settings': null,
  'verification.settings': null,
  'insights.read': null,
  'tracking.send': null,
  'tracking.settings': null,
  'member.read': null,
  'member.write': null,
  'sign_in.write': null,
};

/** Whether a key with these scopes may; without scopes it is the organization's own key. */
export function keyAllows(scopes: readonly ApiKeyScope[] | null, permission: Permission): boolean {
  if (!allows('api_key', permission)) return false;
  const scope = scopeOf[permission];
  return scopes === null || (scope !== null && scopes.includes(scope));
}
