import type { AlertChannelTarget } from '@trunkline/contract/alert-settings';
import { createAlertChannel as createOperation } from '@trunkline/contract/alert-settings';
import { postStatusUpdate as postOperation } from '@trunkline/contract/status-updates';
import { tokensFor } from '@trunkline/sandbox/testing/open-sandbox';
import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { startSmtpSimulator } from '@trunkline/sandbox/smtp';
import type { SmtpSimulator } from '@trunkline/sandbox/smtp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxDefinitions } from '../../commands/sandbox-definitions.ts';
import { readConfig } from '../../config/env.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { parseEgressAllow } from '../../lib/egress/allow-list.ts';
import { Dialer } from '../../lib/egress/tcp.ts';
import { signingKeyOf, verifyWebhook } from '../../lib/webhook-signature.ts';
import { startTestReceiver } from '../../testing/delivery-app.ts';
import type { Received, Receiver } from '../../testing/delivery-app.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createSamples } from '../../testing/sample-data.ts';
import type { Samples } from '../../testing/sample-data.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { Notifications } from '../../workers/notifications.ts';
import { listActions } from '../actions/list-actions.ts';
import { createIntegration } from '../integrations/create-integration.ts';
import { acknowledgeAlert } from './acknowledge-alert.ts';
import { closeStatusUpdate } from './close-status-update.ts';
import { createAlertChannel } from './create-alert-channel.ts';
import { deleteAlertChannel } from './delete-alert-channel.ts';
import { foldNotices } from './fold-notices.ts';
import { getAlert } from './get-alert.ts';
import { listAlertChannels } from './list-alert-channels.ts';
import { listAlerts } from './list-alerts.ts';
import { listNotifications } from './list-notifications.ts';
import { listStatusUpdates } from './list-status-updates.ts';
import { messagesPerWindow } from './message-rate.ts';
import { settleMs } from './notices.ts';
import { postStatusUpdate } from './post-status-update.ts';
import { reactToOwnEvent } from './react-to-own-event.ts';
import { snoozeAlert } from './snooze-alert.ts';
import { sweepAlerts } from './sweep-alerts.ts';
import { testAlertChannel } from './test-alert-channel.ts';
import { updateAlertChannel } from './update-alert-channel.ts';
import { updateAlertRule } from './update-alert-rule.ts';
import { updateQuietHours } from './update-quiet-hours.ts';

const minuteMs = 60_000;
const marker = 'planted';

let sandbox: Sandbox;
let mail: SmtpSimulator;
let receiver: Receiver;
let test: TestApp;
let organization: TestOrganization;
let samples: Samples;

beforeAll(async () => {
  sandbox = await startSandbox({
    providers: sandboxDefinitions(),
    countLimits: false,
    oauth: tokensFor({ [`xoxb-${marker}`]: ['chat:write', 'channels:read'] }),
  });
  mail = await startSmtpSimulator({
    authenticate: (user, password) => user === 'mailer' && password === 'hush',
  });
  const { host, ports } = mail;
  sandbox.ports.register('smtp://*', { host, port: ports.starttls });
  sandbox.ports.register('smtps://*', { host, port: ports.tls });
  receiver = await startTestReceiver();
  test = await createTestApp({
    reroute: sandbox.reroute,
    dialer: new Dialer({ allow: parseEgressAllow('127.0.0.0/8'), ca: mail.ca }),
  });
});
afterAll(async () => {
  await test.close();
  await receiver.close();
  await mail.close();
  await sandbox.close();
});
beforeEach(async () => {
  await test.database.pool.query('UPDATE integrations SET enabled = false');
  await test.database.pool.query('DELETE FROM alert_channels');
  await test.database.pool.query('DELETE FROM alert_notifications');
  receiver.requests.length = 0;
  receiver.respond = (_, response) => response.end();
  await mail.setCondition('healthy');
  sandbox.setCondition('sendgrid', 'healthy');
  organization = await test.createOrganization();
  samples = createSamples(test, organization, { marker, url: 'http://127.0.0.9:9' });
});

const admin = () => test.as('system_admin', organization);
const page = { limit: 100 };

