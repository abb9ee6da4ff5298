import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answer, createDeliveryTest } from '../../testing/delivery-app.ts';
import type { DeliveryTest, Node } from '../../testing/delivery-app.ts';
import { eventually } from '../../testing/eventually.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { BulkJobs } from '../../workers/bulk-jobs.ts';
import { Maintenance } from '../../workers/maintenance.ts';
import { listBulkJobs } from '../bulk-jobs/list-bulk-jobs.ts';
import { recoverWebhook } from '../bulk-jobs/recover-webhook.ts';
import { updateBulkJob } from '../bulk-jobs/update-bulk-job.ts';
import { sendEvents } from '../events/send-events.ts';
import { getEvent } from '../ledger/get-event.ts';
import { listUndelivered } from '../ledger/list-undelivered.ts';
import { countHeld } from './count-held.ts';
import { deleteWebhook } from './delete-webhook.ts';
import { disableGoneWebhook } from './disable-gone-webhook.ts';
import { getWebhook } from './get-webhook.ts';
import { listWebhooks } from './list-webhooks.ts';
import { updateWebhook } from './update-webhook.ts';

let test: DeliveryTest;
let node: Node;
let organization: TestOrganization;
let workers: BulkJobs[] = [];
let number = 0;

beforeAll(async () => {
  test = await createDeliveryTest();
  node = await test.startNode({ quiet: true });
});
afterAll(() => test.close());
beforeEach(async () => {
  organization = await test.createOrganization();
  test.receiver.requests.length = 0;
  test.receiver.respond = answer(200);
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
});

function startWorker(): void {
  const worker = new BulkJobs(node.app);
  workers.push(worker);
  worker.start();
}

const admin = () => test.as('system_admin', organization);
const viewer = () => test.as('viewer', organization);
const arrived = () => test.receiver.requests.map(({ headers }) => headers['webhook-id'] ?? '');
const show = (id: string) => getWebhook(viewer(), { id });
const change = (id: string, input: Omit<Parameters<typeof updateWebhook>[1], 'id'>) =>
  updateWebhook(admin(), { id, ...input });
const standing = async (id: string) => {
  const { entries } = await getEvent(viewer(), { eventId: id });
  return entries.map(({ outcome, reason }) => [outcome, reason]);
};

async function post(count: number, event: { type?: string; subject?: string } = {}): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `held-${(number += 1)}`);
  test.time.advance(5);
  await sendEvents(
    test.apiKey(organization),
    ids.map((id) => ({ id, type: 'job.created', data: {}, ...event })),
  );
  return ids;
}

const rowsOf = async (id: string) =>
  (await test.database.pool.query('SELECT FROM delivery_queue WHERE webhook_id = $1', [id])).rowCount;

