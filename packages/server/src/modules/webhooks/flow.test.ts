import { probeWebhook as probeOperation } from '@trunkline/contract/webhooks';
import type { WebhookFlow } from '@trunkline/contract/webhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemContext } from '../../system-context.ts';
import { answer, createDeliveryTest } from '../../testing/delivery-app.ts';
import type { DeliveryTest } from '../../testing/delivery-app.ts';
import { eventually } from '../../testing/eventually.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { sendEvents } from '../events/send-events.ts';
import { clearAllDlq } from './clear-all-dlq.ts';
import { clearDlqItem } from './clear-dlq-item.ts';
import { createWebhook } from './create-webhook.ts';
import { deleteWebhook } from './delete-webhook.ts';
import { disableGoneWebhook } from './disable-gone-webhook.ts';
import { getDeliveryDetail } from './get-delivery-detail.ts';
import { getDeliveryHistory } from './get-delivery-history.ts';
import { getDlqItems } from './get-dlq-items.ts';
import { getWebhook } from './get-webhook.ts';
import { listWebhooks } from './list-webhooks.ts';
import { probeWebhook } from './probe-webhook.ts';
import { replayDelivery } from './replay-delivery.ts';
import { retryDlqItem } from './retry-dlq-item.ts';
import { updateWebhook } from './update-webhook.ts';

let test: DeliveryTest;
/** Of each test: nobody else's webhooks get its events. */
let organization: TestOrganization;

beforeAll(async () => {
  test = await createDeliveryTest();
  await test.startNode({ quiet: true });
});
afterAll(() => test.close());
beforeEach(async () => {
  organization = await test.createOrganization();
  test.receiver.requests.length = 0;
  test.receiver.respond = answer(200);
});

const admin = (of = organization) => test.as('system_admin', of);
const post = (subject?: string) =>
  sendEvents(test.apiKey(organization), { type: 'job.created', data: {}, ...(subject ? { subject } : {}) });

async function history(webhookId: string) {
  const page = await getDeliveryHistory(admin(), { webhookId, status: 'all', limit: 50 });
  return page.data;
}

async function auditOf(targetId: string) {
  const { rows } = await test.database.pool.query<{
    action: string;
    changes: Record<string, { before: unknown; after: unknown }>;
  }>('SELECT action, changes FROM audit_log WHERE target_id = $1 ORDER BY sequence', [targetId]);
  return rows;
}

async function versionOf(id: string): Promise<number> {
  const { rows } = await test.database.pool.query<{ version: number }>(
    'SELECT version FROM webhooks WHERE id = $1',
    [id],
  );
  return rows[0]!.version;
}

/** The rows of the queue with the transactions that wrote them. */
async function queueOf(id: string) {
  const { rows } = await test.database.pool.query<{
    id: string;
    subject: string | null;
    backlog: boolean;
    written: string;
  }>(
    `SELECT id, subject, due_at = 'infinity' AS backlog, xmin::text AS written FROM delivery_queue
     WHERE webhook_id = $1 ORDER BY id`,
    [id],
  );
  return rows;
}

/** As the engine opens it, with the probe in five minutes. */
async function openCircuit(id: string): Promise<void> {
  await test.database.pool.query(
    'UPDATE webhooks SET circuit_open = true, version = version + 1 WHERE id = $1',
    [id],
  );
  await test.database.pool.query(
    `UPDATE webhook_health SET circuit_opened_at = now(), circuit_probe_at = now() + interval '5 minutes',
       circuit_probes = 2, failing_since = now(), failing_noticed_at = now(), consecutive_failures = 20
     WHERE webhook_id = $1`,
    [id],
  );
  test.app.engine.endpoints.forget(id);
}

async function healthOf(id: string) {
  const { rows } = await test.database.pool.query(
    `SELECT w.circuit_open, h.circuit_opened_at, h.circuit_probe_at, h.circuit_probes, h.failing_since,
       h.failing_noticed_at, h.consecutive_failures
     FROM webhooks w JOIN webhook_health h ON h.webhook_id = w.id WHERE w.id = $1`,
    [id],
  );
  return rows[0] as unknown;
}

