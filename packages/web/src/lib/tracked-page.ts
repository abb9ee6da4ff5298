import type { TrackedPage } from '@trunkline/contract/tracking-plan';

/** The tracking plan's word for each route. */
const pages: Record<string, TrackedPage> = {
  '/integrations': 'integrations',
  '/integrations/$integrationId': 'integration',
  '/health': 'health',
  '/alerts': 'alerts',
  '/alerts/settings': 'alert_settings',
  '/alerts/$alertId': 'alert',
  '/verification': 'verification',
  '/verification/$verificationId': 'verification_report',
  '/runbooks': 'runbooks',
  '/runbooks/$category': 'runbook',
  '/logs': 'logs',
  '/failover': 'failover',
  '/actions': 'actions',
  '/automations': 'automations',
  '/automations/new': 'automation_form',
  '/automations/$automationId': 'automation',
  '/webhooks': 'webhooks',
  '/webhooks/new': 'webhook_form',
  '/webhooks/$webhookId/edit': 'webhook_form',
  '/webhooks/$webhookId': 'webhook',
  '/inbound': 'inbound',
  '/inbound/$sourceId': 'inbound_source',
  '/events': 'events',
  '/events/$eventId': 'event',
  '/undelivered': 'undelivered',
  '/dead-letters': 'dead_letters',
  '/bulk-jobs': 'bulk_jobs',
  '/event-types': 'event_types',
  '/retries': 'retries',
  '/api-key': 'api_key',
  '/usage': 'usage',
  '/portal': 'portal',
  '/insights': 'insights',
  '/audit': 'audit',
  '/members': 'members',
  '/account': 'account',
};

/** The page of a route (`/webhooks/$webhookId`), as the tracking plan names it. */
export function trackedPage(route: string): TrackedPage {
  return pages[route] ?? 'other';
}
