import * as access from './access.ts';
import * as actions from './actions.ts';
import * as apiKeys from './api-keys.ts';
import * as audit from './audit.ts';
import * as bulkJobs from './bulk-jobs.ts';
import * as catalog from './catalog.ts';
import * as companyIntegrations from './company-integrations.ts';
import * as customProviders from './custom-providers.ts';
import * as deadLetters from './dead-letters.ts';
import * as deliveries from './deliveries.ts';
import * as events from './events.ts';
import * as exchange from './exchange.ts';
import * as failover from './failover.ts';
import * as health from './health.ts';
import * as integrations from './integrations.ts';
import * as ledger from './ledger.ts';
import * as logs from './logs.ts';
import * as oauth from './oauth.ts';
import * as retry from './retry.ts';
import * as runbooks from './runbooks.ts';
import * as templates from './templates.ts';
import * as webhooks from './webhooks.ts';

/** Every operation of the product. The server refuses to start while one has no verb. */
export const operations = {
  getSession: access.getSession,
  setUp: access.setUp,
  signIn: access.signIn,
  signOut: access.signOut,
  reauthenticate: access.reauthenticate,
  switchOrganization: access.switchOrganization,
  listMembers: access.listMembers,
  inviteMember: access.inviteMember,
  revokeInvitation: access.revokeInvitation,
  changeMemberRole: access.changeMemberRole,
  removeMember: access.removeMember,
  getInvitation: access.getInvitation,
  acceptInvitation: access.acceptInvitation,
  listWebhooks: webhooks.listWebhooks,
  getWebhook: webhooks.getWebhook,
  createWebhook: webhooks.createWebhook,
  updateWebhook: webhooks.updateWebhook,
  deleteWebhook: webhooks.deleteWebhook,
  regenerateWebhookSecret: webhooks.regenerateWebhookSecret,
  revealWebhookSecret: webhooks.revealWebhookSecret,
  probeWebhook: webhooks.probeWebhook,
  testWebhook: webhooks.testWebhook,
  checkWebhookUrl: webhooks.checkWebhookUrl,
  getDeliveryHistory: deliveries.getDeliveryHistory,
  getDeliveryDetail: deliveries.getDeliveryDetail,
  replayDelivery: deliveries.replayDelivery,
  replayFailedDeliveries: deliveries.replayFailedDeliveries,
  recoverWebhook: deliveries.recoverWebhook,
  listBulkJobs: bulkJobs.listBulkJobs,
  getBulkJob: bulkJobs.getBulkJob,
  updateBulkJob: bulkJobs.updateBulkJob,
  getRetryConfig: retry.getRetryConfig,
  updateRetryConfig: retry.updateRetryConfig,
  getDlqItems: deadLetters.getDlqItems,
  retryDlqItem: deadLetters.retryDlqItem,
  retryAllDlq: deadLetters.retryAllDlq,
  clearDlqItem: deadLetters.clearDlqItem,
  clearAllDlq: deadLetters.clearAllDlq,
  sendEvents: events.sendEvents,
  listEvents: ledger.listEvents,
  getEvent: ledger.getEvent,
  listUndelivered: ledger.listUndelivered,
  listEventTypes: events.listEventTypes,
  saveEventType: events.saveEventType,
  deleteEventType: events.deleteEventType,
  listProviders: catalog.listProviders,
  getProvider: catalog.getProvider,
  updateCatalogCuration: catalog.updateCatalogCuration,
  listCompanyIntegrations: companyIntegrations.listCompanyIntegrations,
  listTemplates: templates.listTemplates,
  listCustomProviders: customProviders.listCustomProviders,
  getCustomProvider: customProviders.getCustomProvider,
  createCustomProvider: customProviders.createCustomProvider,
  updateCustomProvider: customProviders.updateCustomProvider,
  deleteCustomProvider: customProviders.deleteCustomProvider,
  checkCustomProvider: customProviders.checkCustomProvider,
  listIntegrations: integrations.listIntegrations,
  getIntegration: integrations.getIntegration,
  createIntegration: integrations.createIntegration,
  updateIntegration: integrations.updateIntegration,
  deleteIntegration: integrations.deleteIntegration,
  getDisconnectImpact: integrations.getDisconnectImpact,
  testIntegration: integrations.testIntegration,
  testConnection: integrations.testConnection,
  replaceCredentials: integrations.replaceCredentials,
  activateCredentials: integrations.activateCredentials,
  discardCredentials: integrations.discardCredentials,
  revealCredential: integrations.revealCredential,
  getIntegrationHealth: health.getIntegrationHealth,
  listHealth: health.listHealth,
  checkAllIntegrations: health.checkAllIntegrations,
  getCheckRun: health.getCheckRun,
  setUptimeTarget: health.setUptimeTarget,
  troubleshootIntegration: health.troubleshootIntegration,
  getOAuthStatus: oauth.getOAuthStatus,
  initiateOAuth: oauth.initiateOAuth,
  getOAuthAttempt: oauth.getOAuthAttempt,
  disconnectOAuth: oauth.disconnectOAuth,
  listOAuthApps: oauth.listOAuthApps,
  getOAuthApp: oauth.getOAuthApp,
  saveOAuthApp: oauth.saveOAuthApp,
  deleteOAuthApp: oauth.deleteOAuthApp,
  listExchangeFiles: exchange.listExchangeFiles,
  createExchangeFile: exchange.createExchangeFile,
  uploadExchangeFile: exchange.uploadExchangeFile,
  downloadExchangeFile: exchange.downloadExchangeFile,
  validateExchangeFile: exchange.validateExchangeFile,
  sendExchangeFile: exchange.sendExchangeFile,
  fetchExchangeFiles: exchange.fetchExchangeFiles,
  eraseExchangeFile: exchange.eraseExchangeFile,
  listExchangeLayouts: exchange.listExchangeLayouts,
  saveExchangeLayout: exchange.saveExchangeLayout,
  runAction: actions.runAction,
  getAction: actions.getAction,
  listActions: actions.listActions,
  listCapabilities: actions.listCapabilities,
  listFailover: failover.listFailover,
  getFailoverConfig: failover.getFailoverConfig,
  updateFailoverConfig: failover.updateFailoverConfig,
  triggerFailover: failover.triggerFailover,
  restorePrimary: failover.restorePrimary,
  makePrimary: failover.makePrimary,
  getApiKey: apiKeys.getApiKey,
  revealApiKey: apiKeys.revealApiKey,
  regenerateApiKey: apiKeys.regenerateApiKey,
  listLogs: logs.listLogs,
  getLogEntry: logs.getLogEntry,
  getLogBuckets: logs.getLogBuckets,
  planLogExport: logs.planLogExport,
  clearLogs: logs.clearLogs,
  getLogSettings: logs.getLogSettings,
  updateLogSettings: logs.updateLogSettings,
  listRunbooks: runbooks.listRunbooks,
  getRunbook: runbooks.getRunbook,
  listAudit: audit.listAudit,
  verifyAudit: audit.verifyAudit,
} as const;

export type OperationName = keyof typeof operations;
