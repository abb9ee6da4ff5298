import type { AlertRuleKey } from '@trunkline/contract/alert-rules';
import { acknowledgeAlert as acknowledgeOperation } from '@trunkline/contract/alerts';
import type { CheckProblem } from '@trunkline/contract/checks';
import { updateAlertRule as updateRuleOperation } from '@trunkline/contract/alert-settings';
import { findEventType } from '@trunkline/contract/event-types/catalog';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Admission } from '../../connections/calls.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import { recordFinding } from '../../connections/state.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createSamples } from '../../testing/sample-data.ts';
import type { Samples } from '../../testing/sample-data.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { Alerts } from '../../workers/alerts.ts';
import { retryCopyBack } from '../failover/retry-copy-back.ts';
import { tellTransition } from '../integrations/tell.ts';
import { updateIntegration } from '../integrations/update-integration.ts';
import { acknowledgeAlert } from './acknowledge-alert.ts';
import { getAlert } from './get-alert.ts';
import { listAlerts } from './list-alerts.ts';
import { reactToOwnEvent } from './react-to-own-event.ts';
import { resolveAlert } from './resolve-alert.ts';
import { snoozeAlert } from './snooze-alert.ts';
import { sweepAlerts } from './sweep-alerts.ts';
import { updateAlertRule } from './update-alert-rule.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

let test: TestApp;
let organization: TestOrganization;
let samples: Samples;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  // What earlier tests left is no fact any more.
  await test.database.pool.query('UPDATE integrations SET enabled = false');
  await test.database.pool.query('UPDATE webhooks SET deleted_at = now()');
  organization = await test.createOrganization();
  samples = createSamples(test, organization, { marker: 'm', url: 'http://127.0.0.9:9' });
});

const admin = () => test.as('system_admin', organization);
const all = { limit: 100, snoozed: 'include' } as const;

async function alerts() {
  return (await listAlerts(admin(), all)).data;
}
const states = async () =>
  (await alerts()).map(({ rule, state, severity }) => `${rule} ${state} ${severity}`);

const down = { fault: 'down', title: 'It fails', cause: 'It answers 503.', fix: 'Wait.', link: null };

/** As a check writes it. */
async function find(id: string, problem: object | null, changes: { report?: object } = {}): Promise<void> {
  await test.database.pool.query(
    `UPDATE integration_health SET problem = $2, since = $3, report = coalesce($4, report), last_check_at = $3
     WHERE integration_id = $1`,
    [
      id,
      problem === null ? null : JSON.stringify(problem),
      new Date(test.time.now),
      changes.report ? JSON.stringify(changes.report) : null,
    ],
  );
}

async function react(type: string, data: Record<string, unknown>, id = test.app.newId()): Promise<void> {
  const event = { id, organizationId: organization.id, type, data, occurredAt: new Date(test.time.now) };
  await tenantTransaction(test.app.pool, organization.id, (tx) => reactToOwnEvent(test.app, tx, event));
}

const sweep = () => sweepAlerts(test.app);

async function ownEvents(type: string): Promise<Record<string, unknown>[]> {
  const { rows } = await test.database.pool.query<{ data: Record<string, unknown> }>(
    'SELECT data FROM own_events WHERE organization_id = $1 AND type = $2 ORDER BY id',
    [organization.id, type],
  );
  return rows.map(({ data }) => data);
}

