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
      expect([name, made.length > 0]).toEqual([name, unaudited[name] === undefined]);
    },
  );
});

/**
 * What the CRM document wants recorded: "all API key regenerations and webhook configuration changes", "all integration
 * actions", and the acts among the events of its tracking plan. The rest of the plan are looks, which are no acts.
 */
const wanted: Record<string, AuditAction[]> = {
  api_key_viewed: ['api_key.revealed'],
  api_key_copied: ['api_key.copied'],
  api_key_regenerated: ['api_key.regenerated'],
  webhook_added: ['webhook.created'],
  webhook_toggled: ['webhook.enabled', 'webhook.disabled'],
  webhook_event_selected: ['webhook.updated'],
  integration_health_checked: ['integration.tested', 'integration.all_checked'],
  integration_connection_attempted: [
    'integration.created',
    'integration.connect_started',
    'integration.connected',
    'integration.connect_failed',
  ],
  'webhook configuration changes': [
    'webhook.created',
    'webhook.updated',
    'webhook.enabled',
    'webhook.disabled',
    'webhook.deleted',
    'webhook.secret_regenerated',
    'webhook.secret_revealed',
    'retry_config.updated',
  ],
  'all integration actions': [
    'integration.updated',
    'integration.enabled',
    'integration.disabled',
    'integration.disconnected',
    'integration.credentials_replaced',
    'integration.secret_revealed',
    'integration.reauthentication_required',
  ],
};

it.each(Object.entries(wanted))('the log knows what the CRM document calls %s', (_, actions) => {
  for (const action of actions) expect(auditActions).toContain(action);
});
