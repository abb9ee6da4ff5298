import type { ErrorCode } from '@trunkline/contract/errors';
import type { OperationName } from '@trunkline/contract/operations';
import { portalOrigin } from './sample-api.ts';
import type { Samples } from './sample-data.ts';
import { customDefinition } from './sample-integrations.ts';
import { testPassword } from './test-app.ts';

export interface SampleCaller {
  /** Email of somebody who may sign in at any time. */
  email: string;
  isMember: boolean;
}

export interface OperationSample {
  /** Makes an input that works for a caller who may; made anew for every call, as some can be used once. */
  input: (samples: Samples, caller: SampleCaller) => unknown;
  /**
   * What somebody of another organization gets for this input: `not_found`, or `own` when the operation only
   * touches the caller's own organization, whatever the input names.
   */
  foreign: 'not_found' | 'own';
  /** The outcome for those who may, where it is not a success. */
  outcome?: (caller: SampleCaller) => ErrorCode | 'ok';
  /** The status of a success over REST, where it depends on the input. */
  restStatus?: number;
  /** The input differs from caller to caller. Making it changes no organization. */
  perCaller?: boolean;
  /** The answer shows an organization to somebody outside of it on purpose. */
  showsByToken?: boolean;
}

const own = (input: OperationSample['input']): OperationSample => ({ input, foreign: 'own' });
const byId = (input: OperationSample['input']): OperationSample => ({ input, foreign: 'not_found' });
const nothing = own(() => ({}));
const webhookById = byId(async (samples) => ({ id: await samples.webhook() }));
const byIntegration = byId(async (samples) => ({ integrationId: await samples.integration() }));
const integrationById = byId(async (samples) => ({ id: await samples.integration() }));
const alertsByIds = byId(async (samples) => ({ ids: [await samples.alert()] }));
const alertChannelById = byId(async (samples) => ({ id: await samples.alertChannel() }));
const automationById = byId(async (samples) => ({ id: await samples.automation() }));
const automationRunById = byId(async (samples) => ({ id: await samples.automationRun() }));
const exchangeFileById = byId(async (samples) => ({ id: (await samples.exchangeFile()).id }));
const diceValues = { batchUsername: 'acme', batchPassword: 'hush', diceId: '10123456' };
const inboundSourceById = byId(async (samples) => ({ id: await samples.inboundSource() }));
const inboundMessageById = byId(async (samples) => ({ id: await samples.inboundMessage() }));
const deliveryById = byId(async (samples) => ({ deliveryId: (await samples.deadLetter()).deliveryId }));

const verificationById = byId(async (samples) => ({ id: await samples.verification() }));

const customProviderBySlug = byId(async (samples) => ({ slug: await samples.customProvider() }));

const retryConfig = {
  maxRetries: 3,
  retryStrategy: 'linear',
  fixedDelaySeconds: 5,
  maxDelaySeconds: 60,
  enableJitter: true,
  enableDlq: true,
};

const automationDraft = {
  trigger: { kind: 'event', events: ['job.created'] },
  steps: [{ name: 'post', capability: 'chat.post', input: { text: '{{ event.data.title }}' } }],
};

/** A passkey's answer that proves nothing. */
const noPasskey = { id: 'AA', rawId: 'AA', type: 'public-key', response: {} };

/** The id of nothing. */
const noSuchId = '01890000-0000-7000-8000-000000000000';

let count = 0;