describe('a webhook that is off', () => {
  it('is sent nothing, and holds what matches without a row of its own, counted and shown', async () => {
    const { id } = await test.webhook(organization, { events: ['job.*'] });
    const before = await post(1);
    await test.receiver.received(1);
    const off = await change(id, { status: 'disabled' });
    expect(off).toMatchObject({ status: 'disabled', held: 0, pending: 0, oldestHeldAt: null });
    test.time.advance(2_000);
    const first = test.time.now + 5;
    const [one] = await post(1);
    await post(2);
    await post(1, { type: 'contact.created' });
    const shown = await show(id);
    expect(shown).toMatchObject({
      held: 3,
      pending: 3,
      oldestHeldAt: new Date(first).toISOString(),
      catchUp: null,
    });
    const { data } = await listWebhooks(viewer(), { limit: 10 });
    expect(data.map(({ held }) => held)).toEqual([3]);
    expect(await rowsOf(id)).toBe(0);
    expect(arrived()).toEqual(before);
    expect(await standing(one!)).toEqual([['waiting', 'disabled']]);
  });

  it('is owed what is held, in the list of the undelivered, until that is queued or left out', async () => {
    const { id } = await test.webhook(organization, { events: ['job.*'] });
    const other = await test.webhook(organization, { events: ['contact.*'] });
    const since = new Date(test.time.now).toISOString();
    await post(1);
    await test.receiver.received(1);
    await change(id, { status: 'disabled' });
    test.time.advance(2_000);
    const first = await post(2);
    await post(3, { type: 'note.created' });
    const last = await post(1);
    const list = async (more: { limit?: number; cursor?: string; webhookId?: string } = {}) => {
      const page = await listUndelivered(viewer(), { since, outcome: 'all', limit: 10, ...more });
      const rows = page.data.map(({ eventId, reason, deliveryId }) => [eventId, reason, deliveryId]);
      return { rows, next: page.nextCursor ?? undefined };
    };
    const owed = [...first, ...last].reverse();
    const as = (reason: string) => owed.map((event) => [event, reason, null]);
    expect(await list()).toEqual({ rows: as('disabled'), next: undefined });
    expect((await list({ webhookId: other.id })).rows).toEqual([]);
    const page = await list({ limit: 2 });
    expect(page.rows).toEqual(as('disabled').slice(0, 2));
    expect(await list({ cursor: page.next! })).toEqual({ rows: as('disabled').slice(2), next: undefined });
    await change(id, { status: 'active' });
    expect((await list()).rows).toEqual(as('queued'));
    await change(id, { status: 'disabled' });
    expect((await list()).rows).toEqual(as('disabled'));
    await change(id, { status: 'active', held: 'skip' });
    expect((await list()).rows).toEqual([]);
  });

  it('is off by a rule just the same', async () => {
    const { id } = await test.webhook(organization);
    await disableGoneWebhook(admin(), id, test.receiver.url());
    await post(2);
    expect(await show(id)).toMatchObject({ status: 'disabled', disabledReason: 'gone', held: 2 });
  });

  it('holds from the beginning when it was made switched off, and nothing from before', async () => {
    await post(1);
    const { id } = await test.webhook(organization, { status: 'inactive' });
    await post(2);
    expect(await show(id)).toMatchObject({ held: 2 });
  });

  it('keeps what waited as deliveries, beside what is held', async () => {
    const { id } = await test.webhook(organization, { status: 'paused' });
    await post(2);
    await change(id, { status: 'disabled' });
    await post(3);
    expect(await show(id)).toMatchObject({ held: 5, pending: 5 });
    expect(await rowsOf(id)).toBe(2);
  });

  it('counts the same when a worker has counted, with another subscription, and without what retention took', async () => {
    const { id } = await test.webhook(organization, { events: ['job.created'], status: 'inactive' });
    await post(2);
    await post(2, { type: 'contact.created' });
    test.time.advance(120_000);
    await test.announced();
    await countHeld(node.app);
    expect(await test.announced()).toContainEqual({
      organizationId: organization.id,
      topic: 'deliveries',
      ids: [id],
    });
    const counted = () =>
      test.database.pool.query<{ held: number }>('SELECT held FROM webhook_hold_days WHERE webhook_id = $1', [
        id,
      ]);
    expect((await counted()).rows).toEqual([{ held: 2 }]);
    await post(1);
    expect(await show(id)).toMatchObject({ held: 3 });
    // Counted once, however often.
    await countHeld(node.app);
    expect(await show(id)).toMatchObject({ held: 3 });
    expect(await change(id, { events: ['contact.*'] })).toMatchObject({ held: 2 });
    test.time.advance(120_000);
    await countHeld(node.app);
    expect(await show(id)).toMatchObject({ held: 2 });
    const now = Date.now() + 40 * 86_400_000;
    const later = new Maintenance({
      ...node.app,
      clock: () => now,
      databaseTime: () => Promise.resolve(now),
    });
    await later.run();
    expect(await show(id)).toMatchObject({ held: 0, oldestHeldAt: null });
  });

  it('gives up what it held when it is deleted', async () => {
    const { id } = await test.webhook(organization, { status: 'inactive' });
    await post(1);
    await deleteWebhook(admin(), { id });
    const { rowCount } = await test.database.pool.query('SELECT FROM webhook_holds WHERE webhook_id = $1', [
      id,
    ]);
    expect(rowCount).toBe(0);
  });
});