async function add(target: AlertChannelTarget, changes: object = {}) {
  return createAlertChannel(admin(), {
    name: 'Operations',
    target,
    enabled: true,
    severities: ['critical', 'warning'],
    ...changes,
  });
}
const hook = (path = '/alerts', changes: object = {}) =>
  add({ kind: 'webhook', url: receiver.url(path) }, changes);

const down = { fault: 'down', title: 'It fails', cause: 'It answers 503.', fix: 'Wait.', link: null };

async function set(ids: readonly string[], problem: object | null): Promise<void> {
  await test.database.pool.query(
    'UPDATE integration_health SET problem = $2, since = $3 WHERE integration_id = ANY ($1)',
    [ids, problem === null ? null : JSON.stringify(problem), new Date(test.time.now)],
  );
}

async function fail(count = 1): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await samples.integration());
  await set(ids, down);
  await sweepAlerts(test.app);
  return ids;
}

/** What one worker does once notices have settled. */
async function send(): Promise<void> {
  test.time.advance(settleMs);
  await new Notifications(test.app).run();
}
const body = ({ body: text }: Received) =>
  JSON.parse(text) as { id: string; data: { title: string; text: string; count: number } };
const titles = (path = '/alerts') => receiver.at(path).map((request) => body(request).data.title);
const sent = async () => (await listNotifications(admin(), page)).data;

describe('a webhook', () => {
  it('gets a signed message of an alert, and another one when it is over', async () => {
    const { secret, id: channelId } = await hook();
    const ids = await fail();
    await new Notifications(test.app).run();
    expect(receiver.requests).toEqual([]);
    await send();
    const [request] = await receiver.received(1);
    verifyWebhook({
      keys: [signingKeyOf(secret!)],
      id: request!.headers['webhook-id'],
      timestamp: request!.headers['webhook-timestamp'],
      signature: request!.headers['webhook-signature'],
      body: request!.body,
      nowMs: test.time.now,
    });
    const message = body(request!);
    expect(message).toMatchObject({ type: 'alert.notification', data: { count: 1 } });
    expect(message.id).toBe(request!.headers['webhook-id']);
    expect(message.data.text).toMatch(
      /^Warning: .* does not work\nIt fails: It answers 503\.\nEmails are not sent\./,
    );
    expect(await sent()).toMatchObject([
      {
        channelId,
        state: 'sent',
        attempts: 1,
        detail: 'It answered 200.',
        recipients: [new URL(receiver.url()).host],
      },
    ]);
    test.time.advance(7 * minuteMs);
    await set(ids, null);
    await sweepAlerts(test.app);
    await send();
    expect(titles()[1]).toMatch(/^Over: .* does not work$/);
    const [alert] = (await listAlerts(admin(), { ...page, snoozed: 'include' })).data;
    const { timeline } = await getAlert(admin(), { id: alert!.id });
    expect(timeline.map(({ kind }) => kind)).toEqual(['opened', 'told', 'resolved', 'told']);
  });

  it('is tried again later with the same id and content, further and further apart, and then given up', async () => {
    await hook();
    receiver.respond = (_, response) => response.writeHead(503).end();
    await fail();
    await send();
    expect(await sent()).toMatchObject([
      { state: 'waiting', attempts: 1, detail: expect.stringContaining('503') as string },
    ]);
    await new Notifications(test.app).run();
    expect(receiver.requests).toHaveLength(1);
    for (let n = 0; n < 14; n += 1) {
      test.time.advance(60 * minuteMs);
      await new Notifications(test.app).run();
    }
    expect(await sent()).toMatchObject([{ state: 'waiting', attempts: 15 }]);
    await sweepAlerts(test.app);
    const open = (await listAlerts(admin(), { ...page, snoozed: 'include', state: 'open' })).data;
    expect(open.map(({ rule }) => rule)).toContain('channel_failing');
    test.time.advance(60 * minuteMs);
    await new Notifications(test.app).run();
    // What was escalated meanwhile is a message of its own.
    const first = (await sent()).at(-1)!;
    expect(first).toMatchObject({ state: 'failed', attempts: 16 });
    const tries = receiver.requests.filter((request) => request.headers['webhook-id'] === first.id);
    expect(new Set(tries.map((request) => request.body)).size).toBe(1);
    expect(tries).toHaveLength(16);
  });

  it('gets a message once more, under its id, when the process died between sending and writing that down', async () => {
    await hook();
    await fail();
    // The answer comes, and before it is written down the database forgets this process.
    const kill = { ...test.app, pool: failingAfter(test.app.pool, 'SET state = $3') };
    test.time.advance(settleMs);
    await new Notifications(kill).run();
    await receiver.received(1);
    expect(await sent()).toMatchObject([{ state: 'waiting', attempts: 1 }]);
    await new Notifications(test.app).run();
    expect(receiver.requests).toHaveLength(1);
    test.time.advance(minuteMs);
    await new Notifications(test.app).run();
    const [first, second, ...more] = receiver.requests;
    expect(more).toEqual([]);
    expect([second!.headers['webhook-id'], second!.body]).toEqual([
      first!.headers['webhook-id'],
      first!.body,
    ]);
    expect(await sent()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  it('is sent to by one of several nodes', async () => {
    await hook();
    await fail(3);
    test.time.advance(settleMs);
    await Promise.all(Array.from({ length: 4 }, () => new Notifications(test.app).run()));
    expect(receiver.requests).toHaveLength(1);
  });

  it('is never an address of the inside', async () => {
    const target = { kind: 'webhook', url: 'https://169.254.169.254/latest' } as const;
    expect((await refusalOf(add(target))).code).toBe('webhook_url_unsafe');
    const { id } = await hook();
    expect((await refusalOf(updateAlertChannel(admin(), { id, target }))).code).toBe('webhook_url_unsafe');
  });
});

/** A pool whose statements with this text fail from now on, as those of a process that was killed. */
function failingAfter(pool: TestApp['app']['pool'], text: string): TestApp['app']['pool'] {
  return new Proxy(pool, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key !== 'connect') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return async () => {
        const client = await target.connect();
        return new Proxy(client, {
          get(inner, name) {
            const member: unknown = Reflect.get(inner, name, inner);
            if (name !== 'query')
              return typeof member === 'function' ? (member.bind(inner) as unknown) : member;
            return (sql: string | { text: string }, ...rest: unknown[]) =>
              (typeof sql === 'string' ? sql : sql.text).includes(text)
                ? Promise.reject(new Error('killed'))
                : (inner.query as (...all: unknown[]) => unknown)(sql, ...rest);
          },
        });
      };
    },
  });
}

