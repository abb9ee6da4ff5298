import type { AuditAction } from '@trunkline/contract/audit';
import { auditActions } from '@trunkline/contract/audit';
import type { OperationName } from '@trunkline/contract/operations';
import { allows } from '@trunkline/contract/permissions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOperations } from '../bindings.ts';
import { operationSamples } from '../testing/operation-samples.ts';
import { createSamples } from '../testing/sample-data.ts';
import type { Samples } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startSink, startTestHttp } from '../testing/test-http.ts';
import type { Sink, TestHttp } from '../testing/test-http.ts';

/** What changes nothing that somebody would ask about, each for a reason. */
const unaudited: Partial<Record<OperationName, string>> = {
  checkWebhookUrl: 'a look at an address',
  checkCustomProvider: 'a look at a definition',
  checkSsoDomain: 'a look at a record; what it proves is recorded',
  sendEvents: 'events are kept as themselves',
  runAction: 'actions are kept as themselves, with every attempt',
  exportUsage: 'sums that the screen shows, too',
  exportInsight: 'sums that the screen shows, too',
  recordInteractions: 'interactions are kept as themselves',
  saveSignInPolicy: 'the sample is what holds already',
  checkAutomation: 'a look at a draft',
  retryDeadRuns: 'the sample has none to retry',
  restorePrimary: 'the sample goes through its primary already',
};