describe('switching it on', () => {
  it('catches up with what was held, each event once and in its order, and with nothing else', async () => {
    const { id } = await test.webhook(organization);
    const before = await post(3);
    await test.drained(organization);
    // Refused for good while it was on: that was no event of the hold.
    test.receiver.respond = answer(410);
    const refused = await post(1);
    await eventually(async () => expect((await show(id)).status).toBe('disabled'));
    test.receiver.respond = answer(200);
    test.receiver.requests.length = 0;
    const held = await post(1_200);
    startWorker();
    const on = await change(id, { status: 'active' });
    expect(on).toMatchObject({ status: 'active', held: 1_200, catchUp: { left: 1_200, resumes: false } });
    const after = await post(2);
    await eventually(async () => expect((await show(id)).catchUp).toBeNull());
    await test.drained(organization);
    expect(arrived().toSorted()).toEqual([...held, ...after].toSorted());
    expect(arrived()).not.toEqual(expect.arrayContaining([...before, ...refused]));
    const { data } = await listBulkJobs(viewer(), { state: 'all', limit: 10 });
    expect(data).toMatchObject([{ kind: 'catch_up', state: 'completed', total: 1_200, queued: 1_200 }]);
    expect(await standing(held[0]!)).toEqual([['delivered', 'delivered']]);
  });

  it('queues at the rate of catching up', async () => {
    const { id } = await test.webhook(organization, { status: 'inactive' });
    await post(100);
    startWorker();
    await change(id, { status: 'active', flow: { catchUpPerSecond: 20 } });
    const began = performance.now();
    const { data } = await listBulkJobs(viewer(), { state: 'all', limit: 10 });
    expect(data).toMatchObject([{ kind: 'catch_up', ratePerSecond: 20 }]);
    await test.receiver.received(100);
    expect(performance.now() - began).toBeGreaterThan(3_000);
  });

  it('keeps the order of a subject over the whole time: before, while it was off, and after', async () => {
    const { id } = await test.webhook(organization, { status: 'paused' });
    await change(id, { flow: { ordering: 'park' } });
    const ids = await post(20, { subject: 'job/1' });
    await change(id, { status: 'disabled' });
    for (let n = 0; n < 6; n += 1) ids.push(...(await post(200, { subject: 'job/1' })));
    const on = await change(id, { status: 'active' });
    expect(on).toMatchObject({ status: 'paused', catchUp: { resumes: true } });
    ids.push(...(await post(20, { subject: 'job/1' })));
    expect(arrived()).toEqual([]);
    startWorker();
    await eventually(async () => expect(await show(id)).toMatchObject({ status: 'active', catchUp: null }));
    await test.drained(organization);
    expect(arrived()).toEqual(ids);
  });

  it('leaves a pause alone that a person wants meanwhile', async () => {
    const { id } = await test.webhook(organization, { status: 'inactive' });
    await change(id, { flow: { ordering: 'skip' } });
    await post(3, { subject: 'job/1' });
    await change(id, { status: 'active' });
    await change(id, { status: 'paused' });
    startWorker();
    await eventually(async () => expect(await show(id)).toMatchObject({ catchUp: null, held: 3 }));
    expect(await show(id)).toMatchObject({ status: 'paused' });
    expect(arrived()).toEqual([]);
  });

  it('skips what was held when a person wants that, and says so in the ledger and the audit log', async () => {
    const { id } = await test.webhook(organization, { status: 'inactive' });
    const held = await post(2);
    startWorker();
    expect(await change(id, { status: 'active', held: 'skip' })).toMatchObject({ held: 0, catchUp: null });
    const after = await post(1);
    await test.drained(organization);
    expect(arrived()).toEqual(after);
    expect(await standing(held[0]!)).toEqual([['not_sent', 'skipped']]);
    const { rows } = await test.database.pool.query<{ changes: object }>(
      `SELECT changes FROM audit_log WHERE target_id = $1 AND action = 'webhook.enabled'`,
      [id],
    );
    expect(rows).toMatchObject([{ changes: { heldEvents: { before: 2, after: 'skip' } } }]);
    // What was skipped stays so when it is off once more right after.
    await change(id, { status: 'disabled' });
    expect(await show(id)).toMatchObject({ held: 0 });
  });

  it('holds again what a catch-up had not queued when it is switched off', async () => {
    const { id } = await test.webhook(organization, { status: 'inactive' });
    const held = await post(3);
    await change(id, { status: 'active' });
    const meanwhile = await post(1);
    await test.receiver.received(1);
    expect(arrived()).toEqual(meanwhile);
    expect(await change(id, { status: 'disabled' })).toMatchObject({ held: 3, catchUp: null });
    held.push(...(await post(1)));
    expect(await show(id)).toMatchObject({ held: 4 });
    test.receiver.requests.length = 0;
    startWorker();
    await change(id, { status: 'active' });
    await test.receiver.received(4);
    await eventually(async () => expect((await show(id)).catchUp).toBeNull());
    await test.drained(organization);
    expect(arrived().toSorted()).toEqual(held.toSorted());
  });

  it('a catch-up that is cancelled skips the rest, and the webhook goes on', async () => {
    const { id } = await test.webhook(organization, { status: 'inactive' });
    await change(id, { flow: { ordering: 'park' } });
    const [held] = await post(2, { subject: 'job/1' });
    const on = await change(id, { status: 'active' });
    expect(await standing(held!)).toEqual([['waiting', 'queued']]);
    await updateBulkJob(admin(), { id: on.catchUp!.jobId, state: 'cancelled' });
    expect(await show(id)).toMatchObject({ status: 'active', held: 0, catchUp: null });
    expect(await standing(held!)).toEqual([['not_sent', 'skipped']]);
  });

  it('leaves no job behind when nothing was held', async () => {
    const { id } = await test.webhook(organization, { status: 'inactive' });
    startWorker();
    await change(id, { status: 'active' });
    await eventually(async () => {
      expect(await show(id)).toMatchObject({ catchUp: null, held: 0, status: 'active' });
    });
    expect((await listBulkJobs(viewer(), { state: 'all', limit: 10 })).data).toEqual([]);
  });
});

