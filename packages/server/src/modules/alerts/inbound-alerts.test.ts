import { createInboundSource as createOperation } from '@trunkline/contract/inbound';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tenantTransaction } from '../../db/tenant.ts';
import { Reader } from '../../inbound/reader.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { Inbound } from '../../workers/inbound.ts';
import { createInboundSource } from '../inbound/create-inbound-source.ts';
import { mostAttempts } from '../inbound/process-rules.ts';
import { reprocessInbound } from '../inbound/reprocess-inbound.ts';
import { storeMessage } from '../inbound/store-message.ts';
import { updateInboundSource } from '../inbound/update-inbound-source.ts';
import { listAlerts } from './list-alerts.ts';
import { reactToOwnEvent } from './react-to-own-event.ts';
import { resolveAlert } from './resolve-alert.ts';
import { sweepAlerts } from './sweep-alerts.ts';
import { updateAlertRule } from './update-alert-rule.ts';

let test: TestApp;
let organization: TestOrganization;
let source: { sourceId: string; organizationId: string; integrationId: null; sourceName: string };

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.database.pool.query('UPDATE inbound_sources SET deleted_at = now()');
  organization = await test.createOrganization();
  const input = createOperation.input.parse({ provider: 'sendgrid', name: 'Bounces', key: 'MFkw' });
  const { id } = await createInboundSource(admin(), input);
  source = { sourceId: id, organizationId: organization.id, integrationId: null, sourceName: 'Bounces' };
  test.time.advance(1_000);
});

const admin = () => test.as('system_admin', organization);

async function alerts() {
  await sweepAlerts(test.app);
  return (await listAlerts(admin(), { limit: 10, snoozed: 'include' })).data;
}

const states = async () => (await alerts()).map(({ rule, state }) => `${rule} ${state}`);

describe('a source that refuses', () => {
  async function refuse(times: number, reason = 'wrong_signature'): Promise<void> {
    for (let n = 0; n < times; n += 1) test.app.inbound.refused(source, reason, '203.0.113.9');
    await test.app.inbound.flush();
  }

  async function take(): Promise<void> {
    test.app.inbound.received(source);
    await test.app.inbound.flush();
  }

  it('opens one alert with what most likely is wrong, and closes it with the next that it takes', async () => {
    await refuse(6);
    await refuse(3);
    expect(await alerts()).toEqual([]);
    await refuse(1);
    const [alert] = await alerts();
    expect(alert).toMatchObject({
      rule: 'inbound_refused',
      severity: 'critical',
      state: 'open',
      count: 1,
      subject: { type: 'inbound_source', id: source.sourceId, name: 'Bounces' },
      title: 'Webhooks for Bounces are refused',
      actions: [{ key: 'open_source', href: `/inbound/${source.sourceId}` }],
    });
    expect(alert!.cause).toContain('10 webhooks in a row were refused.');
    expect(alert!.cause).toContain('most likely Twilio SendGrid signs with a new one');
    expect(alert!.impact).toContain('no events follow');
    await refuse(500);
    expect((await alerts()).map(({ state, count }) => [state, count])).toEqual([['open', 1]]);
    await take();
    expect(await states()).toEqual(['inbound_refused resolved']);
    await refuse(9);
    expect(await states()).toEqual(['inbound_refused resolved']);
  });

  it('counts only what was refused in a row, and no more than the minute takes', async () => {
    for (let n = 0; n < 5; n += 1) {
      await refuse(5);
      await take();
    }
    await refuse(50, 'rate_limited');
    expect(await alerts()).toEqual([]);
    // In one flush: what came before the one that was taken does not count.
    for (let n = 0; n < 12; n += 1) test.app.inbound.refused(source, 'too_old', '203.0.113.9');
    test.app.inbound.repeated(source);
    await refuse(9, 'too_old');
    expect(await alerts()).toEqual([]);
    await refuse(1, 'too_old');
    expect((await alerts())[0]!.cause).toContain('the clock of this server');
  });

  it('is quiet once somebody has changed the source, until it refuses again', async () => {
    await refuse(20, 'address_not_allowed');
    expect((await alerts())[0]!.cause).toContain('from addresses that are not allowed');
    test.time.advance(1_000);
    await updateInboundSource(admin(), { id: source.sourceId, allowedAddresses: ['203.0.113.0/24'] });
    expect(await states()).toEqual(['inbound_refused resolved']);
    test.time.advance(1_000);
    await refuse(1);
    expect(await states()).toEqual(['inbound_refused open']);
    test.time.advance(7 * 86_400_000 + 1);
    expect(await states()).toEqual(['inbound_refused resolved']);
  });

  it('stays closed by hand for the same run, and waits for as many as the rule says', async () => {
    await updateAlertRule(admin(), { rule: 'inbound_refused', threshold: 3 });
    await refuse(3, 'no_key');
    const [alert] = await alerts();
    expect(alert!.cause).toContain('There is no key');
    await resolveAlert(admin(), { ids: [alert!.id] });
    test.time.advance(1_000);
    await refuse(40, 'no_key');
    expect(await states()).toEqual(['inbound_refused resolved']);
    await take();
    test.time.advance(1_000);
    await refuse(3, 'no_key');
    expect((await states()).toSorted()).toEqual(['inbound_refused open', 'inbound_refused resolved']);
  });
});