describe('a storm', () => {
  it(
    'of 500 integrations of five providers that fail at once makes 500 alerts and one message a channel',
    { timeout: 120_000 },
    async () => {
      await hook('/a');
      await hook('/b');
      const ids: string[] = [];
      for (let n = 0; n < 500; n += 1) ids.push(await samples.integration());
      const providers = ['sendgrid', 'postmark', 'twilio', 'slack', 'zoom'];
      await test.database.pool.query(
        `UPDATE integrations i SET provider = ($2::text[])[1 + (w.n - 1) % 5]
         FROM unnest($1::uuid[]) WITH ORDINALITY w (id, n) WHERE i.id = w.id`,
        [ids, providers],
      );
      await set(ids, down);
      await sweepAlerts(test.app);
      for (let second = 0; second < 60; second += 1) {
        test.time.advance(1_000);
        await new Notifications(test.app).run();
      }
      const { counts } = await listAlerts(admin(), { limit: 1, snoozed: 'include' });
      expect(counts.open).toBe(500);
      for (const path of ['/a', '/b']) {
        const messages = receiver.at(path).map((request) => body(request).data);
        expect(messages.map(({ count }) => count)).toEqual([500]);
        // What fails of one provider is told in one sentence.
        expect(messages[0]!.title).toMatch(/^500 alerts/);
        expect(messages[0]!.text.match(/100 alerts of one kind/g)).toHaveLength(5);
      }
    },
  );

  it('that goes on for minutes is told in five messages a channel within ten minutes, and nothing is left out', async () => {
    await hook();
    const begun = test.time.now;
    let failed = 0;
    for (let second = 0; second < 600; second += 1) {
      if (second % 12 === 0) failed += (await fail()).length;
      test.time.advance(1_000);
      await foldNotices(test.app);
    }
    await new Notifications(test.app).run();
    const messages = await sent();
    expect(messages.length).toBeLessThanOrEqual(messagesPerWindow);
    expect(messagesPerWindow).toBe(5);
    test.time.now = begun + 21 * minuteMs;
    await new Notifications(test.app).run();
    const told = (await sent()).map(({ alerts }) => alerts);
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(failed);
  });
});