describe('an event that is being stored while its webhook is switched on', () => {
  /** Holds the statement that stores an event with this id until the returned function is called. */
  async function storing(key: string): Promise<{ stored: Promise<unknown>; release(): Promise<void> }> {
    const blocker = await test.database.pool.connect();
    await blocker.query('BEGIN');
    await blocker.query('INSERT INTO event_keys (organization_id, key, event_id) VALUES ($1, $2, $3)', [
      organization.id,
      key,
      test.app.newId(),
    ]);
    const stored = sendEvents(test.apiKey(organization), [{ id: key, type: 'job.created', data: {} }]);
    await eventually(async () => {
      const { rows } = await test.database.pool.query<{ waiting: boolean }>(
        `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
           AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO event_keys%') AS waiting`,
      );
      expect(rows[0]).toEqual({ waiting: true });
    });
    return {
      stored,
      async release() {
        await blocker.query('ROLLBACK');
        blocker.release();
        await stored;
      },
    };
  }

  it('is caught up with, although it appears after the job has begun', async () => {
    const { id } = await test.webhook(organization, { status: 'inactive' });
    await post(1);
    const late = await storing('late-1');
    startWorker();
    await change(id, { status: 'active' });
    await eventually(async () => {
      const { rows } = await test.database.pool.query(
        'SELECT FROM bulk_jobs WHERE webhook_id = $1 AND horizon IS NOT NULL',
        [id],
      );
      expect(rows).toHaveLength(1);
    });
    expect(await show(id)).toMatchObject({ catchUp: { left: 1 } });
    await late.release();
    await test.receiver.received(2);
    expect(arrived().toSorted()).toEqual(['late-1', `held-${number}`].toSorted());
  });

  it('is recovered by a recovery that was begun before it appeared', async () => {
    const since = new Date(test.time.now - 1_000).toISOString();
    const { id } = await test.webhook(organization, { status: 'inactive' });
    const [early] = await post(1);
    const late = await storing('late-2');
    await change(id, { status: 'active', held: 'skip' });
    startWorker();
    await recoverWebhook(admin(), { id, since, dryRun: false });
    await eventually(async () => {
      const { rows } = await test.database.pool.query(
        `SELECT FROM bulk_jobs WHERE webhook_id = $1 AND kind = 'recover' AND horizon IS NOT NULL AND queued = 0`,
        [id],
      );
      expect(rows).toHaveLength(1);
    });
    await late.release();
    await test.receiver.received(2);
    expect(arrived()).toHaveLength(2);
    expect(new Set(arrived())).toEqual(new Set([early, 'late-2']));
  });
});
