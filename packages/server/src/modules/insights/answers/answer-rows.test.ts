import type { InsightAnswerName } from '@trunkline/contract/insight-answers';
import type { AuditAction } from '@trunkline/contract/audit';
import type { TrackedEventName } from '@trunkline/contract/tracking-plan';
import type { Role } from '@trunkline/contract/permissions';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ctx } from '../../../ctx.ts';
import { inOrganization } from '../../../db/tenant.ts';
import { systemContext } from '../../../system-context.ts';
import { createSamples } from '../../../testing/sample-data.ts';
import type { Samples } from '../../../testing/sample-data.ts';
import { createTestApp } from '../../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../../testing/test-app.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import { answeringOf } from './all-answers.ts';

/** Four weeks from a Monday, long before what the samples write by the clock of the database. */
const span = { since: new Date('2025-01-06T00:00:00Z'), until: new Date('2025-02-03T00:00:00Z') };
const before = '2025-01-05T23:00:00Z';

let test: TestApp;
let organization: TestOrganization;
let samples: Samples;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  organization = await test.createOrganization();
  samples = createSamples(test, organization, { marker: 'rows', url: 'http://127.0.0.1:9' });
});

const insert = (sql: string, values: unknown[]) => test.database.pool.query(sql, values);

function answer(name: InsightAnswerName) {
  const { find, say } = answeringOf(name);
  return inOrganization(test.as('viewer', organization), async (tx) => {
    const rows = await find(tx, span);
    return { rows, said: say?.(rows) ?? null };
  });
}
const rowsOf = async (name: InsightAnswerName) => (await answer(name)).rows;