describe('webhooks that were given up', () => {
  class BrokenReader extends Reader {
    broken = true;
    override read(...message: Parameters<Reader['read']>): ReturnType<Reader['read']> {
      return this.broken ? Promise.reject(new Error('No room')) : super.read(...message);
    }
  }

  const body = (n: number) =>
    Buffer.from(
      JSON.stringify([
        {
          event: 'delivered',
          email: `a${n}@example.com`,
          sg_event_id: `e${n}`,
          timestamp: 1,
          sg_message_id: 'm',
        },
      ]),
    );

  async function giveUp(reader: Reader, ...numbers: number[]): Promise<void> {
    for (const n of numbers) {
      const request = { method: 'POST', url: 'http://trunkline.test/', headers: {}, body: body(n) };
      await storeMessage(test.app, { ...source, request, client: '203.0.113.9', replayKey: `r${n}` });
    }
    await test.database.pool.query(`UPDATE inbound_messages SET attempts = $1 WHERE state = 'queued'`, [
      mostAttempts - 1,
    ]);
    await new Inbound(test.app, reader).run();
  }

  async function reactToAll(): Promise<void> {
    const { rows } = await test.database.pool.query<{ id: string; data: Record<string, unknown> }>(
      `DELETE FROM own_events WHERE organization_id = $1 AND type = 'inbound.failed' RETURNING id, data`,
      [organization.id],
    );
    for (const { id, data } of rows) {
      const occurredAt = new Date(test.time.now);
      const event = { id, organizationId: organization.id, type: 'inbound.failed', data, occurredAt };
      await tenantTransaction(test.app.pool, organization.id, (tx) => reactToOwnEvent(test.app, tx, event));
    }
  }

  it('open one alert, are counted, and close it when they are processed again', async () => {
    const reader = new BrokenReader();
    await giveUp(reader, 1, 2);
    await reactToAll();
    const opened = await listAlerts(admin(), { limit: 10, snoozed: 'include' });
    expect(opened.data).toMatchObject([
      {
        rule: 'inbound_failed',
        severity: 'warning',
        state: 'open',
        title: 'Webhooks for Bounces were not processed',
        cause: '2 webhooks were given up; the last: No room',
        actions: [
          {
            key: 'process_again',
            href: `/inbound?tab=received&source=${source.sourceId}&state=failed`,
          },
          { key: 'open_source' },
        ],
      },
    ]);
    test.time.advance(1_000);
    await giveUp(reader, 3);
    await reactToAll();
    expect(await alerts()).toMatchObject([{ state: 'open', count: 2 }]);
    reader.broken = false;
    await reprocessInbound(admin(), { sourceId: source.sourceId, state: 'failed' });
    await new Inbound(test.app, reader).run();
    expect(await states()).toEqual(['inbound_failed resolved']);
  });

  it('stay told where a person has closed the alert, and are told anew when another one is given up', async () => {
    const reader = new BrokenReader();
    await giveUp(reader, 4, 5);
    const [alert] = await alerts();
    await resolveAlert(admin(), { ids: [alert!.id] });
    expect(await states()).toEqual(['inbound_failed resolved']);
    test.time.advance(1_000);
    await giveUp(reader, 6);
    expect((await states()).toSorted()).toEqual(['inbound_failed open', 'inbound_failed resolved']);
  });
});
