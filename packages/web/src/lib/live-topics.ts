import { measuredSorts } from '@trunkline/contract/integrations';
import type { LiveTopic } from '@trunkline/contract/live';
import type { OperationName } from '@trunkline/contract/operations';

/**
 * Which live topics make the result of a query operation stale. A query that is not listed is never
 * refetched by live messages.
 */
export const operationTopics: Partial<Record<OperationName, readonly LiveTopic[]>> = {
  getSession: ['members'],
  listMembers: ['members'],
  getAccount: ['members'],
  listSessions: ['members'],
  getSignInPolicy: ['members'],
  getSso: ['members'],
  listWebhooks: ['webhooks', 'deliveries'],
  getWebhook: ['webhooks', 'deliveries'],
  getDeliveryHistory: ['deliveries', 'dead_letters'],
  getDeliveryDetail: ['deliveries', 'dead_letters'],
  getDlqItems: ['dead_letters', 'webhooks'],
  listEvents: ['deliveries'],
  getEvent: ['deliveries', 'dead_letters', 'webhooks'],
  listUndelivered: ['deliveries', 'dead_letters', 'webhooks'],
  listBulkJobs: ['bulk_jobs'],
  getBulkJob: ['bulk_jobs'],
  getRetryConfig: ['retry'],
  listEventTypes: ['event_types'],
  // What recommendations look at are integrations and the addresses of webhooks.
  listProviders: ['integrations', 'catalog', 'webhooks'],
  getProvider: ['integrations', 'catalog', 'webhooks'],
  listCompanyIntegrations: ['integrations', 'catalog'],
  listTemplates: ['integrations', 'catalog'],
  listCustomProviders: ['integrations', 'catalog'],
  getCustomProvider: ['integrations', 'catalog'],
  // Webhooks start the flows of some.
  listIntegrations: ['integrations', 'webhooks'],
  getIntegration: ['integrations', 'webhooks'],
  getIntegrationHealth: ['integrations', 'health'],
  listHealth: ['integrations', 'health'],
  getCheckRun: ['health'],
  getDisconnectImpact: ['integrations'],
  getOAuthStatus: ['integrations'],
  getOAuthAttempt: ['integrations'],
  listOAuthApps: ['integrations'],
  getOAuthApp: ['integrations'],
  listInboundSources: ['inbound', 'integrations'],
  getInboundSource: ['inbound', 'integrations'],
  listInboundMessages: ['inbound'],
  getInboundMessage: ['inbound'],
  getInboundFile: [],
  getInboundSettings: ['inbound'],
  listSuppressions: ['inbound'],
  listExchangeFiles: ['exchange', 'integrations'],
  validateExchangeFile: ['exchange'],
  listExchangeLayouts: ['exchange'],
  getAction: ['actions'],
  listActions: ['actions'],
  listActionBulks: ['actions'],
  getActionBulk: ['actions'],
  listCapabilities: ['integrations', 'failover', 'catalog'],
  listAutomations: ['automations', 'integrations', 'failover'],
  getAutomation: ['automations', 'integrations', 'failover'],
  listAutomationRuns: ['automations'],
  getAutomationRun: ['automations', 'actions'],
  getInterviewSync: ['automations'],
  getNotificationSwitches: ['automations'],
  listFailover: ['integrations', 'failover'],
  listLastResorts: ['failover', 'actions'],
  getFailoverConfig: ['integrations', 'failover'],
  listAlerts: ['alerts'],
  getAlert: ['alerts'],
  listAlertRules: ['alerts'],
  listAlertChannels: ['alerts'],
  getQuietHours: ['alerts'],
  listNotifications: ['alerts'],
  listStatusUpdates: ['alerts'],
  // Who still uses an older key is part of it.
  getApiKey: ['api_key', 'api_usage'],
  getPortalSettings: ['portal'],
  listPortalTokens: ['portal'],
  getLogBuckets: ['logs'],
  getLogSettings: ['logs'],
  listRunbooks: ['integrations'],
  getRunbook: ['integrations'],
  listVerifications: ['health'],
  getVerification: ['health'],
  downloadVerification: ['health'],
  getVerificationSettings: ['health'],
  listApiKeys: ['api_key'],
  getLimits: ['api_key', 'api_usage'],
  getUsage: ['api_key', 'api_usage'],
  listRequests: ['api_usage'],
  listThrottled: ['api_usage'],
  getInsights: ['insights'],
  getTracking: ['insights'],
  listAudit: ['audit'],
  verifyAudit: ['audit'],
  getAuditSettings: ['audit'],
};

/** Says whether a message about these topics makes a query stale; its key begins with the operation's name and its input. */
export function isAffected(
  [operationName, input]: readonly unknown[],
  topics: ReadonlySet<LiveTopic>,
): boolean {
  const declared = (operationTopics as Partial<Record<string, readonly LiveTopic[]>>)[String(operationName)];
  if (declared?.some((topic) => topics.has(topic))) return true;
  return operationName === 'listIntegrations' && topics.has('health') && isSortedByMeasures(input);
}

/** Such a list is in another order whenever something was measured; others would be read again for nothing. */
function isSortedByMeasures(input: unknown): boolean {
  const { sort } = (input ?? {}) as { sort?: unknown };
  return measuredSorts.some((measured) => measured === sort);
}