describe('an integration that fails', () => {
  it('opens one alert, is counted when it comes again, and is resolved when it works', async () => {
    const id = await samples.integration();
    await find(id, down);
    await test.announced();
    await react('integration.failed', { integrationId: id });
    expect(await alerts()).toMatchObject([
      {
        rule: 'integration_failing',
        severity: 'warning',
        subject: { type: 'integration', id },
        cause: 'It fails: It answers 503.',
        impact: 'Emails are not sent.',
        state: 'open',
        count: 1,
        group: 'integration_failing:sendgrid',
        actions: [{ key: 'troubleshoot' }, { key: 'view_logs' }, { key: 'update_credentials' }],
      },
    ]);
    expect(await test.announced()).toContainEqual(expect.objectContaining({ topic: 'alerts' }));
    test.time.advance(minuteMs);
    await react('integration.failed', { integrationId: id });
    expect(await alerts()).toMatchObject([{ count: 2 }]);
    await find(id, null);
    await react('integration.recovered', { integrationId: id });
    expect(await alerts()).toMatchObject([{ state: 'resolved', resolvedBy: null, count: 2 }]);
    for (const type of ['alert.opened', 'alert.resolved']) {
      const [data, ...more] = await ownEvents(type);
      expect(more).toEqual([]);
      expect(Object.keys(data!).toSorted()).toEqual(
        Object.keys(findEventType(type)!.example as object).toSorted(),
      );
    }
  });

  it('is the same alert again when it comes back soon, and a new one later', async () => {
    const id = await samples.integration();
    for (const pause of [minuteMs, 60 * minuteMs]) {
      await find(id, down);
      await react('integration.failed', { integrationId: id });
      await find(id, null);
      await react('integration.recovered', { integrationId: id });
      test.time.advance(pause);
    }
    expect(await alerts()).toMatchObject([{ state: 'resolved', count: 2 }]);
    await find(id, down);
    await sweep();
    expect(await alerts()).toMatchObject([{ state: 'open', count: 1 }, { state: 'resolved' }]);
  });

  it('changes nothing by the same event twice, nor by an event that comes too late', async () => {
    const id = await samples.integration();
    await find(id, down);
    await react('integration.failed', { integrationId: id });
    test.time.advance(1_000);
    const event = test.app.newId();
    await react('integration.failed', { integrationId: id }, event);
    test.time.advance(1_000);
    await react('integration.failed', { integrationId: id }, event);
    expect(await alerts()).toMatchObject([{ count: 2 }]);
    await find(id, null);
    await react('integration.failed', { integrationId: id });
    expect(await states()).toEqual(['integration_failing resolved warning']);
  });

  it('is found by the sweep when no event told of it, by one of several nodes', async () => {
    const ids = [await samples.integration(), await samples.integration()];
    for (const id of ids) await find(id, down);
    await Promise.all(Array.from({ length: 4 }, () => new Alerts(test.app, 0).run()));
    expect((await alerts()).map(({ subject }) => subject.id).toSorted()).toEqual(ids.toSorted());
    await find(ids[0]!, null);
    await sweep();
    expect((await states()).toSorted()).toEqual([
      'integration_failing open warning',
      'integration_failing resolved warning',
    ]);
  });

  it('opens only one when event and sweep come at the same moment', async () => {
    const id = await samples.integration();
    await find(id, down);
    await Promise.all([sweep(), react('integration.failed', { integrationId: id }), sweep()]);
    expect(await alerts()).toHaveLength(1);
  });

  it('escalates after the minutes of the rule, once', async () => {
    const id = await samples.integration();
    await updateAlertRule(admin(), { rule: 'integration_down', threshold: 20 });
    await find(id, down);
    await react('integration.failed', { integrationId: id });
    test.time.advance(20 * minuteMs - 1);
    await sweep();
    expect(await states()).toEqual(['integration_failing open warning']);
    test.time.advance(1);
    await sweep();
    test.time.advance(minuteMs);
    await sweep();
    const [alert] = await alerts();
    expect(alert).toMatchObject({
      severity: 'critical',
      title: expect.stringMatching(/has been down for 20 minutes$/) as string,
    });
    const { timeline } = await getAlert(admin(), { id: alert!.id });
    expect(timeline.map(({ kind }) => kind)).toEqual(['opened', 'escalated']);
  });

  it('is an alert of its own kind where only the long ones are wanted', async () => {
    const id = await samples.integration();
    await updateAlertRule(admin(), { rule: 'integration_failing', enabled: false });
    await find(id, down);
    await react('integration.failed', { integrationId: id });
    await sweep();
    expect(await states()).toEqual([]);
    test.time.advance(15 * minuteMs);
    await sweep();
    expect(await states()).toEqual(['integration_down open critical']);
  });

  it('ends with its integration being switched off, and with its rule', async () => {
    const [off, other] = [await samples.integration(), await samples.integration()];
    for (const id of [off, other]) await find(id, down);
    await sweep();
    await updateIntegration(admin(), { id: off, enabled: false });
    await sweep();
    expect((await states()).toSorted()).toEqual([
      'integration_failing open warning',
      'integration_failing resolved warning',
    ]);
    await updateAlertRule(admin(), { rule: 'integration_failing', enabled: false });
    await sweep();
    expect(await states()).toEqual([
      'integration_failing resolved warning',
      'integration_failing resolved warning',
    ]);
  });
});

