import { operations } from '@trunkline/contract/operations';
import type { OperationName } from '@trunkline/contract/operations';
import type { Operation } from '@trunkline/contract/operation';
import { authorize } from './authorize.ts';
import type { Ctx } from './ctx.ts';
import { fieldError } from './errors.ts';
import { findUnstorable } from './lib/storable.ts';
import { acceptInvitation } from './modules/access/accept-invitation.ts';
import { changeMemberRole } from './modules/access/change-member-role.ts';
import { getInvitation } from './modules/access/get-invitation.ts';
import { getSession } from './modules/access/get-session.ts';
import { inviteMember } from './modules/access/invite-member.ts';
import { listMembers } from './modules/access/list-members.ts';
import { reauthenticate } from './modules/access/reauthenticate.ts';
import { removeMember } from './modules/access/remove-member.ts';
import { resendInvitation } from './modules/access/resend-invitation.ts';
import { revokeInvitation } from './modules/access/revoke-invitation.ts';
import { setUp } from './modules/access/set-up.ts';
import { signIn } from './modules/access/sign-in.ts';
import { signOut } from './modules/access/sign-out.ts';
import { switchOrganization } from './modules/access/switch-organization.ts';
import { cancelActionBulk } from './modules/actions/cancel-action-bulk.ts';
import { cancelAction } from './modules/actions/cancel-action.ts';
import { completeAction } from './modules/actions/complete-action.ts';
import { getActionBulk } from './modules/actions/get-action-bulk.ts';
import { getAction } from './modules/actions/get-action.ts';
import { listActionBulks } from './modules/actions/list-action-bulks.ts';
import { listActions } from './modules/actions/list-actions.ts';
import { listCapabilities } from './modules/actions/list-capabilities.ts';
import { retryActionBulk } from './modules/actions/retry-action-bulk.ts';
import { retryAction } from './modules/actions/retry-action.ts';
import { runAction } from './modules/actions/run-action.ts';
import { startActionBulk } from './modules/actions/start-action-bulk.ts';
import { acknowledgeAlert } from './modules/alerts/acknowledge-alert.ts';
import { closeStatusUpdate } from './modules/alerts/close-status-update.ts';
import { createAlertChannel } from './modules/alerts/create-alert-channel.ts';
import { deleteAlertChannel } from './modules/alerts/delete-alert-channel.ts';
import { getAlert } from './modules/alerts/get-alert.ts';
import { getQuietHours } from './modules/alerts/get-quiet-hours.ts';
import { listAlertChannels } from './modules/alerts/list-alert-channels.ts';
import { listAlertRules } from './modules/alerts/list-alert-rules.ts';
import { listAlerts } from './modules/alerts/list-alerts.ts';
import { listNotifications } from './modules/alerts/list-notifications.ts';
import { listStatusUpdates } from './modules/alerts/list-status-updates.ts';
import { postStatusUpdate } from './modules/alerts/post-status-update.ts';
import { resolveAlert } from './modules/alerts/resolve-alert.ts';
import { snoozeAlert } from './modules/alerts/snooze-alert.ts';
import { testAlertChannel } from './modules/alerts/test-alert-channel.ts';
import { updateAlertChannel } from './modules/alerts/update-alert-channel.ts';
import { updateAlertRule } from './modules/alerts/update-alert-rule.ts';
import { updateQuietHours } from './modules/alerts/update-quiet-hours.ts';
import { createApiKey } from './modules/api-keys/create-api-key.ts';
import { endGrace } from './modules/api-keys/end-grace.ts';
import { finishSignIn } from './modules/access/finish-sign-in.ts';
import { startPasskeySignIn } from './modules/access/start-passkey-sign-in.ts';
import { signInWithPasskey } from './modules/access/sign-in-with-passkey.ts';
import { startReauthentication } from './modules/access/start-reauthentication.ts';
import { startTotp } from './modules/account/start-totp.ts';
import { confirmTotp } from './modules/account/confirm-totp.ts';
import { removeTotp } from './modules/account/remove-totp.ts';
import { makeRecoveryCodes } from './modules/account/make-recovery-codes.ts';
import { startPasskey } from './modules/account/start-passkey.ts';
import { finishPasskey } from './modules/account/finish-passkey.ts';
import { renamePasskey } from './modules/account/rename-passkey.ts';
import { removePasskey } from './modules/account/remove-passkey.ts';
import { getSignInPolicy } from './modules/account/get-sign-in-policy.ts';
import { saveSignInPolicy } from './modules/account/save-sign-in-policy.ts';
import { changePassword } from './modules/account/change-password.ts';
import { endMemberSessions } from './modules/account/end-member-sessions.ts';
import { endOtherSessions } from './modules/account/end-other-sessions.ts';
import { endSession } from './modules/account/end-session.ts';
import { getAccount } from './modules/account/get-account.ts';
import { listSessions } from './modules/account/list-sessions.ts';
import { updateProfile } from './modules/account/update-profile.ts';
import { getApiKey } from './modules/api-keys/get-api-key.ts';
import { listApiKeys } from './modules/api-keys/list-api-keys.ts';
import { regenerateApiKey } from './modules/api-keys/regenerate-api-key.ts';
import { revealApiKey } from './modules/api-keys/reveal-api-key.ts';
import { revokeApiKey } from './modules/api-keys/revoke-api-key.ts';
import { switchScopedKeys } from './modules/api-keys/switch-scoped-keys.ts';
import { updateApiKey } from './modules/api-keys/update-api-key.ts';
import { getAuditSettings } from './modules/audit/get-audit-settings.ts';
import { listAudit } from './modules/audit/list-audit.ts';
import { planAuditExport } from './modules/audit/plan-audit-export.ts';
import { updateAuditSettings } from './modules/audit/update-audit-settings.ts';
import { verifyAudit } from './modules/audit/verify-audit.ts';
import { cancelAutomationRun } from './modules/automations/cancel-automation-run.ts';
import { checkAutomation } from './modules/automations/check-automation.ts';
import { createAutomation } from './modules/automations/create-automation.ts';
import { deleteAutomation } from './modules/automations/delete-automation.ts';
import { getAutomation } from './modules/automations/get-automation.ts';
import { getAutomationRun } from './modules/automations/get-automation-run.ts';
import { getInterviewSync } from './modules/automations/get-interview-sync.ts';
import { getNotificationSwitches } from './modules/automations/get-notification-switches.ts';
import { listAutomationRuns } from './modules/automations/list-automation-runs.ts';
import { listAutomations } from './modules/automations/list-automations.ts';
import { retryAutomationRun } from './modules/automations/retry-automation-run.ts';
import { retryDeadRuns } from './modules/automations/retry-dead-runs.ts';
import { updateAutomation } from './modules/automations/update-automation.ts';
import { updateInterviewSync } from './modules/automations/update-interview-sync.ts';
import { updateNotificationSwitches } from './modules/automations/update-notification-switches.ts';
import { getBulkJob } from './modules/bulk-jobs/get-bulk-job.ts';
import { listBulkJobs } from './modules/bulk-jobs/list-bulk-jobs.ts';
import { recoverWebhook } from './modules/bulk-jobs/recover-webhook.ts';
import { replayFailedDeliveries } from './modules/bulk-jobs/replay-failed-deliveries.ts';
import { retryAllDlq } from './modules/bulk-jobs/retry-all-dlq.ts';
import { updateBulkJob } from './modules/bulk-jobs/update-bulk-job.ts';
import { checkCustomProvider } from './modules/catalog/check-custom-provider.ts';
import { createCustomProvider } from './modules/catalog/create-custom-provider.ts';
import { deleteCustomProvider } from './modules/catalog/delete-custom-provider.ts';
import { getCustomProvider } from './modules/catalog/get-custom-provider.ts';
import { getProvider } from './modules/catalog/get-provider.ts';
import { listCompanyIntegrations } from './modules/catalog/list-company-integrations.ts';
import { listCustomProviders } from './modules/catalog/list-custom-providers.ts';
import { listProviders } from './modules/catalog/list-providers.ts';
import { createPortalToken } from './modules/portal/create-portal-token.ts';
import { exchangePortalToken } from './modules/portal/exchange-portal-token.ts';
import { getPortalSettings } from './modules/portal/get-portal-settings.ts';
import { listPortalTokens } from './modules/portal/list-portal-tokens.ts';
import { revokePortalToken } from './modules/portal/revoke-portal-token.ts';
import { revokePortalTokens } from './modules/portal/revoke-portal-tokens.ts';
import { updatePortalSettings } from './modules/portal/update-portal-settings.ts';
import { getRunbook } from './modules/runbooks/get-runbook.ts';
import { listRunbooks } from './modules/runbooks/list-runbooks.ts';
import { listTemplates } from './modules/catalog/list-templates.ts';
import { updateCatalogCuration } from './modules/catalog/update-catalog-curation.ts';
import { updateCustomProvider } from './modules/catalog/update-custom-provider.ts';
import { deleteEventType } from './modules/events/delete-event-type.ts';
import { listEventTypes } from './modules/events/list-event-types.ts';
import { saveEventType } from './modules/events/save-event-type.ts';
import { sendEvents } from './modules/events/send-events.ts';
import { createExchangeFile } from './modules/exchange/create-exchange-file.ts';
import { downloadExchangeFile } from './modules/exchange/download-exchange-file.ts';
import { eraseExchangeFile } from './modules/exchange/erase-exchange-file.ts';
import { fetchExchangeFiles } from './modules/exchange/fetch-exchange-files.ts';
import { listExchangeFiles } from './modules/exchange/list-exchange-files.ts';
import { listExchangeLayouts } from './modules/exchange/list-exchange-layouts.ts';
import { saveExchangeLayout } from './modules/exchange/save-exchange-layout.ts';
import { sendExchangeFile } from './modules/exchange/send-exchange-file.ts';
import { uploadExchangeFile } from './modules/exchange/upload-exchange-file.ts';
import { validateExchangeFile } from './modules/exchange/validate-exchange-file.ts';
import { getFailoverConfig } from './modules/failover/get-failover-config.ts';
import { listFailover } from './modules/failover/list-failover.ts';
import { listLastResorts } from './modules/failover/list-last-resorts.ts';
import { updateLastResort } from './modules/failover/update-last-resort.ts';
import { makePrimary } from './modules/failover/make-primary.ts';
import { restorePrimary } from './modules/failover/restore-primary.ts';
import { retryCopyBack } from './modules/failover/retry-copy-back.ts';
import { triggerFailover } from './modules/failover/trigger-failover.ts';
import { updateFailoverConfig } from './modules/failover/update-failover-config.ts';
import { checkAllIntegrations } from './modules/health/check-all-integrations.ts';
import { getCheckRun } from './modules/health/get-check-run.ts';
import { getIntegrationHealth } from './modules/health/get-integration-health.ts';
import { listHealth } from './modules/health/list-health.ts';
import { setUptimeTarget } from './modules/health/set-uptime-target.ts';
import { troubleshootIntegration } from './modules/health/troubleshoot-integration.ts';
import { addSuppression } from './modules/inbound/add-suppression.ts';
import { createInboundSource } from './modules/inbound/create-inbound-source.ts';
import { deleteInboundSource } from './modules/inbound/delete-inbound-source.ts';
import { getInboundFile } from './modules/inbound/get-inbound-file.ts';
import { getInboundMessage } from './modules/inbound/get-inbound-message.ts';
import { getInboundSettings } from './modules/inbound/get-inbound-settings.ts';
import { getInboundSource } from './modules/inbound/get-inbound-source.ts';
import { listInboundMessages } from './modules/inbound/list-inbound-messages.ts';
import { listInboundSources } from './modules/inbound/list-inbound-sources.ts';
import { listSuppressions } from './modules/inbound/list-suppressions.ts';
import { removeSuppression } from './modules/inbound/remove-suppression.ts';
import { replaceInboundKey } from './modules/inbound/replace-inbound-key.ts';
import { reprocessInbound } from './modules/inbound/reprocess-inbound.ts';
import { takeProposedKey } from './modules/inbound/take-proposed-key.ts';
import { updateInboundSettings } from './modules/inbound/update-inbound-settings.ts';
import { updateInboundSource } from './modules/inbound/update-inbound-source.ts';
import { exportInsight } from './modules/insights/export-insight.ts';
import { getInsights } from './modules/insights/get-insights.ts';
import { getTracking } from './modules/insights/get-tracking.ts';
import { recordInteractions } from './modules/insights/record-interactions.ts';
import { updateTracking } from './modules/insights/update-tracking.ts';
import { activateCredentials } from './modules/integrations/activate-credentials.ts';
import { createIntegration } from './modules/integrations/create-integration.ts';
import { deleteIntegration } from './modules/integrations/delete-integration.ts';
import { discardCredentials } from './modules/integrations/discard-credentials.ts';
import { getDisconnectImpact } from './modules/integrations/get-disconnect-impact.ts';
import { getIntegration } from './modules/integrations/get-integration.ts';
import { listIntegrations } from './modules/integrations/list-integrations.ts';
import { replaceCredentials } from './modules/integrations/replace-credentials.ts';
import { revealCredential } from './modules/integrations/reveal-credential.ts';
import { testConnection } from './modules/integrations/test-connection.ts';
import { testIntegration } from './modules/integrations/test-integration.ts';
import { updateIntegration } from './modules/integrations/update-integration.ts';
import { getEvent } from './modules/ledger/get-event.ts';
import { listEvents } from './modules/ledger/list-events.ts';
import { listUndelivered } from './modules/ledger/list-undelivered.ts';
import { clearLogs } from './modules/logs/clear-logs.ts';
import { getLogBuckets } from './modules/logs/get-log-buckets.ts';
import { getLogEntry } from './modules/logs/get-log-entry.ts';
import { getLogSettings } from './modules/logs/get-log-settings.ts';
import { listLogs } from './modules/logs/list-logs.ts';
import { planLogExport } from './modules/logs/plan-log-export.ts';
import { updateLogSettings } from './modules/logs/update-log-settings.ts';
import { getLimits } from './modules/limits/get-limits.ts';
import { updateLimits } from './modules/limits/update-limits.ts';
import { deleteOAuthApp } from './modules/oauth/delete-oauth-app.ts';
import { disconnectOAuth } from './modules/oauth/disconnect-oauth.ts';
import { getOAuthApp } from './modules/oauth/get-oauth-app.ts';
import { getOAuthAttempt } from './modules/oauth/get-oauth-attempt.ts';
import { getOAuthStatus } from './modules/oauth/get-oauth-status.ts';
import { initiateOAuth } from './modules/oauth/initiate-oauth.ts';
import { listOAuthApps } from './modules/oauth/list-oauth-apps.ts';
import { saveOAuthApp } from './modules/oauth/save-oauth-app.ts';
import { downloadVerification } from './modules/verification/download-verification.ts';
import { getVerification } from './modules/verification/get-verification.ts';
import { getVerificationSettings } from './modules/verification/get-verification-settings.ts';
import { listVerifications } from './modules/verification/list-verifications.ts';
import { startVerification } from './modules/verification/start-verification.ts';
import { updateVerificationSettings } from './modules/verification/update-verification-settings.ts';
import { exportUsage } from './modules/usage/export-usage.ts';
import { getUsage } from './modules/usage/get-usage.ts';
import { listRequests } from './modules/usage/list-requests.ts';
import { listThrottled } from './modules/usage/list-throttled.ts';
import { checkWebhookUrl } from './modules/webhooks/check-webhook-url.ts';
import { clearAllDlq } from './modules/webhooks/clear-all-dlq.ts';
import { clearDlqItem } from './modules/webhooks/clear-dlq-item.ts';
import { checkSsoDomain } from './modules/sso/check-sso-domain.ts';
import { deleteSso } from './modules/sso/delete-sso.ts';
import { getSso } from './modules/sso/get-sso.ts';
import { saveSso } from './modules/sso/save-sso.ts';
import { testSso } from './modules/sso/test-sso.ts';
import { createWebhook } from './modules/webhooks/create-webhook.ts';
import { deleteWebhook } from './modules/webhooks/delete-webhook.ts';
import { getDeliveryDetail } from './modules/webhooks/get-delivery-detail.ts';
import { getDeliveryHistory } from './modules/webhooks/get-delivery-history.ts';
import { getDlqItems } from './modules/webhooks/get-dlq-items.ts';
import { getRetryConfig } from './modules/webhooks/get-retry-config.ts';
import { getWebhook } from './modules/webhooks/get-webhook.ts';
import { listWebhooks } from './modules/webhooks/list-webhooks.ts';
import { probeWebhook } from './modules/webhooks/probe-webhook.ts';
import { regenerateWebhookSecret } from './modules/webhooks/regenerate-webhook-secret.ts';
import { replayDelivery } from './modules/webhooks/replay-delivery.ts';
import { retryDlqItem } from './modules/webhooks/retry-dlq-item.ts';
import { revealWebhookSecret } from './modules/webhooks/reveal-webhook-secret.ts';
import { testWebhook } from './modules/webhooks/test-webhook.ts';
import { updateRetryConfig } from './modules/webhooks/update-retry-config.ts';
import { updateWebhook } from './modules/webhooks/update-webhook.ts';
import { asVerb } from './verb.ts';
import type { Verb } from './verb.ts';