/** An input for every operation; one that is missing here does not compile. */
export const operationSamples: Record<OperationName, OperationSample> = {
  getSession: nothing,
  setUp: {
    ...own(() => ({
      organizationName: 'Second',
      name: 'Intruder',
      email: 'intruder@example.com',
      password: testPassword,
    })),
    outcome: () => 'setup_completed',
  },
  signIn: { ...own((_, { email }) => ({ email, password: testPassword })), perCaller: true },
  finishSignIn: {
    ...own(() => ({ token: 'a-token-that-nobody-was-given', proof: { code: '000000' } })),
    outcome: () => 'sign_in_step_over',
  },
  startPasskeySignIn: nothing,
  signInWithPasskey: {
    ...own(() => ({ token: 'a-token-that-nobody-was-given', passkey: noPasskey })),
    outcome: () => 'sign_in_step_over',
  },
  signOut: nothing,
  startReauthentication: nothing,
  reauthenticate: own(() => ({ password: testPassword })),
  switchOrganization: {
    ...byId(({ organization }) => ({ organizationId: organization.id })),
    outcome: ({ isMember }) => (isMember ? 'ok' : 'not_found'),
  },
  listMembers: nothing,
  inviteMember: own(({ marker }) => ({ email: `${marker}-${++count}@example.org`, role: 'viewer' })),
  resendInvitation: byId(async (samples) => ({ id: (await samples.invitation()).id })),
  revokeInvitation: byId(async (samples) => ({ id: (await samples.invitation()).id })),
  changeMemberRole: byId(async (samples) => ({
    userId: (await samples.member()).id,
    role: 'utility_admin',
  })),
  removeMember: byId(async (samples) => ({ userId: (await samples.member()).id })),
  getInvitation: {
    ...own(async (samples) => ({ token: (await samples.invitation()).token })),
    showsByToken: true,
  },
  acceptInvitation: {
    ...own(() => ({ token: 'a-token-that-nobody-was-given', name: 'Guest', password: testPassword })),
    outcome: () => 'not_found',
  },
  getAccount: nothing,
  updateProfile: own(() => ({ name: 'Another name' })),
  changePassword: own(() => ({ currentPassword: testPassword, newPassword: testPassword })),
  listSessions: nothing,
  endSession: { ...own(() => ({ id: noSuchId })), outcome: () => 'not_found' },
  endOtherSessions: nothing,
  endMemberSessions: byId(async (samples) => ({ userId: (await samples.member()).id })),
  startTotp: nothing,
  confirmTotp: { ...own(() => ({ code: 'no code' })), outcome: () => 'wrong_code' },
  removeTotp: { ...nothing, outcome: () => 'not_found' },
  makeRecoveryCodes: { ...nothing, outcome: () => 'conflict' },
  startPasskey: nothing,
  finishPasskey: {
    ...own(() => ({ token: 'a-token-that-nobody-was-given', name: 'Laptop', passkey: noPasskey })),
    outcome: () => 'sign_in_step_over',
  },
  renamePasskey: { ...own(() => ({ id: noSuchId, name: 'Laptop' })), outcome: () => 'not_found' },
  removePasskey: { ...own(() => ({ id: noSuchId })), outcome: () => 'not_found' },
  getSignInPolicy: nothing,
  saveSignInPolicy: own(() => ({ secondFactor: 'nobody' })),
  getSso: nothing,
  checkSsoDomain: byId(async (samples) => {
    await samples.identityProvider();
    return { domain: `${samples.marker}.example` };
  }),
  saveSso: {
    ...own(() => ({
      issuer: 'http://127.0.0.1:9',
      clientId: 'trunkline',
      clientSecret: 'hush',
      domains: [],
      defaultRole: null,
      required: false,
    })),
    outcome: () => 'connection_failed',
  },
  deleteSso: byId(async (samples) => {
    await samples.identityProvider();
    return {};
  }),
  testSso: { ...own(() => ({ issuer: 'http://127.0.0.1:9' })), outcome: () => 'connection_failed' },
  listWebhooks: nothing,
  getWebhook: webhookById,
  createWebhook: own(() => ({ name: 'New', url: 'http://127.0.0.1:9/hook', events: ['job.created'] })),
  updateWebhook: byId(async (samples) => ({ id: await samples.webhook(), name: 'Renamed' })),
  deleteWebhook: webhookById,
  regenerateWebhookSecret: webhookById,
  revealWebhookSecret: webhookById,
  probeWebhook: byId(async (samples) => ({ id: await samples.unwellWebhook() })),
  testWebhook: byId(async (samples) => ({ id: await samples.webhook(), eventType: 'job.created' })),
  checkWebhookUrl: own(() => ({ url: 'http://127.0.0.1:9/hook', ping: false })),
  getDeliveryHistory: byId(async (samples) => ({ webhookId: (await samples.deadLetter()).webhookId })),
  getDeliveryDetail: deliveryById,
  replayDelivery: deliveryById,
  replayFailedDeliveries: byId(async (samples) => ({ webhookId: (await samples.deadLetter()).webhookId })),
  recoverWebhook: byId(async (samples) => ({
    id: (await samples.deadLetter()).webhookId,
    since: '2026-01-01T00:00:00Z',
  })),
  listBulkJobs: own(async (samples) => ({ webhookId: await samples.webhook(), limit: 5 })),
  getBulkJob: byId(async (samples) => ({ id: await samples.bulkJob() })),
  updateBulkJob: byId(async (samples) => ({ id: await samples.bulkJob(), state: 'paused' })),
  getRetryConfig: nothing,
  updateRetryConfig: own(() => retryConfig),
  getDlqItems: own(async (samples) => ({ webhookId: (await samples.deadLetter()).webhookId, limit: 5 })),
  retryDlqItem: deliveryById,
  retryAllDlq: own(async (samples) => ({ deliveryIds: [(await samples.deadLetter()).deliveryId] })),
  clearDlqItem: deliveryById,
  clearAllDlq: own(async (samples) => ({ deliveryIds: [(await samples.deadLetter()).deliveryId] })),
  sendEvents: own(() => ({
    type: 'job.created',
    data: { n: 1 },
    id: `sent-${++count}`,
  })),
  listEvents: own(() => ({ eventType: 'job.created', limit: 5 })),
  getEvent: byId(async (samples) => ({ eventId: (await samples.deadLetter()).messageId })),
  listUndelivered: byId(async (samples) => ({
    webhookId: (await samples.deadLetter()).webhookId,
    since: '2026-01-01T00:00:00Z',
  })),
  listEventTypes: nothing,
  saveEventType: own(async (samples) => ({ name: await samples.eventType(), description: 'Another' })),
  deleteEventType: byId(async (samples) => ({ name: await samples.eventType() })),
  listProviders: own(() => ({ search: 'slack', group: 'communication' })),
  getProvider: own(() => ({ slug: 'slack' })),
  listCompanyIntegrations: nothing,
  listTemplates: nothing,
  listCustomProviders: nothing,
  getCustomProvider: customProviderBySlug,
  createCustomProvider: {
    ...own(() => ({ definition: customDefinition(`Made ${++count}`) })),
    perCaller: true,
  },
  updateCustomProvider: byId(async (samples) => ({
    slug: await samples.customProvider(),
    definition: customDefinition(`Changed ${++count}`),
  })),
  deleteCustomProvider: customProviderBySlug,
  checkCustomProvider: own(() => ({ definition: customDefinition('Tried'), values: { token: 'hush' } })),
  updateCatalogCuration: own(() => ({ hidden: ['zendesk', 'hubspot'] })),
  listIntegrations: nothing,
  getIntegration: integrationById,
  createIntegration: own(() => ({ provider: 'dice', values: diceValues })),
  updateIntegration: byId(async (samples) => ({ id: await samples.integration(), name: 'Renamed' })),
  deleteIntegration: byId(async (samples) => ({ id: await samples.begunIntegration() })),
  getDisconnectImpact: integrationById,
  getIntegrationHealth: byId(async (samples) => ({ id: await samples.measuredIntegration() })),
  listHealth: own(async (samples) => ({ integrationIds: [await samples.measuredIntegration()] })),
  checkAllIntegrations: nothing,
  getCheckRun: byId(async (samples) => ({ id: await samples.checkRun() })),
  setUptimeTarget: byId(async (samples) => ({ id: await samples.integration(), percent: 99.5 })),
  troubleshootIntegration: integrationById,
  testIntegration: integrationById,
  testConnection: byId(async (samples) => ({
    provider: 'sendgrid',
    values: { fromEmail: 'no-reply@example.com' },
    integrationId: await samples.integration(),
  })),
  replaceCredentials: byId(async (samples) => ({
    id: await samples.integration(),
    values: { apiKey: 'SG.new.key', fromEmail: 'no-reply@example.com' },
    check: 'skip',
  })),
  activateCredentials: integrationById,
  discardCredentials: integrationById,
  revealCredential: byId(async (samples) => ({ id: await samples.integration(), key: 'apiKey' })),
  getOAuthStatus: byId(async (samples) => ({ integrationId: await samples.oauthIntegration() })),
  initiateOAuth: byId(async (samples) => {
    await samples.oauthApp();
    return { integrationId: await samples.oauthIntegration() };
  }),
  getOAuthAttempt: byId(async (samples) => ({ attemptId: (await samples.oauthAttempt()).attemptId })),
  disconnectOAuth: byId(async (samples) => ({ integrationId: await samples.oauthIntegration() })),
  listOAuthApps: nothing,
  getOAuthApp: own(async (samples) => ({ provider: await samples.oauthApp() })),
  saveOAuthApp: own(() => ({ provider: 'zoom', values: { clientId: '1.2', clientSecret: 'hush' } })),
  deleteOAuthApp: byId(async (samples) => ({ provider: await samples.oauthApp() })),
  listInboundSources: nothing,
  getInboundSource: inboundSourceById,
  createInboundSource: own(() => ({ provider: 'generic', name: `Source ${++count}` })),
  updateInboundSource: byId(async (samples) => ({ id: await samples.inboundSource(), name: 'Renamed' })),
  replaceInboundKey: inboundSourceById,
  takeProposedKey: inboundSourceById,
  deleteInboundSource: inboundSourceById,
  listInboundMessages: nothing,
  getInboundMessage: inboundMessageById,
  getInboundFile: byId(async (samples) => ({ id: await samples.inboundMail(), file: 0 })),
  reprocessInbound: inboundMessageById,
  getInboundSettings: nothing,
  updateInboundSettings: own(() => ({ retentionDays: 45 })),
  listSuppressions: nothing,
  addSuppression: {
    ...own(() => ({ address: `suppressed-${++count}@example.com` })),
    perCaller: true,
  },
  removeSuppression: byId(async (samples) => ({ address: await samples.suppression() })),
  listExchangeFiles: byId(async (samples) => ({ integrationId: await samples.exchangeIntegration() })),
  createExchangeFile: byId(async (samples) => ({
    integrationId: await samples.exchangeIntegration(),
    content: {
      kind: 'contributions',
      rows: [{ planNumber: '1', employeeNumber: 'E1', lastName: 'Doe', firstName: 'Ada' }],
    },
  })),
  uploadExchangeFile: byId(async (samples) => ({
    integrationId: await samples.exchangeIntegration(),
    name: 'report.txt',
    content: 'QWxsIHdlbGw=',
  })),
  downloadExchangeFile: exchangeFileById,
  validateExchangeFile: exchangeFileById,
  sendExchangeFile: exchangeFileById,
  fetchExchangeFiles: {
    ...byId(async (samples) => ({ integrationId: await samples.exchangeIntegration() })),
    outcome: () => 'conflict',
  },
  eraseExchangeFile: exchangeFileById,
  listExchangeLayouts: byId(async (samples) => ({ integrationId: await samples.exchangeIntegration() })),
  saveExchangeLayout: byId(async (samples) => ({
    integrationId: await samples.exchangeIntegration(),
    kind: 'census',
    layout: null,
  })),
  runAction: {
    ...byId(async (samples) => ({
      capability: 'email.send',
      integrationId: await samples.integration(),
      sendAt: '2020-01-01T00:00:00Z',
      to: 'jane@example.com',
      subject: 'Hello',
      text: 'Hello',
    })),
    // Its time has come, and nobody waits for it.
    restStatus: 202,
  },
  getAction: byId(async (samples) => ({ id: await samples.action() })),
  listActions: nothing,
  retryAction: byId(async (samples) => ({ id: await samples.handAction() })),
  completeAction: byId(async (samples) => ({ id: await samples.handAction() })),
  cancelAction: byId(async (samples) => ({ id: await samples.waitingAction() })),
  startActionBulk: byId(async (samples) => ({
    capability: 'email.send',
    integrationId: await samples.integration(),
    inputs: [{ to: 'jane@example.com', subject: 'Hello', text: 'Hello' }],
  })),
  listActionBulks: nothing,
  getActionBulk: byId(async (samples) => ({ id: await samples.actionBulk() })),
  cancelActionBulk: byId(async (samples) => ({ id: await samples.actionBulk() })),
  retryActionBulk: byId(async (samples) => ({ id: await samples.actionBulk() })),
  listAutomations: nothing,
  getAutomation: automationById,
  createAutomation: own(() => ({ name: 'Jobs to chat', ...automationDraft })),
  updateAutomation: byId(async (samples) => ({ id: await samples.automation(), name: 'Renamed' })),
  deleteAutomation: automationById,
  checkAutomation: own(() => automationDraft),
  listAutomationRuns: nothing,
  getAutomationRun: automationRunById,
  retryAutomationRun: automationRunById,
  retryDeadRuns: automationById,
  getInterviewSync: byId(async (samples) => ({ integrationId: await samples.calendarIntegration() })),
  updateInterviewSync: byId(async (samples) => ({
    integrationId: await samples.calendarIntegration(),
    enabled: true,
  })),
  getNotificationSwitches: byId(async (samples) => ({ integrationId: await samples.oauthIntegration() })),
  updateNotificationSwitches: byId(async (samples) => ({
    integrationId: await samples.oauthIntegration(),
    switches: { escalations: true },
  })),
  cancelAutomationRun: { ...automationRunById, outcome: () => 'conflict' },
  listCapabilities: nothing,
  listFailover: nothing,
  listLastResorts: nothing,
  updateLastResort: own(() => ({ capability: 'email.send', enabled: true })),
  getFailoverConfig: byIntegration,
  updateFailoverConfig: byId(async (samples) => ({
    integrationId: await samples.integration(),
    failoverThreshold: 4,
  })),
  triggerFailover: byId(async (samples) => ({ integrationId: (await samples.failover()).primaryId })),
  restorePrimary: byId(async (samples) => ({ integrationId: (await samples.failover()).primaryId })),
  makePrimary: byIntegration,
  retryCopyBack: byId(async (samples) => ({ integrationId: (await samples.failover()).primaryId })),
  listAlerts: nothing,
  getAlert: byId(async (samples) => ({ id: await samples.alert() })),
  acknowledgeAlert: alertsByIds,
  snoozeAlert: byId(async (samples) => ({ ids: [await samples.alert()], minutes: 60 })),
  resolveAlert: alertsByIds,
  listAlertRules: nothing,
  updateAlertRule: byId(async (samples) => ({
    rule: 'slow_responses',
    threshold: 5_000,
    channels: [await samples.alertChannel()],
  })),
  listAlertChannels: nothing,
  createAlertChannel: own(() => ({
    name: 'Operations',
    target: { kind: 'email', addresses: ['ops@example.com'], roles: ['system_admin'] },
  })),
  updateAlertChannel: byId(async (samples) => ({ id: await samples.alertChannel(), name: 'Renamed' })),
  deleteAlertChannel: alertChannelById,
  testAlertChannel: alertChannelById,
  getQuietHours: nothing,
  updateQuietHours: own(() => ({
    enabled: true,
    from: '22:00',
    to: '06:30',
    days: [1, 2, 3],
    timeZone: 'Europe/Berlin',
    criticalPasses: true,
  })),
  listNotifications: nothing,
  listStatusUpdates: nothing,
  postStatusUpdate: byId(async (samples) => ({
    text: 'We look into it.',
    integrationIds: [await samples.integration()],
    channelIds: [await samples.alertChannel()],
  })),
  closeStatusUpdate: byId(async (samples) => ({ id: await samples.statusUpdate() })),
  getApiKey: nothing,
  revealApiKey: own(() => ({ purpose: 'copy' })),
  regenerateApiKey: own(() => ({ graceSeconds: 3600 })),
  listLogs: byId(async (samples) => ({ integrationId: await samples.integration(), limit: 5 })),
  getLogEntry: byId(async (samples) => ({ id: await samples.logLine() })),
  getLogBuckets: byId(async (samples) => ({ integrationId: await samples.integration() })),
  planLogExport: byId(async (samples) => ({ integrationId: await samples.integration(), format: 'csv' })),
  clearLogs: byId(async (samples) => ({ webhookId: await samples.webhook() })),
  getLogSettings: nothing,
  updateLogSettings: own(() => ({ retentionDays: 45 })),
  listRunbooks: nothing,
  getRunbook: own(() => ({ category: 'email' })),
  listVerifications: nothing,
  getVerification: verificationById,
  startVerification: nothing,
  downloadVerification: verificationById,
  getVerificationSettings: nothing,
  updateVerificationSettings: own(() => ({ enabled: true, day: 3 })),
  endGrace: byId(async (samples) => ({ id: await samples.expiringKey() })),
  listApiKeys: nothing,
  createApiKey: {
    ...own(async (samples) => {
      await samples.scopedKey();
      return { name: `Made ${++count}`, scopes: ['read'] };
    }),
    outcome: ({ isMember }) => (isMember ? 'ok' : 'scoped_keys_off'),
  },
  updateApiKey: byId(async (samples) => ({ id: await samples.scopedKey(), name: 'Renamed' })),
  revokeApiKey: byId(async (samples) => ({ id: await samples.scopedKey() })),
  switchScopedKeys: own(() => ({ enabled: true })),
  createPortalToken: {
    ...own(async (samples) => {
      await samples.portalToken();
      return { parts: ['webhooks'], subject: 'jane' };
    }),
    outcome: ({ isMember }) => (isMember ? 'ok' : 'portal_off'),
  },
  listPortalTokens: nothing,
  revokePortalToken: byId(async (samples) => ({ id: (await samples.portalToken()).id })),
  revokePortalTokens: own(async (samples) => {
    await samples.portalToken();
    return { subject: `Jane ${samples.marker}` };
  }),
  exchangePortalToken: {
    ...own((samples) => ({
      token: 'tl_portal_that-nobody-was-given',
      organizationId: samples.organization.id,
      origin: portalOrigin,
    })),
    outcome: () => 'portal_token_refused',
  },
  getPortalSettings: nothing,
  updatePortalSettings: own(() => ({ origins: [portalOrigin] })),
  getLimits: nothing,
  updateLimits: own(() => ({ keyPerMinute: null, keyPerHour: null, organizationPerHour: null })),
  getUsage: own(() => ({ range: '24h' })),
  listRequests: nothing,
  listThrottled: nothing,
  exportUsage: own(() => ({ range: '7d', format: 'csv' })),
  getInsights: own(() => ({ group: 'security', range: '7d' })),
  exportInsight: own(() => ({ answer: 'features', range: '7d' })),
  getTracking: nothing,
  updateTracking: own(() => ({ enabled: true })),
  recordInteractions: own(() => ({
    device: 'wide',
    events: [{ event: 'page_viewed', properties: { page: 'webhooks' } }],
  })),
  listAudit: own(({ organization }) => ({ targetId: organization.id, limit: 5 })),
  verifyAudit: nothing,
  planAuditExport: own(() => ({ action: 'webhook', format: 'csv' })),
  getAuditSettings: nothing,
  updateAuditSettings: own(() => ({ retentionDays: 400 })),
};