const well = {
  circuit_open: false,
  circuit_opened_at: null,
  circuit_probe_at: null,
  circuit_probes: 0,
  failing_since: null,
  failing_noticed_at: null,
  consecutive_failures: 0,
};

const bounded: WebhookFlow = {
  maxConcurrency: 4,
  ratePerSecond: 10,
  catchUpPerSecond: 5,
  ordering: 'park',
};

describe('the flow settings', () => {
  it('are the defaults, what is given over them, or what is given over the present ones', async () => {
    const { id } = await test.webhook(organization);
    expect((await getWebhook(admin(), { id })).flow).toEqual({
      maxConcurrency: null,
      ratePerSecond: null,
      catchUpPerSecond: null,
      ordering: 'none',
    });
    const created = await createWebhook(admin(), {
      name: 'Bounded',
      url: test.receiver.url('/bounded'),
      events: ['*'],
      status: 'active',
      flow: { ratePerSecond: 10 },
    });
    expect(created.flow).toEqual({
      maxConcurrency: null,
      ratePerSecond: 10,
      catchUpPerSecond: null,
      ordering: 'none',
    });
    const version = await versionOf(created.id);
    const updated = await updateWebhook(admin(), {
      id: created.id,
      flow: { maxConcurrency: 4, catchUpPerSecond: 5, ordering: 'park' },
    });
    expect(updated).toMatchObject({ flow: bounded, name: 'Bounded', status: 'active' });
    expect(await versionOf(created.id)).toBe(version + 1);
    const { flow } = await updateWebhook(admin(), { id: created.id, flow: { ratePerSecond: null } });
    expect(flow).toEqual({ ...bounded, ratePerSecond: null });
    expect(await getWebhook(admin(), { id: created.id })).toMatchObject({ flow });
    expect((await listWebhooks(admin(), { limit: 10 })).data.map((one) => one.flow.ordering)).toEqual([
      'park',
      'none',
    ]);
    expect(await auditOf(created.id)).toMatchObject([
      { action: 'webhook.created', changes: { ratePerSecond: { before: null, after: 10 } } },
      {
        action: 'webhook.updated',
        changes: {
          maxConcurrency: { before: null, after: 4 },
          catchUpPerSecond: { before: null, after: 5 },
          ordering: { before: 'none', after: 'park' },
        },
      },
      { action: 'webhook.updated', changes: { ratePerSecond: { before: 10, after: null } } },
    ]);
    expect(Object.keys((await auditOf(created.id))[2]!.changes)).toEqual(['ratePerSecond']);
  });
});