describe('who is told when', () => {
  it('goes by the channels of the rule, else by severity', async () => {
    const quiet = await hook('/critical', { severities: ['critical'] });
    await hook('/all', { severities: ['critical', 'warning', 'info'] });
    await fail();
    await send();
    expect([titles('/critical').length, titles('/all').length]).toEqual([0, 1]);
    await updateAlertRule(admin(), { rule: 'integration_failing', channels: [quiet.id] });
    await fail();
    await send();
    expect([titles('/critical').length, titles('/all').length]).toEqual([1, 1]);
  });

  it('leaves the night in peace but for what is critical, and tells the rest in one message in the morning', async () => {
    await hook();
    test.time.now = Date.parse('2027-01-14T22:30:00.000Z');
    await updateQuietHours(admin(), {
      enabled: true,
      from: '22:00',
      to: '07:00',
      days: [0, 1, 2, 3, 4, 5, 6],
      timeZone: 'Europe/Berlin',
      criticalPasses: true,
    });
    const first = await fail();
    await send();
    test.time.advance(5 * minuteMs);
    await fail();
    await set(first, null);
    await sweepAlerts(test.app);
    await send();
    expect(titles()).toEqual([]);
    // Down for a quarter of an hour: that is critical.
    test.time.advance(20 * minuteMs);
    await sweepAlerts(test.app);
    await send();
    expect(titles()).toEqual([expect.stringMatching(/^Critical: .* has been down for/) as string]);
    test.time.now = Date.parse('2027-01-15T05:59:59.000Z');
    await new Notifications(test.app).run();
    expect(titles()).toHaveLength(1);
    test.time.now = Date.parse('2027-01-15T06:00:00.000Z');
    await new Notifications(test.app).run();
    expect(titles().slice(1)).toEqual([expect.stringMatching(/^Over: /) as string]);
    await expectUnknownZone();
  });

  async function expectUnknownZone(): Promise<void> {
    const wrong = {
      enabled: true,
      from: '22:00',
      to: '07:00',
      days: [],
      timeZone: 'Mars/Olympus',
      criticalPasses: true,
    };
    expect((await refusalOf(updateQuietHours(admin(), wrong))).code).toBe('invalid_input');
  }

  it('tells nothing of what is snoozed, and tells of it again when it still is so', async () => {
    await hook();
    await fail();
    const [alert] = (await listAlerts(admin(), { ...page, snoozed: 'include' })).data;
    await snoozeAlert(admin(), { ids: [alert!.id], minutes: 10, scope: 'alert' });
    await send();
    expect(titles()).toEqual([]);
    test.time.advance(10 * minuteMs);
    await sweepAlerts(test.app);
    await send();
    expect(receiver.at('/alerts').map((request) => body(request).data.text)).toEqual([
      expect.stringContaining('It was snoozed and is still so.') as string,
    ]);
  });

  it('does not escalate to others what somebody looks after', async () => {
    await hook();
    await fail();
    await send();
    const [alert] = (await listAlerts(admin(), { ...page, snoozed: 'include' })).data;
    await acknowledgeAlert(admin(), { ids: [alert!.id] });
    test.time.advance(30 * minuteMs);
    await sweepAlerts(test.app);
    await send();
    expect(titles()).toHaveLength(1);
  });
});

