import { findEventType } from '@trunkline/contract/event-types/catalog';
import { failingDays } from '@trunkline/contract/failing-days';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createWebhook } from '../modules/webhooks/create-webhook.ts';
import { getWebhook } from '../modules/webhooks/get-webhook.ts';
import { updateWebhook } from '../modules/webhooks/update-webhook.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { FailingWebhooks } from './failing-webhooks.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

let test: TestApp;
let organization: TestOrganization;
let job: FailingWebhooks;

beforeAll(async () => {
  test = await createTestApp();
  job = new FailingWebhooks(test.app);
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.database.pool.query('UPDATE webhooks SET deleted_at = now(), enabled = false');
  organization = await test.createOrganization();
  await test.announced();
});

const admin = () => test.as('system_admin', organization);

async function create(name = 'Hook'): Promise<string> {
  const input = { name, url: 'http://127.0.0.9:9/hook', events: ['job.created'], status: 'active' } as const;
  return (await createWebhook(admin(), { ...input, events: [...input.events] })).id;
}

/** A row of failures as the statistics write it, from some time ago until `lastAgo` ago. */
async function fail(id: string, sinceAgo: number, lastAgo = 0): Promise<void> {
  await test.database.pool.query(
    `UPDATE webhook_health SET failing_since = $2, last_attempt_at = $3, last_status = 503, consecutive_failures = 40
     WHERE webhook_id = $1`,
    [id, new Date(test.time.now - sinceAgo), new Date(test.time.now - lastAgo)],
  );
}

/** The statistics write this with the first success. */
const heal = (id: string) =>
  test.database.pool.query(
    'UPDATE webhook_health SET failing_since = NULL, consecutive_failures = 0 WHERE webhook_id = $1',
    [id],
  );

/** Days pass, and it goes on failing. */
async function failOn(id: string, ms: number): Promise<void> {
  test.time.advance(ms);
  await test.database.pool.query('UPDATE webhook_health SET last_attempt_at = $2 WHERE webhook_id = $1', [
    id,
    new Date(test.time.now),
  ]);
}

interface OwnEvent {
  type: string;
  data: Record<string, unknown>;
}

async function ownEvents(): Promise<OwnEvent[]> {
  const { rows } = await test.database.pool.query<OwnEvent>(
    'SELECT type, data FROM own_events WHERE organization_id = $1 ORDER BY id',
    [organization.id],
  );
  return rows;
}

async function audit(id: string) {
  const { rows } = await test.database.pool.query<{ action: string; actor_type: string; changes: unknown }>(
    'SELECT action, actor_type, changes FROM audit_log WHERE target_id = $1 ORDER BY sequence',
    [id],
  );
  return rows;
}

const types = async () => (await ownEvents()).map(({ type }) => type);