describe('the switch', () => {
  it('is told precisely from every state to every other', async () => {
    const { id } = await test.webhook(organization);
    await test.announced();
    const steps = [
      ['paused', 'webhook.paused', { paused: { before: false, after: true } }],
      ['active', 'webhook.resumed', { paused: { before: true, after: false } }],
      ['disabled', 'webhook.disabled', { enabled: { before: true, after: false } }],
      ['disabled', 'webhook.updated', {}],
      [
        'paused',
        'webhook.enabled',
        { enabled: { before: false, after: true }, paused: { before: false, after: true } },
      ],
      [
        'inactive',
        'webhook.disabled',
        { enabled: { before: true, after: false }, paused: { before: true, after: false } },
      ],
      ['active', 'webhook.enabled', { enabled: { before: false, after: true } }],
      ['active', 'webhook.updated', {}],
    ] as const;
    let version = await versionOf(id);
    for (const [status, action, changes] of steps) {
      const after = await updateWebhook(admin(), { id, status });
      expect([status, after.status]).toEqual([status, status === 'inactive' ? 'disabled' : status]);
      expect(after.disabledReason).toBe(after.status === 'disabled' ? 'person' : null);
      expect((await auditOf(id)).at(-1)).toEqual({ action, changes });
      expect(await versionOf(id)).toBe((version += 1));
      expect(await test.announced()).toContainEqual({
        organizationId: organization.id,
        topic: 'webhooks',
        ids: [id],
      });
    }
    expect(
      await createWebhook(admin(), {
        name: 'Later',
        url: test.receiver.url('/later'),
        events: ['*'],
        status: 'paused',
      }),
    ).toMatchObject({ status: 'paused', disabledReason: null });
  });

  it('holds what waits without touching it, takes events on, and lets all of it go', async () => {
    const { id } = await test.webhook(organization, { retry: {} });
    test.receiver.respond = answer(500);
    await post();
    await eventually(async () => expect(await history(id)).toMatchObject([{ status: 'retrying' }]));
    const waiting = await queueOf(id);
    test.receiver.respond = answer(200);
    expect(await updateWebhook(admin(), { id, status: 'paused' })).toMatchObject({
      status: 'paused',
      pending: 1,
      held: 1,
    });
    expect(await queueOf(id)).toEqual(waiting);
    await post();
    await post();
    await eventually(async () => expect(await queueOf(id)).toHaveLength(3));
    expect((await queueOf(id)).slice(1)).toMatchObject([{ backlog: true }, { backlog: true }]);
    const held = await history(id);
    expect(held).toMatchObject([
      { status: 'held', nextAttemptAt: null },
      { status: 'held', nextAttemptAt: null },
      { status: 'held', nextAttemptAt: null, attemptCount: 1 },
    ]);
    expect(await getDeliveryDetail(admin(), { deliveryId: held[0]!.id })).toMatchObject({ status: 'held' });
    expect(await getWebhook(admin(), { id })).toMatchObject({ status: 'paused', pending: 3, held: 3 });
    expect(test.receiver.requests).toHaveLength(1);

    expect(await updateWebhook(admin(), { id, status: 'active' })).toMatchObject({ held: 2 });
    await eventually(async () =>
      expect(await history(id)).toMatchObject([
        { status: 'success' },
        { status: 'success' },
        { status: 'retrying', nextAttemptAt: expect.any(String) as string },
      ]),
    );
    await test.makeDue();
    await test.drained(organization);
    expect(test.receiver.requests).toHaveLength(4);
  });

  it('shows what lies in the backlog of an endpoint that flows as waiting, not as held', async () => {
    const { id } = await test.webhook(organization, { status: 'inactive' });
    await test.database.pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, attempts, owner, due_at)
       VALUES ($3, $1, $2, gen_random_uuid(), 'event', 0, NULL, 'infinity'),
         ($4, $1, $2, gen_random_uuid(), 'event', 1, NULL, 'infinity')`,
      [organization.id, id, test.app.newId(), test.app.newId()],
    );
    const statuses = async () => (await history(id)).map(({ status }) => status).toSorted();
    expect(await statuses()).toEqual(['held', 'held']);
    // Past the engine, which would take them.
    await test.database.pool.query('UPDATE webhooks SET enabled = true, deleted_at = now() WHERE id = $1', [
      id,
    ]);
    expect(await statuses()).toEqual(['pending', 'retrying']);
  });
});

describe('an open circuit', () => {
  it('is shown with its times; its deliveries are held until the probe that somebody asks for', async () => {
    const { id } = await test.webhook(organization);
    expect(await getWebhook(admin(), { id })).toMatchObject({ circuit: null, failingSince: null });
    await openCircuit(id);
    await post();
    await eventually(async () => expect(await history(id)).toMatchObject([{ status: 'held' }]));
    const before = await getWebhook(admin(), { id });
    expect(before).toMatchObject({ status: 'failing', pending: 1, held: 1, failureCount: 20 });
    expect(before.failingSince).not.toBeNull();
    const { openedAt, nextProbeAt } = before.circuit!;
    expect(Date.parse(nextProbeAt) - Date.parse(openedAt)).toBe(300_000);
    expect(test.receiver.requests).toEqual([]);

    await test.announced();
    const probed = await probeWebhook(admin(), { id });
    expect(Date.parse(probed.circuit!.nextProbeAt)).toBeLessThan(Date.parse(nextProbeAt));
    expect((await auditOf(id)).at(-1)).toEqual({
      action: 'webhook.probed',
      changes: { nextProbeAt: { before: nextProbeAt, after: probed.circuit!.nextProbeAt } },
    });
    expect(await test.announced()).toContainEqual({
      organizationId: organization.id,
      topic: 'webhooks',
      ids: [id],
    });
    await test.drained(organization);
    await eventually(async () =>
      expect(await getWebhook(admin(), { id })).toMatchObject({ status: 'active', circuit: null, held: 0 }),
    );
    expect(test.receiver.requests).toHaveLength(1);
  });

  it('is probed by those who may, and only while deliveries would flow otherwise', async () => {
    const { id } = await test.webhook(organization);
    const refused = async () => (await refusalOf(probeWebhook(admin(), { id }))).code;
    expect(await refused()).toBe('conflict');
    await openCircuit(id);
    await expectRefusals(test, organization, probeOperation, (ctx) => probeWebhook(ctx, { id }));
    const other = await test.createOrganization();
    expect((await refusalOf(probeWebhook(admin(other), { id }))).code).toBe('not_found');
    await updateWebhook(admin(), { id, status: 'paused' });
    expect(await refused()).toBe('conflict');
    await updateWebhook(admin(), { id, status: 'disabled' });
    expect(await refused()).toBe('webhook_inactive');
    expect((await auditOf(id)).map(({ action }) => action)).not.toContain('webhook.probed');
    await deleteWebhook(admin(), { id });
    expect(await refused()).toBe('not_found');
  });

  it.each([
    ['paused', { status: 'active' }],
    ['disabled', { status: 'active' }],
    ['disabled', { status: 'paused' }],
    ['active', { url: 'http://127.0.0.9:9/elsewhere' }],
  ] as const)('of a webhook that is %s is closed by the person who sets %o', async (status, change) => {
    const { id } = await test.webhook(organization);
    await updateWebhook(admin(), { id, status });
    await openCircuit(id);
    expect(await updateWebhook(admin(), { id, ...change })).toMatchObject({
      circuit: null,
      failureCount: 0,
      failingSince: null,
    });
    expect(await healthOf(id)).toEqual(well);
  });

  it.each([{ name: 'Other' }, { status: 'active' }, { status: 'paused' }, { status: 'disabled' }] as const)(
    'stays open through %o',
    async (change) => {
      const { id } = await test.webhook(organization);
      await openCircuit(id);
      const { url, circuit } = await getWebhook(admin(), { id });
      expect(await updateWebhook(admin(), { id, url, ...change })).toMatchObject({ circuit });
      expect(await healthOf(id)).toMatchObject({ circuit_open: true, consecutive_failures: 20 });
    },
  );
});

describe('an address that is gone', () => {
  it('switches off the webhook that still has it, once', async () => {
    const { id } = await test.webhook(organization);
    const gone = (url: string) => disableGoneWebhook(systemContext(test.app, organization.id), id, url);
    await gone('http://127.0.0.9:9/its-former-one');
    expect(await getWebhook(admin(), { id })).toMatchObject({ status: 'active', disabledReason: null });
    await Promise.all([gone(test.receiver.url()), gone(test.receiver.url())]);
    expect(await getWebhook(admin(), { id })).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['webhook.created', 'webhook.disabled']);
  });
});

describe('deleting', () => {
  it('cancels a long backlog part by part, and does not wait for what the engine has under its lock', async () => {
    const { id } = await test.webhook(organization, { status: 'inactive' });
    await openCircuit(id);
    await test.database.pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
       SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), 'event', 'infinity' FROM generate_series(1, 12000)`,
      [organization.id, id],
    );
    const [locked] = await queueOf(id);
    expect(await getWebhook(admin(), { id })).toMatchObject({ pending: 10_000, held: 10_000 });
    const engine = await test.database.pool.connect();
    try {
      await engine.query('BEGIN');
      await engine.query('SELECT FROM delivery_queue WHERE id = $1 FOR UPDATE', [locked!.id]);
      await deleteWebhook(admin(), { id });
    } finally {
      await engine.query('ROLLBACK');
      engine.release();
    }
    expect((await queueOf(id)).map((row) => row.id)).toEqual([locked!.id]);
    expect((await auditOf(id)).at(-1)).toMatchObject({
      action: 'webhook.deleted',
      changes: { waitingDeliveries: { before: 11_999, after: 0 } },
    });
    expect(await healthOf(id)).toEqual(well);
  });
});