/** The verb of every operation. A missing or wrongly shaped one does not compile. */
const verbs: { [Name in OperationName]: Verb<(typeof operations)[Name]> } = {
  getSession,
  setUp,
  signIn,
  finishSignIn,
  startPasskeySignIn,
  signInWithPasskey,
  signOut,
  startReauthentication,
  reauthenticate,
  switchOrganization,
  listMembers,
  inviteMember,
  resendInvitation,
  revokeInvitation,
  changeMemberRole,
  removeMember,
  getInvitation,
  acceptInvitation,
  getAccount,
  updateProfile,
  changePassword,
  listSessions,
  endSession,
  endOtherSessions,
  endMemberSessions,
  startTotp,
  confirmTotp,
  removeTotp,
  makeRecoveryCodes,
  startPasskey,
  finishPasskey,
  renamePasskey,
  removePasskey,
  getSignInPolicy,
  saveSignInPolicy,
  getSso,
  saveSso,
  deleteSso,
  testSso,
  checkSsoDomain,
  listWebhooks,
  getWebhook,
  createWebhook,
  updateWebhook,
  deleteWebhook,
  regenerateWebhookSecret,
  revealWebhookSecret,
  probeWebhook,
  testWebhook,
  checkWebhookUrl,
  getDeliveryHistory,
  getDeliveryDetail,
  replayDelivery,
  replayFailedDeliveries,
  recoverWebhook,
  listBulkJobs,
  getBulkJob,
  updateBulkJob,
  getRetryConfig,
  updateRetryConfig,
  getDlqItems,
  retryDlqItem,
  retryAllDlq,
  clearDlqItem,
  clearAllDlq,
  sendEvents,
  listEvents,
  getEvent,
  listUndelivered,
  listEventTypes,
  saveEventType,
  deleteEventType,
  listProviders,
  getProvider,
  updateCatalogCuration,
  listCompanyIntegrations,
  listTemplates,
  listCustomProviders,
  getCustomProvider,
  createCustomProvider,
  updateCustomProvider,
  deleteCustomProvider,
  checkCustomProvider,
  listIntegrations,
  getIntegration,
  createIntegration,
  updateIntegration,
  deleteIntegration,
  getDisconnectImpact,
  testIntegration,
  testConnection,
  replaceCredentials,
  activateCredentials,
  discardCredentials,
  revealCredential,
  getIntegrationHealth,
  listHealth,
  checkAllIntegrations,
  getCheckRun,
  setUptimeTarget,
  troubleshootIntegration,
  getOAuthStatus,
  initiateOAuth,
  getOAuthAttempt,
  disconnectOAuth,
  listOAuthApps,
  getOAuthApp,
  saveOAuthApp,
  deleteOAuthApp,
  listInboundSources,
  getInboundSource,
  createInboundSource,
  updateInboundSource,
  replaceInboundKey,
  takeProposedKey,
  deleteInboundSource,
  listInboundMessages,
  getInboundMessage,
  getInboundFile,
  reprocessInbound,
  getInboundSettings,
  updateInboundSettings,
  listSuppressions,
  addSuppression,
  removeSuppression,
  listExchangeFiles,
  createExchangeFile,
  uploadExchangeFile,
  downloadExchangeFile,
  validateExchangeFile,
  sendExchangeFile,
  fetchExchangeFiles,
  eraseExchangeFile,
  listExchangeLayouts,
  saveExchangeLayout,
  startActionBulk,
  listActionBulks,
  getActionBulk,
  cancelActionBulk,
  retryActionBulk,
  runAction,
  cancelAction,
  retryAction,
  completeAction,
  getAction,
  listActions,
  listCapabilities,
  listAutomations,
  getAutomation,
  createAutomation,
  updateAutomation,
  deleteAutomation,
  checkAutomation,
  listAutomationRuns,
  getAutomationRun,
  retryAutomationRun,
  retryDeadRuns,
  cancelAutomationRun,
  getInterviewSync,
  updateInterviewSync,
  getNotificationSwitches,
  updateNotificationSwitches,
  listFailover,
  listLastResorts,
  updateLastResort,
  getFailoverConfig,
  updateFailoverConfig,
  triggerFailover,
  restorePrimary,
  retryCopyBack,
  makePrimary,
  listAlerts,
  getAlert,
  acknowledgeAlert,
  snoozeAlert,
  resolveAlert,
  listAlertRules,
  updateAlertRule,
  listAlertChannels,
  createAlertChannel,
  updateAlertChannel,
  deleteAlertChannel,
  testAlertChannel,
  getQuietHours,
  updateQuietHours,
  listNotifications,
  listStatusUpdates,
  postStatusUpdate,
  closeStatusUpdate,
  getApiKey,
  revealApiKey,
  regenerateApiKey,
  listLogs,
  getLogEntry,
  getLogBuckets,
  planLogExport,
  clearLogs,
  getLogSettings,
  updateLogSettings,
  listRunbooks,
  getRunbook,
  listVerifications,
  getVerification,
  startVerification,
  downloadVerification,
  getVerificationSettings,
  updateVerificationSettings,
  endGrace,
  listApiKeys,
  createApiKey,
  updateApiKey,
  revokeApiKey,
  switchScopedKeys,
  createPortalToken,
  listPortalTokens,
  revokePortalToken,
  revokePortalTokens,
  exchangePortalToken,
  getPortalSettings,
  updatePortalSettings,
  getLimits,
  updateLimits,
  getUsage,
  listRequests,
  listThrottled,
  exportUsage,
  getInsights,
  exportInsight,
  getTracking,
  updateTracking,
  recordInteractions,
  listAudit,
  verifyAudit,
  planAuditExport,
  getAuditSettings,
  updateAuditSettings,
};

/** Every operation with its name, for the fronts and the generated tests. */
export const allOperations: readonly Operation[] = Object.values(operations);

/**
 * Checks the input, runs the verb, and lets through only what the output schema names, so that a verb cannot
 * leak a field by accident.
 *
 * @throws ZodError for a wrong input; whatever the verb throws
 */
export async function callOperation(operation: Operation, ctx: Ctx, input: unknown): Promise<unknown> {
  const verb = verbs[operation.name as OperationName] as (ctx: Ctx, input: unknown) => Promise<unknown>;
  // The verb authorizes too; here it comes before the input's faults, so that a stranger learns nothing of them.
  authorize(ctx, operation);
  const checked = operation.input.parse(input ?? {});
  // An event's data is stored as escaped JSON and takes any text; everything else becomes PostgreSQL text.
  const unstorable = operation.name === 'sendEvents' ? null : findUnstorable(checked);
  if (unstorable !== null) {
    throw fieldError(
      'invalid_input',
      unstorable,
      'It holds a NUL or half a surrogate pair, or is nested too deep.',
    );
  }
  return operation.output.parse(await asVerb(ctx, operation.procedure, (inner) => verb(inner, checked)));
}