async function event(
  event: TrackedEventName,
  role: Role,
  properties: Record<string, unknown>,
  at = '2025-01-08T10:00:00Z',
): Promise<void> {
  await insert(
    `INSERT INTO tracked_events (id, organization_id, at, event, user_id, role, properties)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [test.app.newId(), organization.id, at, event, organization.people[role].id, role, properties],
  );
}

/** Calls or checks of an integration, in an hour or on a day. */
async function measured(
  integrationId: string,
  kind: 'call' | 'check',
  at: { hour: string } | { day: string },
  [count, failures, faults]: [count: number, failures: number, faults: string],
): Promise<void> {
  const [column, time] = Object.entries(at)[0]!;
  await insert(
    `INSERT INTO integration_${column}s (integration_id, organization_id, kind, ${column}, count, failures, duration_ms,
       latency, faults) VALUES ($1, $2, $3, $4, $5, $6, 1, '{1}', $7)`,
    [integrationId, organization.id, kind, time, count, failures, faults],
  );
}

async function audited(as: Ctx, action: AuditAction, at: string, ip: string, target: string | null = null) {
  const now = test.time.now;
  test.time.now = Date.parse(at);
  await inOrganization(as, (tx) =>
    recordAudit({ ...as, request: { ...as.request, ip } }, tx, {
      action,
      target: { type: 'sample', id: target, name: null },
    }),
  );
  test.time.now = now;
}

describe('integrations', () => {
  it('adoption: connected ones with their calls, and how often their provider was looked at', async () => {
    const [first, second, slack] = [
      await samples.integration(),
      await samples.integration(),
      await samples.oauthIntegration(),
    ];
    await samples.begunIntegration();
    await measured(first, 'call', { hour: '2025-01-07T08:00:00Z' }, [40, 0, '{}']);
    await measured(first, 'check', { hour: '2025-01-07T08:00:00Z' }, [500, 0, '{}']);
    await measured(second, 'call', { day: '2025-01-09T00:00:00Z' }, [2, 0, '{}']);
    await measured(slack, 'call', { hour: '2025-02-02T23:00:00Z' }, [5, 0, '{}']);
    await measured(slack, 'call', { hour: before }, [1_000, 0, '{}']);
    await measured(slack, 'call', { hour: span.until.toISOString() }, [1_000, 0, '{}']);
    const looked = { integration_name: 'slack', integration_status: 'connected' };
    await event('integration_card_clicked', 'viewer', looked);
    await event('integration_card_clicked', 'viewer', looked, before);
    await event('integration_health_checked', 'system_admin', {
      integration_name: 'slack',
      health_status: 'ok',
    });
    await event('integration_card_clicked', 'viewer', { ...looked, integration_name: 'zoom' });
    expect(await answer('adoption')).toEqual({
      rows: [
        ['Twilio SendGrid', 2, 42, 0],
        ['Slack', 1, 5, 2],
      ],
      said: 'Twilio SendGrid is called most.',
    });
  });

  it('failures: calls and checks together, the worst provider first, with its most frequent cause', async () => {
    const [sendgrid, slack] = [await samples.integration(), await samples.oauthIntegration()];
    await measured(sendgrid, 'call', { hour: '2025-01-07T08:00:00Z' }, [40, 4, '{0,0,0,4}']);
    await measured(sendgrid, 'check', { day: '2025-01-09T00:00:00Z' }, [100, 6, '{0,0,0,0,0,6}']);
    await measured(sendgrid, 'check', { day: '2025-01-05T00:00:00Z' }, [100, 100, '{100}']);
    await measured(slack, 'call', { hour: '2025-01-07T08:00:00Z' }, [5, 5, '{5}']);
    expect(await rowsOf('failures')).toEqual([
      ['Slack', 5, 5, 100, 'Credentials not accepted'],
      ['Twilio SendGrid', 140, 10, 7.1, 'The provider fails'],
    ]);
  });

  it('monitoring: uptime, outages and repair, of those that people check and of the others', async () => {
    const [watched, well, ill, off] = [
      await samples.integration(),
      await samples.integration(),
      await samples.oauthIntegration(),
      await samples.integration(),
    ];
    for (const [integrationId, status, since, until] of [
      [watched, 'active', '2025-01-06T00:00:00Z', '2025-01-16T00:00:00Z'],
      [watched, 'error', '2025-01-16T00:00:00Z', '2025-01-16T12:00:00Z'],
      [watched, 'active', '2025-01-16T12:00:00Z', null],
      [well, 'active', '2024-12-01T00:00:00Z', null],
      [ill, 'active', '2024-12-01T00:00:00Z', '2025-01-20T00:00:00Z'],
      [ill, 'error', '2025-01-20T00:00:00Z', null],
      [off, 'disabled', '2024-12-01T00:00:00Z', null],
    ]) {
      await insert(
        `INSERT INTO integration_status_spans (integration_id, organization_id, status, since, until)
         VALUES ($1, $2, $3, $4, $5)`,
        [integrationId, organization.id, status, since, until],
      );
    }
    const admin = test.as('system_admin', organization);
    await audited(admin, 'integration.tested', '2025-01-10T10:00:00Z', '192.0.2.1', watched);
    await audited(admin, 'integration.tested', before, '192.0.2.1', well);
    expect(await rowsOf('monitoring')).toEqual([
      // Half a day of 28 days; 14 of 56 days.
      ['Checked by people too', 1, 98.21, 1, 12 * 3_600_000],
      ['Left to the schedule', 2, 75, 1, null],
    ]);
  });

  it('healthChecks: those that people ask for, by provider', async () => {
    for (const [role, integration_name, health_status] of [
      ['system_admin', 'slack', 'ok'],
      ['utility_admin', 'slack', 'problem'],
      ['utility_admin', 'slack', 'problem'],
      ['system_admin', 'sendgrid', 'ok'],
      ['system_admin', 'custom', 'problem'],
    ] as const) {
      await event('integration_health_checked', role, { integration_name, health_status });
    }
    const early = { integration_name: 'slack', health_status: 'ok' };
    await event('integration_health_checked', 'system_admin', early, before);
    expect(await rowsOf('healthChecks')).toEqual([
      ['Slack', 3, 2, 2],
      ['Own providers', 1, 1, 1],
      ['Twilio SendGrid', 1, 0, 1],
    ]);
  });

  it('responses: what people do about each status', async () => {
    for (const [status_type, action_taken, times] of [
      ['active', 'looked', 3],
      ['active', 'switched', 1],
      ['error', 'looked', 2],
      ['error', 'tested', 2],
      ['error', 'reconnected', 1],
    ] as const) {
      for (let index = 0; index < times; index += 1) {
        await event('integration_status_reviewed', 'utility_admin', { status_type, action_taken });
      }
    }
    expect(await rowsOf('responses')).toEqual([
      ['Active', 3, 0, 0, 1],
      ['Error', 2, 2, 1, 0],
    ]);
  });
});

describe('webhooks', () => {
  it('webhookAdoption: made, attempts and their success, by week', async () => {
    for (const created of ['2025-01-08T10:00:00Z', '2025-01-15T10:00:00Z', before]) {
      const id = await samples.webhook();
      await insert('UPDATE webhooks SET created_at = $2 WHERE id = $1', [id, created]);
      await insert(
        `INSERT INTO webhook_hours (webhook_id, organization_id, hour, succeeded, failed, duration_ms)
         VALUES ($1, $2, '2025-01-12T23:00:00Z', 2, 1, 5), ($1, $2, '2025-01-27T00:00:00Z', 1, 0, 5), ($1, $2, $3, 9, 9, 5)`,
        [id, organization.id, before],
      );
    }
    expect(await rowsOf('webhookAdoption')).toEqual([
      ['2025-01-06T00:00:00.000Z', 1, 9, 66.7],
      ['2025-01-13T00:00:00.000Z', 1, 0, null],
      ['2025-01-27T00:00:00.000Z', 0, 3, 100],
    ]);
  });

  it('webhookReviews: by view, with how many there were', async () => {
    for (const [role, view, existing_webhook_count] of [
      ['system_admin', 'list', 2],
      ['utility_admin', 'list', 3],
      ['utility_admin', 'list', 3],
      ['utility_admin', 'details', 4],
      ['utility_admin', 'form', 0],
    ] as const) {
      await event('webhook_modal_opened', role, { view, existing_webhook_count });
    }
    expect(await rowsOf('webhookReviews')).toEqual([
      ['All webhooks', 3, 2, 2.7],
      ['Its form', 1, 1, 0],
      ['One webhook', 1, 1, 4],
    ]);
  });
});

describe('use of the product', () => {
  it('limits: requests refused, by key and limit', async () => {
    const scoped = await samples.scopedKey();
    for (const [keyId, minute, quota, requests] of [
      [organization.apiKeyId, '2025-01-08T10:00:00Z', 'minute', 3],
      [organization.apiKeyId, '2025-01-08T10:01:00Z', 'minute', 4],
      [organization.apiKeyId, before, 'minute', 100],
      [scoped, '2025-01-08T10:01:00Z', 'hour', 9],
      [test.app.newId(), '2025-01-08T10:01:00Z', 'organization', 2],
    ]) {
      await insert(
        `INSERT INTO api_throttled (organization_id, minute, key_id, quota, requests, last_at)
         VALUES ($1, $2, $3, $4, $5, $2)`,
        [organization.id, minute, keyId, quota, requests],
      );
    }
    expect(await rowsOf('limits')).toEqual([
      ['Key rows 1', 'Key, an hour', 9, 1],
      ['API key', 'Key, a minute', 7, 2],
      ['Former API key', 'All keys, an hour', 2, 1],
    ]);
  });

  it('usageAndAdoption: calls, requests and acts of people by week, and how they go together', async () => {
    const integration = await samples.integration();
    for (const [week, hour] of [
      '2025-01-06T09:00:00Z',
      '2025-01-14T09:00:00Z',
      '2025-01-24T09:00:00Z',
      '2025-02-02T09:00:00Z',
    ].entries()) {
      await measured(integration, 'call', { hour }, [10 * (week + 1), 0, '{}']);
      await measured(integration, 'check', { hour }, [77, 0, '{}']);
      await insert(
        `INSERT INTO api_usage_hours (organization_id, hour, key_id, endpoint, status_class, requests, latencies)
         VALUES ($1, $2, $3, 'GET /api/v1/events', 2, $4, '{}')`,
        [organization.id, hour, organization.apiKeyId, 3 * (week + 1)],
      );
      await event('page_viewed', 'viewer', { page: 'webhooks' }, hour);
      // A program's; nobody did it.
      await insert(
        `INSERT INTO tracked_events (id, organization_id, at, event, role, properties)
         VALUES ($1, $2, $3, 'webhook_added', 'api_key', '{}')`,
        [test.app.newId(), organization.id, hour],
      );
    }
    expect(await answer('usageAndAdoption')).toEqual({
      rows: [
        ['2025-01-06T00:00:00.000Z', 10, 3, 1],
        ['2025-01-13T00:00:00.000Z', 20, 6, 1],
        ['2025-01-20T00:00:00.000Z', 30, 9, 1],
        ['2025-01-27T00:00:00.000Z', 40, 12, 1],
      ],
      said: 'Calls of integrations and use of the product show a strong connection (correlation 1.00).',
    });
  });

  it('unusual: sensitive acts from new addresses, at night and on weekends', async () => {
    const [admin, editor] = [test.as('system_admin', organization), test.as('utility_admin', organization)];
    // Wednesday to Saturday; the second has the address of the first.
    await audited(admin, 'api_key.revealed', '2025-01-08T10:00:00Z', '192.0.2.1');
    await audited(admin, 'webhook.secret_revealed', '2025-01-08T19:59:00Z', '192.0.2.1');
    await audited(admin, 'member.invited', '2025-01-09T20:00:00Z', '192.0.2.1');
    await audited(admin, 'api_key.regenerated', '2025-01-11T12:00:00Z', '192.0.2.9');
    await audited(editor, 'dead_letter.cleared', '2025-01-13T06:00:00Z', '192.0.2.1');
    await audited(editor, 'webhook.created', '2025-01-13T03:00:00Z', '192.0.2.77');
    const system = systemContext(test.app, organization.id);
    await audited(system, 'integration.authorization_revoked', '2025-01-12T03:00:00Z', '192.0.2.8');
    const { system_admin, utility_admin } = organization.people;
    expect(await rowsOf('unusual')).toEqual([
      [system_admin.name, 4, 2, 2],
      [utility_admin.name, 1, 1, 0],
    ]);
  });
});