describe('email', () => {
  const smtp = (name: string) =>
    createIntegration(admin(), {
      provider: 'smtp',
      name,
      values: {
        host: 'smtp.example.com',
        port: '587',
        username: 'mailer',
        password: 'hush',
        fromEmail: 'alerts@works.example',
        fromName: 'Works',
      },
      check: 'require',
    });
  const withInstallationMail = () => ({
    ...test.app,
    config: readConfig({
      TRUNKLINE_SMTP_URL: `smtps://mailer:hush@127.0.0.1:${mail.ports.tls}`,
      TRUNKLINE_MAIL_FROM: 'Trunkline <no-reply@trunkline.example>',
      DATABASE_URL: test.app.config.databaseUrl,
    }),
  });
  const mails = () => mail.messages().filter(({ to }) => to.includes('ops@example.com'));

  it('goes through the mail server of the organization to addresses and to the people of a role', async () => {
    await smtp('Company mail');
    await add({ kind: 'email', addresses: ['ops@example.com'], roles: ['system_admin'] });
    await fail();
    await send();
    const [message] = mails();
    expect(message).toMatchObject({
      from: 'alerts@works.example',
      to: ['ops@example.com', organization.people.system_admin.email],
    });
    expect(message!.source).toMatch(/Subject: Warning: /);
    expect(await sent()).toMatchObject([
      {
        state: 'sent',
        detail: expect.stringMatching(/^By Company mail: /) as string,
        recipients: ['ops@example.com', organization.people.system_admin.email],
      },
    ]);
    expect((await listActions(admin(), { limit: 5 })).data).toMatchObject([
      { capability: 'email.send', status: 'succeeded', createdBy: 'Alerts' },
    ]);
  });

  it('never goes through the one that fails, but through that of the installation', async () => {
    const before = mails().length;
    const failing = await smtp('Company mail');
    await add({ kind: 'email', addresses: ['ops@example.com'], roles: [] });
    await set([failing.id], down);
    await sweepAlerts(test.app);
    await send();
    expect(await sent()).toMatchObject([
      { state: 'waiting', detail: expect.stringMatching(/^There is no mail server/) as string },
    ]);
    test.time.advance(minuteMs);
    await new Notifications(withInstallationMail()).run();
    expect(mails().slice(before)).toMatchObject([{ from: 'no-reply@trunkline.example', via: 'tls' }]);
    expect(await sent()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  it('goes through a provider’s API as well, and through the installation when that refuses', async () => {
    const { values } = sandbox.account('sendgrid');
    await createIntegration(admin(), {
      provider: 'sendgrid',
      name: 'Mail by API',
      values: { apiKey: values['apiKey']!, fromEmail: values['fromEmail']! },
      check: 'require',
    });
    await add({ kind: 'email', addresses: ['ops@example.com'], roles: [] });
    await fail();
    await send();
    expect(await sent()).toMatchObject([
      { state: 'sent', detail: expect.stringMatching(/^By Mail by API: /) as string },
    ]);
    expect(sandbox.sent('sendgrid')).toMatchObject([{ kind: 'email', data: { to: ['ops@example.com'] } }]);
    sandbox.setCondition('sendgrid', 'revoked');
    const before = mails().length;
    await fail();
    test.time.advance(10 * minuteMs);
    await new Notifications(withInstallationMail()).run();
    expect(mails().slice(before)).toMatchObject([{ from: 'no-reply@trunkline.example' }]);
  });

  it('says why the mail server refused', async () => {
    await smtp('Company mail');
    const { id } = await add({ kind: 'email', addresses: ['ops@example.com'], roles: [] });
    await mail.setCondition('mailboxRefused');
    expect(await testAlertChannel(admin(), { id })).toEqual({
      ok: false,
      detail: expect.stringMatching(/^By Company mail: The recipient does not exist/) as string,
    });
    expect((await listAlertChannels(admin(), {})).data).toMatchObject([{ last: { ok: false } }]);
  });
});

describe('Slack', () => {
  it('is posted to through the integration, but not while that one fails', async () => {
    await samples.oauthApp();
    const integrationId = await samples.oauthIntegration();
    await add({ kind: 'slack', integrationId, channel: '#support-alerts' });
    const before = sandbox.sent('slack').length;
    await set([integrationId], down);
    await sweepAlerts(test.app);
    await send();
    expect(sandbox.sent('slack')).toHaveLength(before);
    expect(await sent()).toMatchObject([
      { state: 'waiting', detail: expect.stringContaining('does not work itself') as string },
    ]);
    await set([integrationId], null);
    test.time.advance(minuteMs);
    await new Notifications(test.app).run();
    const posted = sandbox.sent('slack').slice(before);
    expect(posted).toMatchObject([{ kind: 'message', data: { channel: 'support-alerts' } }]);
    expect(await sent()).toMatchObject([{ state: 'sent', detail: 'Posted to #support-alerts.' }]);
  });

  it('says in words why it refuses', async () => {
    await samples.oauthApp();
    const integrationId = await samples.oauthIntegration();
    const { id } = await add({ kind: 'slack', integrationId, channel: '#random' });
    expect(await testAlertChannel(admin(), { id })).toEqual({
      ok: false,
      detail:
        'Slack did not take it: The app is not in the channel. It was never added to the channel, or was removed.',
    });
    const foreign = await createSamples(test, await test.createOrganization(), {
      marker: 'x',
      url: '',
    }).oauthIntegration();
    expect((await refusalOf(add({ kind: 'slack', integrationId: foreign, channel: '#ops' }))).code).toBe(
      'not_found',
    );
  });

  it('keeps the address of an incoming webhook to itself', async () => {
    const url = 'https://hooks.slack.com/services/T0PLANTED/B0PLANTED/s3cretS3cretS3cret';
    const created = await add({ kind: 'slack_webhook', url });
    expect(await testAlertChannel(admin(), { id: created.id })).toEqual({ ok: true, detail: 'Posted.' });
    const told = JSON.stringify([created, (await listAlertChannels(admin(), {})).data, await sent()]);
    expect(told).not.toContain('s3cret');
    for (const table of ['alert_channels', 'audit_log', 'alert_notifications']) {
      const { rows } = await test.database.pool.query(
        `SELECT t::text FROM ${table} t WHERE organization_id = $1`,
        [organization.id],
      );
      expect(JSON.stringify(rows)).not.toContain('s3cret');
    }
  });
});

describe('a status update', () => {
  it('is seen by everybody until it is closed, and goes through the channels that it names', async () => {
    const channel = await hook();
    const integrationId = await samples.integration();
    const update = await postStatusUpdate(test.as('utility_admin', organization), {
      text: 'Email is down at our provider. We have switched to the backup.',
      severity: 'critical',
      integrationIds: [integrationId],
      resolved: false,
      channelIds: [channel.id],
    });
    await new Notifications(test.app).run();
    expect(titles()).toEqual([
      'Status update: Email is down at our provider. We have switched to the backup.',
    ]);
    const seen = async () =>
      (await listStatusUpdates(test.as('viewer', organization), { ...page, state: 'current' })).data;
    expect(await seen()).toEqual([update]);
    await closeStatusUpdate(admin(), { id: update.id });
    expect(await seen()).toEqual([]);
    const { rows } = await test.database.pool.query<{ action: string }>(
      `SELECT action FROM audit_log WHERE organization_id = $1 AND action LIKE 'status_update.%' ORDER BY sequence`,
      [organization.id],
    );
    expect(rows.map(({ action }) => action)).toEqual(['status_update.posted', 'status_update.closed']);
    await expectRefusals(test, organization, postOperation, (ctx) =>
      postStatusUpdate(ctx, {
        text: 'x',
        severity: 'info',
        integrationIds: [],
        resolved: false,
        channelIds: [],
      }),
    );
  });
});

it('lets only system administrators change channels; a removed one takes what waits for it with it', async () => {
  const { id } = await hook();
  await fail();
  test.time.advance(settleMs);
  await foldNotices(test.app);
  await fail();
  await deleteAlertChannel(admin(), { id });
  await send();
  expect(receiver.requests).toEqual([]);
  expect(await sent()).toMatchObject([{ state: 'failed', detail: 'The channel was removed.' }]);
  await expectRefusals(test, organization, createOperation, (ctx) =>
    createAlertChannel(ctx, {
      name: 'x',
      target: { kind: 'email', addresses: ['a@example.com'], roles: [] },
      enabled: true,
      severities: ['critical'],
    }),
  );
});

it('tells of what an event reports, too', async () => {
  await hook();
  const id = await samples.integration();
  await set([id], { ...down, fault: 'reauth' });
  await tenantTransaction(test.app.pool, organization.id, (tx) =>
    reactToOwnEvent(test.app, tx, {
      id: test.app.newId(),
      organizationId: organization.id,
      type: 'integration.reauthentication_required',
      data: { integrationId: id },
      occurredAt: new Date(test.time.now),
    }),
  );
  await send();
  expect(titles()).toEqual([expect.stringMatching(/^Critical: .* has to be connected again$/) as string]);
});