describe('a webhook that fails for days', () => {
  it('is told of once, then disabled at the time that the notice names; its deliveries stay', async () => {
    const id = await create();
    const since = test.time.now;
    await fail(id, 0);
    await failOn(id, failingDays.notice * dayMs - hourMs);
    await job.run();
    expect(await ownEvents()).toEqual([]);

    await failOn(id, hourMs);
    await job.run();
    await job.run();
    const disablesAt = since + failingDays.disable * dayMs;
    const [notice, ...more] = await ownEvents();
    expect([notice, more]).toMatchObject([
      {
        type: 'webhook.failing',
        data: {
          webhookId: id,
          name: 'Hook',
          consecutiveFailures: 40,
          lastStatus: 503,
          failingSince: new Date(since).toISOString(),
          disablesAt: new Date(disablesAt).toISOString(),
        },
      },
      [],
    ]);
    expect(await getWebhook(admin(), { id })).toMatchObject({
      status: 'failing',
      failingSince: new Date(since).toISOString(),
    });

    const { rows: queued } = await test.database.pool.query<{ row: string }>(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
       SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), 'event', d
       FROM unnest(ARRAY['infinity', '2099-01-01']::timestamptz[]) d RETURNING delivery_queue::text AS row`,
      [organization.id, id],
    );
    await failOn(id, disablesAt - test.time.now - 1);
    await job.run();
    expect(await getWebhook(admin(), { id })).toMatchObject({ status: 'failing', held: 1 });

    await failOn(id, 1);
    await test.announced();
    await job.run();
    await job.run();
    expect(await getWebhook(admin(), { id })).toMatchObject({
      status: 'disabled',
      disabledReason: 'failing',
      pending: 2,
      held: 2,
    });
    expect(await types()).toEqual(['webhook.failing', 'webhook.disabled']);
    expect((await ownEvents()).slice(1)).toMatchObject([
      {
        type: 'webhook.disabled',
        data: { webhookId: id, reason: 'failing', disabledBy: null, heldDeliveries: 2 },
      },
    ]);
    expect((await audit(id)).slice(1)).toEqual([
      {
        action: 'webhook.disabled',
        actor_type: 'system',
        changes: { enabled: { before: true, after: false }, reason: { before: null, after: 'failing' } },
      },
    ]);
    expect(await test.announced()).toContainEqual({
      organizationId: organization.id,
      topic: 'webhooks',
      ids: [id],
    });
    await test.app.logs.flush();
    const { rows: lines } = await test.database.pool.query(
      `SELECT level, message FROM log_entries WHERE webhook_id = $1 AND event = 'webhook.disabled'`,
      [id],
    );
    expect(lines).toEqual([
      {
        level: 'error',
        message:
          'Switched off: every delivery has failed for days. What waits and what comes is held, and goes out when it is switched on again.',
      },
    ]);
    const { rows: left } = await test.database.pool.query<{ row: string }>(
      'SELECT delivery_queue::text AS row FROM delivery_queue WHERE webhook_id = $1',
      [id],
    );
    expect(left.map(({ row }) => row).toSorted()).toEqual(queued.map(({ row }) => row).toSorted());
    for (const { type, data } of await ownEvents()) {
      expect([type, Object.keys(data).toSorted()]).toEqual([
        type,
        Object.keys(findEventType(type)!.example as object).toSorted(),
      ]);
    }
  });

  it('is never disabled without the days after the notice, however late that was', async () => {
    const id = await create();
    await fail(id, 20 * dayMs);
    await job.run();
    expect(await ownEvents()).toMatchObject([
      { data: { disablesAt: new Date(test.time.now + 2 * dayMs).toISOString() } },
    ]);
    await failOn(id, 2 * dayMs - 1);
    await job.run();
    expect(await types()).toEqual(['webhook.failing']);
    await failOn(id, 1);
    await job.run();
    expect(await types()).toEqual(['webhook.failing', 'webhook.disabled']);
  });

  it('is left alone after a success, and told of anew when it fails for days again', async () => {
    const id = await create();
    await fail(id, 4 * dayMs);
    await job.run();
    await heal(id);
    await failOn(id, 3 * dayMs);
    await job.run();
    expect(await types()).toEqual(['webhook.failing']);
    await fail(id, 4 * dayMs);
    await job.run();
    expect(await types()).toEqual(['webhook.failing', 'webhook.failing']);

    // Success and failure both between two rounds.
    test.time.advance(10 * dayMs);
    await fail(id, 6 * dayMs);
    await job.run();
    expect(await types()).toEqual(['webhook.failing', 'webhook.failing', 'webhook.failing']);
  });

  it('gets a new start from the person who switches it on', async () => {
    const id = await create();
    await fail(id, 6 * dayMs);
    await job.run();
    await failOn(id, 2 * dayMs);
    await job.run();
    expect(await getWebhook(admin(), { id })).toMatchObject({ disabledReason: 'failing' });
    expect(await updateWebhook(admin(), { id, status: 'active' })).toMatchObject({
      status: 'active',
      disabledReason: null,
      failingSince: null,
      failureCount: 0,
    });
    await job.run();
    expect(await types()).toEqual(['webhook.failing', 'webhook.disabled']);
  });
});

it('leaves alone what a person paused or switched off, and what was tried for a short time only', async () => {
  const [paused, off, quiet] = [await create('Paused'), await create('Off'), await create('Quiet')];
  for (const id of [paused, off]) await fail(id, 9 * dayMs);
  await fail(quiet, 9 * dayMs, 9 * dayMs - hourMs);
  await updateWebhook(admin(), { id: paused, status: 'paused' });
  await updateWebhook(admin(), { id: off, status: 'disabled' });
  await job.run();
  await test.database.pool.query(
    'UPDATE webhook_health SET failing_noticed_at = $1 WHERE webhook_id = ANY ($2)',
    [new Date(test.time.now - 8 * dayMs), [paused, off]],
  );
  await job.run();
  expect((await ownEvents()).filter(({ type }) => type === 'webhook.failing')).toEqual([]);
  expect(await getWebhook(admin(), { id: paused })).toMatchObject({ status: 'paused' });
  expect(await getWebhook(admin(), { id: off })).toMatchObject({ disabledReason: 'person' });
  expect(await getWebhook(admin(), { id: quiet })).toMatchObject({ status: 'failing' });
});

it('is done by one of several nodes', async () => {
  const ids = [await create('A'), await create('B')];
  for (const id of ids) await fail(id, 4 * dayMs);
  const nodes = Array.from({ length: 4 }, () => new FailingWebhooks(test.app));
  await Promise.all(nodes.map((node) => node.run()));
  expect((await ownEvents()).map(({ data }) => String(data['webhookId'])).toSorted()).toEqual(ids.toSorted());

  const busy = await test.database.pool.connect();
  try {
    await busy.query('BEGIN');
    await busy.query('SELECT pg_advisory_xact_lock(7304183)');
    await failOn(ids[0]!, 2 * dayMs);
    await job.run();
    expect(await getWebhook(admin(), { id: ids[0]! })).toMatchObject({ status: 'failing' });
  } finally {
    await busy.query('ROLLBACK');
    busy.release();
  }
  await job.run();
  expect(await getWebhook(admin(), { id: ids[0]! })).toMatchObject({ disabledReason: 'failing' });
});