describe('the other rules', () => {
  const rulesOf = async () =>
    (await alerts()).filter(({ state }) => state !== 'resolved').map(({ rule }) => rule);
  const only = (rule: AlertRuleKey) => [rule];

  it('asks to connect again what the provider refuses', async () => {
    const id = await samples.oauthIntegration();
    await find(id, { ...down, fault: 'reauth' });
    await react('integration.reauthentication_required', { integrationId: id });
    expect(await alerts()).toMatchObject([
      {
        rule: 'reauthentication_required',
        severity: 'critical',
        actions: [{ key: 'reconnect' }, { key: 'view_logs' }],
      },
    ]);
  });

  it('tells of slow answers, and keeps telling until they are clearly faster', async () => {
    const id = await samples.integration();
    const took = (durationMs: number) => find(id, null, { report: { ok: true, durationMs } });
    await took(3_000);
    await sweep();
    expect(await rulesOf()).toEqual([]);
    await took(3_001);
    await sweep();
    expect(await rulesOf()).toEqual(only('slow_responses'));
    await took(2_500);
    await sweep();
    expect(await ownEvents('integration.slow')).toEqual([
      {
        integrationId: id,
        name: expect.any(String),
        provider: 'sendgrid',
        responseMs: 3_001,
        normalMs: null,
        detectedAt: new Date(test.time.now).toISOString(),
      },
    ]);
    expect(await rulesOf()).toEqual(only('slow_responses'));
    await took(2_400);
    await sweep();
    expect(await rulesOf()).toEqual([]);
  });

  it('tells of slow calls once there are enough of them', async () => {
    const id = await samples.integration();
    await test.database.pool.query(`DELETE FROM integration_hours WHERE integration_id = $1`, [id]);
    const calls = (count: number) =>
      test.database.pool.query(
        `INSERT INTO integration_hours (integration_id, organization_id, kind, hour, count, failures, duration_ms,
           latency, faults)
         VALUES ($1, $2, 'call', date_trunc('hour', $3::timestamptz), $4::bigint, 0, $4::bigint * 4000, '{}', '{}')
         ON CONFLICT (integration_id, kind, hour) DO UPDATE SET count = excluded.count,
           duration_ms = excluded.duration_ms`,
        [id, organization.id, new Date(test.time.now), count],
      );
    await calls(4);
    await sweep();
    expect(await rulesOf()).toEqual([]);
    await calls(5);
    await sweep();
    expect(await alerts()).toMatchObject([
      { rule: 'slow_responses', cause: 'Its calls take 4 s on average; more than 3 s is slow.' },
    ]);
    test.time.advance(2 * 60 * minuteMs);
    await sweep();
    expect(await rulesOf()).toEqual([]);
  });

  it('tells of tokens that expire and cannot renew themselves', async () => {
    const [ends, renews] = [await samples.oauthIntegration(), await samples.oauthIntegration()];
    const expire = (id: string, days: number, refresh: string | null) =>
      test.database.pool.query(
        'UPDATE oauth_tokens SET expires_at = $2, refresh_box = $3 WHERE integration_id = $1',
        [id, new Date(test.time.now + days * dayMs), refresh],
      );
    await expire(ends, 8, null);
    await expire(renews, 1, 'sealed');
    await sweep();
    expect(await rulesOf()).toEqual([]);
    test.time.advance(dayMs);
    await sweep();
    expect(await alerts()).toMatchObject([{ rule: 'token_expiring', subject: { id: ends } }]);
    await expire(ends, 60, null);
    await sweep();
    expect(await rulesOf()).toEqual([]);
  });

  it('reminds of old credentials once, until they are replaced', async () => {
    const id = await samples.integration();
    const stored = (ago: number) =>
      test.database.pool.query(
        'UPDATE integration_credentials SET created_at = $2 WHERE integration_id = $1',
        [id, new Date(test.time.now - ago)],
      );
    await stored(90 * dayMs - 1_000);
    await sweep();
    expect(await rulesOf()).toEqual([]);
    await stored(90 * dayMs);
    await sweep();
    await sweep();
    expect(await rulesOf()).toEqual(only('credentials_old'));
    expect(await ownEvents('integration.credential_expiring')).toEqual([
      expect.objectContaining({ integrationId: id, credential: 'api_key', ageDays: 90, expiresAt: null }),
    ]);
    const { rows } = await test.database.pool.query<{ reminded: boolean }>(
      `SELECT reminded_at IS NOT NULL AS reminded FROM integration_credentials
       WHERE integration_id = $1 AND state = 'current'`,
      [id],
    );
    expect(rows).toEqual([{ reminded: true }]);
    await stored(0);
    await sweep();
    expect(await rulesOf()).toEqual([]);
  });

  it('tells of webhooks that fail, of those that a rule switched off, and of dead letters', async () => {
    const { webhookId } = await samples.deadLetter();
    await test.database.pool.query(
      'UPDATE webhook_health SET consecutive_failures = 5 WHERE webhook_id = $1',
      [webhookId],
    );
    await sweep();
    expect((await rulesOf()).toSorted()).toEqual(['dead_letters', 'webhook_failing']);
    await test.database.pool.query(
      `UPDATE webhooks SET enabled = false, disabled_reason = 'gone' WHERE id = $1`,
      [webhookId],
    );
    await react('webhook.disabled', { webhookId });
    expect((await rulesOf()).toSorted()).toEqual(['dead_letters', 'webhook_disabled']);
    await test.database.pool.query('DELETE FROM dead_letters WHERE webhook_id = $1', [webhookId]);
    await test.database.pool.query('UPDATE webhooks SET enabled = true WHERE id = $1', [webhookId]);
    await test.database.pool.query(
      'UPDATE webhook_health SET consecutive_failures = 0 WHERE webhook_id = $1',
      [webhookId],
    );
    await sweep();
    expect(await rulesOf()).toEqual([]);
  });

  it('tells of runs of automations that were given up, until they are retried or gone', async () => {
    const runId = await samples.automationRun();
    const { rows } = await test.database.pool.query<{ automationId: string }>(
      `UPDATE automation_runs SET state = 'dead_lettered', finished_at = now(), problem = '{"title": "The channel is gone"}'
       WHERE id = $1 RETURNING automation_id AS "automationId"`,
      [runId],
    );
    const { automationId } = rows[0]!;
    await react('automation.dead_lettered', { automationId });
    expect((await listAlerts(admin(), { state: 'open', limit: 10, snoozed: 'include' })).data).toMatchObject([
      {
        rule: 'automation_dead_letters',
        subject: { type: 'automation', id: automationId },
        cause: '1 run was given up; the last: The channel is gone',
        actions: [
          { href: `/automations?tab=runs&status=dead_lettered&automation=${automationId}` },
          { href: `/automations/${automationId}` },
        ],
      },
    ]);
    await test.database.pool.query(`UPDATE automation_runs SET state = 'cancelled' WHERE id = $1`, [runId]);
    await sweep();
    expect(await rulesOf()).toEqual([]);
  });

  it('tells of a failover until it is restored, where that is wanted', async () => {
    const [id, backup, silent] = [
      await samples.integration(),
      await samples.integration(),
      await samples.integration(),
    ];
    await test.database.pool.query(
      `INSERT INTO failover_configs (integration_id, organization_id, alert, active_id, failed_over_at, trigger)
       VALUES ($1, $3, true, $2, $4, 'automatic'), ($5, $3, false, $2, $4, 'automatic')`,
      [id, backup, organization.id, new Date(test.time.now), silent],
    );
    await test.database.pool.query(`UPDATE integrations SET name = 'Amazon SES' WHERE id = $1`, [backup]);
    await react('integration.failed_over', { integrationId: id, backup: { name: 'Amazon SES' } });
    await sweep();
    expect(await alerts()).toMatchObject([
      {
        rule: 'failover',
        state: 'open',
        count: 1,
        subject: { id },
        cause: 'It failed, so that calls now go through Amazon SES.',
      },
    ]);
    await test.database.pool.query('UPDATE failover_configs SET active_id = NULL WHERE integration_id = $1', [
      id,
    ]);
    await react('integration.restored', { integrationId: id });
    expect(await rulesOf()).toEqual([]);
  });

  it('tells of files that were given up on their way back, until they are tried again', async () => {
    const { primaryId } = await samples.failover();
    const set = (due: string) =>
      test.database.pool.query(
        `UPDATE displaced_files SET due_at = ${due}, problem = $2 WHERE primary_id = $1`,
        [primaryId, JSON.stringify({ title: 'The backup does not have the file' })],
      );
    await set('now()');
    await sweep();
    expect(await rulesOf()).not.toContain('files_not_copied');
    await set(`'infinity'`);
    await sweep();
    expect((await alerts()).find(({ rule }) => rule === 'files_not_copied')).toMatchObject({
      state: 'open',
      severity: 'warning',
      subject: { type: 'integration', id: primaryId },
      cause:
        '1 file that a backup took was not copied back, the last because: The backup does not have the file.',
      actions: [
        { key: 'open_failover', href: `/integrations/${primaryId}?tab=failover` },
        { key: 'view_logs' },
      ],
    });
    await retryCopyBack(test.as('system_admin', organization), { integrationId: primaryId });
    await sweep();
    expect(await rulesOf()).not.toContain('files_not_copied');
  });

  describe('throttling', () => {
    const connection = (id: string) =>
      tenantTransaction(test.app.pool, organization.id, (tx) => loadConnection(test.app, tx, id));
    async function limited(limits: object): Promise<{ id: string; call: () => Promise<Admission> }> {
      const id = await samples.integration();
      await test.database.pool.query('DELETE FROM integration_usage WHERE integration_id = $1', [id]);
      await updateIntegration(admin(), {
        id,
        limits: { perHour: null, perDay: null, onLimit: 'refuse', ...limits },
      });
      return { id, call: async () => test.app.calls.take(await connection(id), 0) };
    }
    const throttled = () => ownEvents('integration.throttled');

    it('is a limit that is full, until half an hour after it, and its event is recorded once', async () => {
      test.time.now = Date.parse('2026-11-23T10:20:00Z');
      const { id, call } = await limited({ perHour: 2 });
      await call();
      await sweep();
      expect(await rulesOf()).toEqual([]);
      await call();
      await sweep();
      expect(await alerts()).toMatchObject([
        {
          rule: 'throttled',
          state: 'open',
          cause: 'The limit of 2 calls an hour is reached.',
          subject: { id },
        },
      ]);
      expect(await throttled()).toEqual([]);
      for (let n = 0; n < 3; n += 1) {
        expect(await call()).toMatchObject({ admitted: false });
        test.time.advance(minuteMs);
      }
      expect(await throttled()).toMatchObject([
        {
          integrationId: id,
          limit: 2,
          window: 'hour',
          setBy: 'organization',
          throttledAt: '2026-11-23T10:20:00.000Z',
          resetsAt: '2026-11-23T11:00:00.000Z',
        },
      ]);
      expect(Object.keys(findEventType('integration.throttled')!.example).toSorted()).toEqual(
        Object.keys((await throttled())[0]!).toSorted(),
      );
      test.time.now = Date.parse('2026-11-23T11:29:00Z');
      await sweep();
      expect(await rulesOf()).toEqual(only('throttled'));
      test.time.now = Date.parse('2026-11-23T12:00:00Z');
      await sweep();
      expect(await rulesOf()).toEqual([]);
      for (let n = 0; n < 4; n += 1) await call();
      expect(await throttled()).toHaveLength(2);
    });

    it('of a day is over when its limit is raised', async () => {
      test.time.now = Date.parse('2026-11-23T10:20:00Z');
      const { id, call } = await limited({ perDay: 1 });
      await call();
      test.time.advance(3 * 60 * minuteMs);
      expect(await call()).toMatchObject({ admitted: false, window: 'day' });
      await react('integration.throttled', { integrationId: id });
      expect(await alerts()).toMatchObject([{ cause: 'The limit of 1 call a day is reached.', count: 1 }]);
      await updateIntegration(admin(), { id, limits: { perHour: null, perDay: 5, onLimit: 'refuse' } });
      await sweep();
      expect(await rulesOf()).toEqual([]);
    });

    it('is a provider that says so to a call, until half an hour after its last word', async () => {
      const id = await samples.integration();
      const finds = async (problem: CheckProblem | null) => {
        const told = await connection(id);
        await tenantTransaction(test.app.pool, organization.id, async (tx) => {
          const transition = await recordFinding(test.app, tx, id, { problem, report: null });
          await tellTransition(test.app, tx, told, transition!, problem);
        });
      };
      const busy: CheckProblem = {
        fault: 'rateLimit',
        title: 'Busy',
        cause: 'Too many.',
        fix: 'Wait.',
        link: null,
      };
      await finds(null);
      await finds(busy);
      test.time.advance(60 * minuteMs);
      await finds(busy);
      await sweep();
      expect(await throttled()).toMatchObject([
        { limit: null, window: null, setBy: 'provider', resetsAt: null },
      ]);
      expect(await alerts()).toMatchObject([{ rule: 'throttled', cause: 'Busy: Too many.' }]);
      await finds(null);
      test.time.advance(29 * minuteMs);
      await sweep();
      expect(await rulesOf()).toEqual(only('throttled'));
      test.time.advance(minuteMs);
      await sweep();
      expect(await rulesOf()).toEqual([]);
    });
  });
});