/** The records that each act leaves, with the input that `operationSamples` has for it. */
const recorded: Partial<Record<OperationName, AuditAction[]>> = {
  inviteMember: ['member.invited'],
  resendInvitation: ['member.invitation_resent'],
  revokeInvitation: ['member.invitation_revoked'],
  changeMemberRole: ['member.role_changed'],
  removeMember: ['member.removed'],
  endMemberSessions: ['member.sessions_ended'],
  deleteSso: ['sso.deleted'],
  createWebhook: ['webhook.created'],
  updateWebhook: ['webhook.updated'],
  deleteWebhook: ['webhook.deleted'],
  regenerateWebhookSecret: ['webhook.secret_regenerated'],
  revealWebhookSecret: ['webhook.secret_revealed'],
  probeWebhook: ['webhook.probed'],
  testWebhook: ['webhook.tested'],
  replayDelivery: ['delivery.replayed'],
  replayFailedDeliveries: ['delivery.failed_replayed'],
  recoverWebhook: ['webhook.recovered'],
  updateBulkJob: ['bulk_job.paused'],
  updateRetryConfig: ['retry_config.updated'],
  retryDlqItem: ['dead_letter.retried'],
  retryAllDlq: ['dead_letter.retried'],
  clearDlqItem: ['dead_letter.cleared'],
  clearAllDlq: ['dead_letter.cleared'],
  saveEventType: ['event_type.saved'],
  deleteEventType: ['event_type.deleted'],
  updateCatalogCuration: ['catalog.curated'],
  createCustomProvider: ['custom_provider.created'],
  updateCustomProvider: ['custom_provider.updated'],
  deleteCustomProvider: ['custom_provider.deleted'],
  createIntegration: ['integration.created'],
  updateIntegration: ['integration.updated'],
  deleteIntegration: ['integration.removed'],
  testIntegration: ['integration.tested'],
  testConnection: ['integration.tested'],
  replaceCredentials: ['integration.credentials_staged', 'integration.credentials_replaced'],
  activateCredentials: ['integration.tested'],
  discardCredentials: ['integration.credentials_discarded'],
  revealCredential: ['integration.secret_revealed'],
  checkAllIntegrations: ['integration.all_checked'],
  setUptimeTarget: ['integration.updated'],
  troubleshootIntegration: ['integration.troubleshot'],
  initiateOAuth: ['integration.connect_started'],
  disconnectOAuth: ['integration.authorization_revoked'],
  saveOAuthApp: ['oauth_app.saved'],
  deleteOAuthApp: ['oauth_app.deleted'],
  createInboundSource: ['inbound_source.created'],
  updateInboundSource: ['inbound_source.updated'],
  replaceInboundKey: ['inbound_source.key_replaced'],
  takeProposedKey: ['inbound_source.key_replaced'],
  deleteInboundSource: ['inbound_source.deleted'],
  reprocessInbound: ['inbound_message.reprocessed'],
  updateInboundSettings: ['inbound.settings_updated'],
  addSuppression: ['suppression.added'],
  removeSuppression: ['suppression.removed'],
  createExchangeFile: ['exchange_file.created'],
  uploadExchangeFile: ['exchange_file.received'],
  downloadExchangeFile: ['exchange_file.downloaded'],
  sendExchangeFile: ['exchange_file.sent'],
  eraseExchangeFile: ['exchange_file.erased'],
  saveExchangeLayout: ['exchange_layout.saved'],
  startActionBulk: ['action_bulk.started'],
  cancelActionBulk: ['action_bulk.cancelled'],
  retryActionBulk: ['action_bulk.retried'],
  cancelAction: ['action.cancelled'],
  retryAction: ['action.retried'],
  completeAction: ['action.completed'],
  createAutomation: ['automation.created'],
  updateAutomation: ['automation.updated'],
  deleteAutomation: ['automation.deleted'],
  retryAutomationRun: ['automation_run.retried'],
  updateInterviewSync: ['automation.created', 'automation.created', 'automation.created'],
  updateNotificationSwitches: ['automation.created'],
  updateLastResort: ['failover.last_resort_changed'],
  updateFailoverConfig: ['failover.updated'],
  triggerFailover: ['failover.switched'],
  makePrimary: ['failover.primary_changed'],
  retryCopyBack: ['failover.copy_retried'],
  acknowledgeAlert: ['alert.acknowledged'],
  snoozeAlert: ['alert.snoozed'],
  resolveAlert: ['alert.resolved'],
  updateAlertRule: ['alert_rule.updated'],
  createAlertChannel: ['alert_channel.created'],
  updateAlertChannel: ['alert_channel.updated'],
  deleteAlertChannel: ['alert_channel.deleted'],
  testAlertChannel: ['alert_channel.tested'],
  updateQuietHours: ['quiet_hours.updated'],
  postStatusUpdate: ['status_update.posted'],
  closeStatusUpdate: ['status_update.closed'],
  revealApiKey: ['api_key.copied'],
  regenerateApiKey: ['api_key.regenerated'],
  clearLogs: ['log.cleared'],
  updateLogSettings: ['log.settings_updated'],
  startVerification: ['verification.started'],
  updateVerificationSettings: ['verification.settings_updated'],
  endGrace: ['api_key.grace_ended'],
  createApiKey: ['api_key.created'],
  updateApiKey: ['api_key.updated'],
  revokeApiKey: ['api_key.revoked'],
  switchScopedKeys: ['api_key.scoped_keys_switched'],
  createPortalToken: ['portal_token.created'],
  revokePortalToken: ['portal_token.revoked'],
  revokePortalTokens: ['portal_token.revoked'],
  updatePortalSettings: ['portal.settings_updated'],
  updateLimits: ['limits.updated'],
  updateTracking: ['tracking.updated'],
  updateAuditSettings: ['audit.settings_updated'],
};

let test: TestApp;
let http: TestHttp;
let sink: Sink;
let organization: TestOrganization;
let samples: Samples;
let cookie: { cookie: string };

beforeAll(async () => {
  test = await createTestApp();
  http = await startTestHttp(test.app);
  sink = await startSink();
  organization = await test.createOrganization();
  samples = createSamples(test, organization, { marker: 'audited', url: sink.url });
  cookie = await http.signIn(organization.people.system_admin);
});
afterAll(async () => {
  await http?.close();
  await sink?.close();
  await test?.close();
});