describe('a line', () => {
  const subject = 'job/1';

  /** Rows of a paused webhook, so that the engine leaves them where they are. */
  async function line(ordering: 'park' | 'skip' | 'none', waiting: number) {
    const { id } = await test.webhook(organization);
    await updateWebhook(admin(), { id, flow: { ordering } });
    await post(subject);
    await test.drained(organization);
    const [sent] = await history(id);
    await updateWebhook(admin(), { id, status: 'paused' });
    const deliveryId = test.app.newId();
    await test.database.pool.query(
      `INSERT INTO dead_letters (delivery_id, organization_id, webhook_id, event_id, event_type, trigger, attempts,
         response_status, failed_at, expires_at, subject)
       SELECT $1, $2, $3, e.id, 'job.created', 'event', 3, 500, now(), now() + interval '1 day', $4
       FROM events e WHERE e.organization_id = $2 ORDER BY e.id LIMIT 1`,
      [deliveryId, organization.id, id, subject],
    );
    await test.database.pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, subject, due_at)
       SELECT gen_random_uuid(), $1, $2, e.id, 'event', s, 'infinity'
       FROM unnest(ARRAY[$3, 'job/2']) s CROSS JOIN generate_series(1, $4)
       CROSS JOIN (SELECT id FROM events WHERE organization_id = $1 ORDER BY id LIMIT 1) e`,
      [organization.id, id, subject, waiting],
    );
    return { id, deliveryId, sent: sent!.id };
  }

  const deadLetter = async () => (await getDlqItems(admin(), { limit: 10 })).data[0];

  it.each([
    ['park', 3, subject, 3],
    ['park', 1_010, subject, 1_000],
    ['skip', 3, subject, 0],
    ['none', 3, null, 0],
  ] as const)(
    'that %s orders: %i waiting behind a dead letter',
    async (ordering, waiting, shown, blocked) => {
      const { deliveryId } = await line(ordering, waiting);
      expect(await deadLetter()).toMatchObject({
        deliveryId,
        subject: shown,
        blocked,
        webhookStatus: 'paused',
      });
    },
  );

  it('takes a retry and a replay at its end, not beside it', async () => {
    const { id, deliveryId, sent } = await line('park', 2);
    expect(await retryDlqItem(admin(), { deliveryId })).toMatchObject({ retrying: true, blocked: 2 });
    expect(await deadLetter()).toMatchObject({ retrying: true, blocked: 2 });
    const replay = await replayDelivery(admin(), { deliveryId: sent });
    expect(replay).toMatchObject({ status: 'held', trigger: 'replay' });
    const queued = await queueOf(id);
    for (const one of [deliveryId, replay.id]) {
      expect(queued.find((row) => row.id === one)).toMatchObject({ subject, backlog: true });
    }
    expect(await deadLetter()).toMatchObject({ blocked: 3 });
  });

  it.each([
    ['the one dead letter', (deliveryId: string) => clearDlqItem(admin(), { deliveryId })],
    ['all dead letters', () => clearAllDlq(admin(), {})],
  ])('that is parked goes on when somebody clears %s', async (_, clear) => {
    const { id, deliveryId } = await line('park', 2);
    await updateWebhook(admin(), { id, status: 'active' });
    await eventually(async () =>
      expect((await queueOf(id)).map((row) => row.subject)).toEqual([subject, subject]),
    );
    const wake = vi.spyOn(test.app.engine, 'wake');
    await clear(deliveryId);
    expect(wake).toHaveBeenCalledOnce();
    wake.mockRestore();
    await test.drained(organization);
    expect(test.receiver.requests).toHaveLength(5);
  });

  it('that is parked goes on when somebody retries the dead letter, which goes first', async () => {
    const { id, deliveryId } = await line('park', 2);
    await updateWebhook(admin(), { id, status: 'active' });
    await eventually(async () => expect(await queueOf(id)).toHaveLength(2));
    test.receiver.requests.length = 0;
    await retryDlqItem(admin(), { deliveryId });
    await test.drained(organization);
    expect(test.receiver.requests.map(({ headers }) => headers['x-trunkline-delivery'])[0]).toBe(deliveryId);
    expect(test.receiver.requests).toHaveLength(3);
    expect(await deadLetter()).toBeUndefined();
  });
});