describe('a person', () => {
  async function open(): Promise<{ id: string; integrationId: string }> {
    const integrationId = await samples.integration();
    await find(integrationId, down);
    await sweep();
    const found = (await alerts()).find(({ subject }) => subject.id === integrationId);
    return { id: found!.id, integrationId };
  }
  const audited = async () => {
    const { rows } = await test.database.pool.query<{ action: string }>(
      `SELECT action FROM audit_log WHERE organization_id = $1 AND action LIKE 'alert%' ORDER BY sequence`,
      [organization.id],
    );
    return rows.map(({ action }) => action);
  };

  it('acknowledges alerts, many at once, and each one once', async () => {
    const ids = [(await open()).id, (await open()).id];
    expect(await acknowledgeAlert(admin(), { ids: [...ids, ids[0]!] })).toEqual({ changed: 2 });
    expect(await acknowledgeAlert(admin(), { ids })).toEqual({ changed: 0 });
    expect(await alerts()).toMatchObject([
      { state: 'acknowledged', acknowledgedBy: organization.people.system_admin.name },
      { state: 'acknowledged' },
    ]);
    expect((await listAlerts(admin(), all)).counts).toEqual({
      open: 0,
      acknowledged: 2,
      resolved: 0,
      snoozed: 0,
      critical: 0,
    });
    expect(await audited()).toEqual(['alert.acknowledged', 'alert.acknowledged']);
  });

  it('closes an alert, which stays closed until the fact occurs anew', async () => {
    const { id, integrationId } = await open();
    expect(await resolveAlert(admin(), { ids: [id] })).toEqual({ changed: 1 });
    await sweep();
    await react('integration.failed', { integrationId });
    expect(await alerts()).toMatchObject([
      { state: 'resolved', resolvedBy: organization.people.system_admin.name },
    ]);
    test.time.advance(minuteMs);
    await find(integrationId, null);
    await sweep();
    await find(integrationId, down);
    await sweep();
    expect(await alerts()).toMatchObject([{ state: 'open' }, { state: 'resolved' }]);
  });

  it('snoozes a subject with whatever comes of it', async () => {
    const { id, integrationId } = await open();
    await snoozeAlert(admin(), { ids: [id], minutes: 60, scope: 'subject' });
    await test.database.pool.query(
      'UPDATE integration_credentials SET created_at = $2 WHERE integration_id = $1',
      [integrationId, new Date(test.time.now - 90 * dayMs)],
    );
    await sweep();
    const until = new Date(test.time.now + 60 * minuteMs).toISOString();
    expect(await alerts()).toMatchObject([
      { snoozedUntil: until },
      { rule: 'credentials_old', snoozedUntil: until },
    ]);
    expect((await listAlerts(admin(), { ...all, snoozed: 'leave_out' })).data).toEqual([]);
    await snoozeAlert(admin(), { ids: [id], minutes: 0, scope: 'alert' });
    expect((await listAlerts(admin(), { ...all, snoozed: 'leave_out' })).data).toMatchObject([{ id }]);
  });

  it('pages through them, the worst first', async () => {
    for (let n = 0; n < 5; n += 1) {
      await open();
      test.time.advance(10 * minuteMs);
    }
    await sweep();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAlerts(admin(), { limit: 2, snoozed: 'include', ...(cursor ? { cursor } : {}) });
      seen.push(...page.data.map(({ severity }) => severity));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(['critical', 'critical', 'critical', 'critical', 'warning']);
  });

  it('may what the matrix says', async () => {
    const { id } = await open();
    await expectRefusals(test, organization, acknowledgeOperation, (ctx) =>
      acknowledgeAlert(ctx, { ids: [id] }),
    );
    await expectRefusals(test, organization, updateRuleOperation, (ctx) =>
      updateAlertRule(ctx, { rule: 'failover', enabled: true }),
    );
    const other = await test.createOrganization();
    const stranger = test.as('system_admin', other);
    expect((await refusalOf(getAlert(stranger, { id }))).code).toBe('not_found');
    expect((await listAlerts(stranger, all)).data).toEqual([]);
  });
});