async function written(): Promise<{ sequence: number; action: string }[]> {
  const { rows } = await test.database.pool.query<{ sequence: number; action: string }>(
    'SELECT sequence, action FROM audit_log WHERE organization_id = $1 ORDER BY sequence',
    [organization.id],
  );
  return rows;
}

describe('every act of an administrator leaves a record', () => {
  const acts = allOperations.filter(
    ({ kind, permission }) =>
      kind === 'mutation' &&
      permission !== 'public' &&
      permission !== 'session' &&
      allows('system_admin', permission),
  );

  it.each(acts.map((operation) => [operation.name as OperationName, operation] as const))(
    '%s',
    async (name, operation) => {
      const caller = { email: organization.people.system_admin.email, isMember: true };
      const input = await operationSamples[name].input(samples, caller);
      if ((operationSamples[name].outcome?.(caller) ?? 'ok') !== 'ok') return;
      const before = (await written()).length;
      const answer = await http.call('POST', `/api/trpc/${operation.procedure}`, {
        headers: cookie,
        body: input,
      });
      expect([name, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([name, 200, '']);
      const made = (await written()).slice(before);
      const expected = unaudited[name] === undefined ? recorded[name] : [];
      expect([name, made.map(({ action }) => action)]).toEqual([name, expected]);
    },
  );
});

/** An act of the CRM document: what does it here, and the record that it leaves. */
interface Act {
  operation: OperationName;
  input: () => unknown;
  action: AuditAction;
}

const webhook = (change: object) => async () => ({ id: await samples.webhook(), ...change });
const offWebhook = (change: object) => async () => {
  const id = await samples.webhook();
  await test.database.pool.query('UPDATE webhooks SET enabled = false WHERE id = $1', [id]);
  return { id, ...change };
};
const integration = (change: object) => async () => ({ id: await samples.integration(), ...change });
const offIntegration = async () => {
  const id = await samples.integration();
  await test.database.pool.query('UPDATE integrations SET enabled = false WHERE id = $1', [id]);
  return { id, enabled: true };
};
const sample = (name: OperationName) => () => operationSamples[name].input(samples, caller);
const caller = { email: '', isMember: true };

/**
 * What the CRM document wants recorded: "all API key regenerations and webhook configuration changes", "all integration
 * actions", and the acts among the events of its tracking plan. The rest of the plan are looks, which are no acts.
 */
const wanted: Record<string, Act[]> = {
  api_key_viewed: [
    { operation: 'revealApiKey', input: () => ({ purpose: 'show' }), action: 'api_key.revealed' },
  ],
  api_key_copied: [
    { operation: 'revealApiKey', input: () => ({ purpose: 'copy' }), action: 'api_key.copied' },
  ],
  api_key_regenerated: [
    { operation: 'regenerateApiKey', input: () => ({ graceSeconds: 60 }), action: 'api_key.regenerated' },
  ],
  webhook_added: [{ operation: 'createWebhook', input: sample('createWebhook'), action: 'webhook.created' }],
  webhook_toggled: [
    { operation: 'updateWebhook', input: webhook({ status: 'disabled' }), action: 'webhook.disabled' },
    { operation: 'updateWebhook', input: webhook({ status: 'paused' }), action: 'webhook.paused' },
    { operation: 'updateWebhook', input: offWebhook({ status: 'active' }), action: 'webhook.enabled' },
  ],
  webhook_event_selected: [
    { operation: 'updateWebhook', input: webhook({ events: ['job.updated'] }), action: 'webhook.updated' },
  ],
  integration_health_checked: [
    { operation: 'testIntegration', input: integration({}), action: 'integration.tested' },
    { operation: 'troubleshootIntegration', input: integration({}), action: 'integration.troubleshot' },
  ],
  integration_connection_attempted: [
    {
      operation: 'createIntegration',
      input: sample('createIntegration'),
      action: 'integration.created',
    },
    { operation: 'initiateOAuth', input: sample('initiateOAuth'), action: 'integration.connect_started' },
  ],
  'webhook configuration changes': [
    {
      operation: 'updateWebhook',
      input: webhook({ url: 'http://127.0.0.1:9/new' }),
      action: 'webhook.updated',
    },
    { operation: 'deleteWebhook', input: webhook({}), action: 'webhook.deleted' },
    {
      operation: 'regenerateWebhookSecret',
      input: webhook({}),
      action: 'webhook.secret_regenerated',
    },
    { operation: 'revealWebhookSecret', input: webhook({}), action: 'webhook.secret_revealed' },
    {
      operation: 'updateRetryConfig',
      input: sample('updateRetryConfig'),
      action: 'retry_config.updated',
    },
  ],
  'all integration actions': [
    {
      operation: 'updateIntegration',
      input: integration({ enabled: false }),
      action: 'integration.disabled',
    },
    { operation: 'updateIntegration', input: offIntegration, action: 'integration.enabled' },
    { operation: 'updateIntegration', input: integration({ name: 'Else' }), action: 'integration.updated' },
    { operation: 'deleteIntegration', input: integration({}), action: 'integration.disconnected' },
    {
      operation: 'replaceCredentials',
      input: sample('replaceCredentials'),
      action: 'integration.credentials_replaced',
    },
    {
      operation: 'revealCredential',
      input: sample('revealCredential'),
      action: 'integration.secret_revealed',
    },
    {
      operation: 'disconnectOAuth',
      input: sample('disconnectOAuth'),
      action: 'integration.authorization_revoked',
    },
  ],
};

describe('what the CRM document calls', () => {
  const acts = Object.entries(wanted).flatMap(([name, list]) =>
    list.map((act) => [name, act.action, act] as const),
  );
  it.each(acts)('%s leaves %s', async (_name, action, { operation, input }) => {
    const { procedure } = allOperations.find(({ name }) => name === operation)!;
    const body = await input();
    const before = (await written()).length;
    const answer = await http.call('POST', `/api/trpc/${procedure}`, { headers: cookie, body });
    expect([operation, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([
      operation,
      200,
      '',
    ]);
    const made = (await written()).slice(before).map((record) => record.action);
    expect(made).toContain(action);
  });
});

/** Actions that none of the acts above leaves: by whom they are, and so by which tests they are held. */
const others: Record<string, AuditAction[]> = {
  'what people do about themselves, and what makes an organization': [
    'organization.created',
    'member.signed_in',
    'member.signed_out',
    'member.reauthenticated',
    'member.joined',
    'member.name_changed',
    'member.password_changed',
    'member.session_ended',
    'member.second_factor_added',
    'member.second_factor_removed',
    'member.second_factors_reset',
    'member.recovery_codes_made',
    'member.recovery_code_used',
    'member.passkey_renamed',
    'member.sso_linked',
  ],
  'other inputs of acts above': [
    'sign_in_policy.saved',
    'sso.saved',
    'webhook.resumed',
    'bulk_job.resumed',
    'bulk_job.cancelled',
    'bulk_job.rate_changed',
    'automation.enabled',
    'automation.disabled',
    'automation_run.cancelled',
    'failover.restored',
    'inbound_source.enabled',
    'inbound_source.disabled',
  ],
  'what a frame does with its token': ['portal_token.exchanged'],
  'what an address beside the operations does': [
    'integration.connected',
    'integration.connect_failed',
    'audit.exported',
    'log.exported',
  ],
  'what the product does by itself': [
    'portal_token.reused',
    'sso.domain_proved',
    'sso.domain_proof_missing',
    'sso.domain_lapsed',
    'integration.reauthentication_required',
    'audit.records_removed',
    'audit.signing_started',
  ],
};

it('every action of the log is an act above, or named with its reason', () => {
  const known = [
    ...Object.values(recorded).flat(),
    ...Object.values(wanted).flatMap((acts) => acts.map(({ action }) => action)),
    ...Object.values(others).flat(),
  ];
  expect([...new Set(known)].sort()).toEqual([...auditActions].sort());
});
