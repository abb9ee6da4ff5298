import {
  getEvent as getOperation,
  listEvents as listOperation,
  listUndelivered as undeliveredOperation,
} from '@trunkline/contract/ledger';
import type { LedgerEntry } from '@trunkline/contract/ledger';
import { defaultRetryConfig } from '@trunkline/contract/retry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answer, createDeliveryTest, holding } from '../../testing/delivery-app.ts';
import { markedClaims } from '../../delivery/suspects.ts';
import type { DeliveryTest } from '../../testing/delivery-app.ts';
import { eventually } from '../../testing/eventually.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { sendEvents } from '../events/send-events.ts';
import { clearDlqItem } from '../webhooks/clear-dlq-item.ts';
import { deleteWebhook } from '../webhooks/delete-webhook.ts';
import { replayDelivery } from '../webhooks/replay-delivery.ts';
import { retryDlqItem } from '../webhooks/retry-dlq-item.ts';
import { testWebhook } from '../webhooks/test-webhook.ts';
import { updateRetryConfig } from '../webhooks/update-retry-config.ts';
import { updateWebhook } from '../webhooks/update-webhook.ts';
import { explanations } from './explanations.ts';
import { getEvent } from './get-event.ts';
import { listEvents } from './list-events.ts';
import { listUndelivered } from './list-undelivered.ts';
import { firstDeliveryIds } from './rules.ts';

let test: DeliveryTest;
let organization: TestOrganization;
let other: TestOrganization;
/** Before everything of the running test. */
let since: string;

beforeAll(async () => {
  test = await createDeliveryTest();
  await test.startNode({ quiet: true });
  other = await test.createOrganization();
});
afterAll(() => test.close());
beforeEach(async () => {
  test.time.advance(10);
  since = new Date(test.time.now).toISOString();
  test.receiver.respond = answer(200);
  // What an earlier test left waiting would be sent in the middle of this one.
  await test.database.pool.query('TRUNCATE delivery_queue');
  organization = await test.createOrganization();
});

const query = (sql: string, values: unknown[] = []) => test.database.pool.query<{ id: string }>(sql, values);
const admin = (of = organization) => test.as('system_admin', of);
const viewer = (of = organization) => test.as('viewer', of);
const oneRetry = { maxRetries: 1 };
/** Without the product's own events, which would be undelivered too. */
const events = ['job.*'];

async function post(id: string, type = 'job.created', subject?: string) {
  test.time.advance(1);
  await sendEvents(test.apiKey(organization), { id, type, data: { id }, subject });
}

const entriesOf = async (eventId: string): Promise<LedgerEntry[]> =>
  (await getEvent(viewer(), { eventId })).entries;

async function entryOf(eventId: string, webhookId: string): Promise<LedgerEntry> {
  const entries = (await entriesOf(eventId)).filter((entry) => entry.webhookId === webhookId);
  expect(entries).toHaveLength(1);
  return entries[0]!;
}

const reaches = (eventId: string, webhookId: string, expected: Partial<LedgerEntry>) =>
  eventually(async () => {
    const entry = await entryOf(eventId, webhookId);
    expect(entry).toMatchObject({ ...expected, explanation: explanations[entry.reason] });
    return entry;
  });

type Undelivered = Omit<Parameters<typeof listUndelivered>[1], 'since' | 'limit' | 'outcome'> &
  Partial<Parameters<typeof listUndelivered>[1]>;

const undeliveredPage = (filter: Undelivered = {}) =>
  listUndelivered(viewer(), { since, limit: 50, outcome: 'all', ...filter });

const undelivered = async (filter: Undelivered = {}) =>
  (await undeliveredPage(filter)).data.map(({ eventId, reason }) => `${eventId} ${reason}`);

async function deadLetter(id: string, webhookId: string) {
  test.receiver.respond = answer(500);
  await post(id);
  await reaches(id, webhookId, { reason: 'retry_scheduled' });
  await test.makeDue();
  return reaches(id, webhookId, { outcome: 'dead_lettered' });
}

/** The row of an event that was sent with this message id. */
async function rowOf(key: string): Promise<string> {
  const { rows } = await query('SELECT id FROM events WHERE organization_id = $1 AND key = $2', [
    organization.id,
    key,
  ]);
  return rows[0]!.id;
}

describe('the ledger of an event', () => {
  it('has a line of every webhook, delivered or never sent', async () => {
    const { id: got } = await test.webhook(organization, { name: 'Got' });
    const { id: elsewhere } = await test.webhook(organization, { events: ['contact.*'] });
    const { id: off } = await test.webhook(organization, { status: 'inactive' });
    await post('evt');
    test.time.advance(5);
    const { id: newer } = await test.webhook(organization);
    const delivered = await reaches('evt', got, { outcome: 'delivered', reason: 'delivered' });
    expect(delivered).toMatchObject({ webhookName: 'Got', attemptCount: 1, responseStatus: 200 });
    expect(Date.parse(delivered.at ?? '')).toBeGreaterThanOrEqual(Date.parse(since));
    const event = await getEvent(viewer(), { eventId: 'evt' });
    expect(getOperation.output.parse(event)).toEqual(event);
    expect(event.entries.map(({ webhookId, outcome, reason }) => [webhookId, outcome, reason])).toEqual([
      [newer, 'not_sent', 'webhook_newer'],
      [off, 'waiting', 'disabled'],
      [elsewhere, 'not_sent', 'not_subscribed'],
      [got, 'delivered', 'delivered'],
    ]);
    expect(event).toMatchObject({ eventId: 'evt', eventType: 'job.created', subject: null, test: false });
    expect(event.createdAt).toBe(new Date(test.time.now - 5).toISOString());
    const sent = test.receiver.requests.at(-1);
    expect([event.body, sent?.headers['webhook-id']]).toEqual([sent?.body, 'evt']);
    expect(await undelivered()).toEqual(['evt disabled']);
  });

  it('finds an event without an id of its own, and no other id', async () => {
    const { id } = await test.webhook(organization);
    const sent = await sendEvents(test.apiKey(organization), { type: 'job.created', data: {} });
    const { id: eventId } = sent as { id: string };
    await reaches(eventId, id, { outcome: 'delivered' });
    expect(await getEvent(viewer(), { eventId: eventId.toUpperCase() })).toMatchObject({ eventId });
    await post('keyed');
    for (const wrong of ['nothing', test.app.newId(), await rowOf('keyed'), `${eventId} `]) {
      expect([wrong, (await refusalOf(getEvent(viewer(), { eventId: wrong }))).code]).toEqual([
        wrong,
        'not_found',
      ]);
    }
    for (const foreign of [eventId, 'keyed']) {
      const code = (await refusalOf(getEvent(viewer(other), { eventId: foreign }))).code;
      expect([foreign, code]).toEqual([foreign, 'not_found']);
    }
  });

  it('tells sending from a scheduled retry, and what ends without success', async () => {
    const { id } = await test.webhook(organization, { retry: oneRetry, events });
    const hold = holding();
    test.receiver.respond = hold.respond;
    await post('evt');
    await reaches('evt', id, { outcome: 'waiting', reason: 'sending', at: null, attemptCount: 0 });
    expect(await undelivered({ outcome: 'waiting' })).toEqual(['evt sending']);
    hold.release();
    await reaches('evt', id, { outcome: 'delivered' });

    test.receiver.respond = answer(503);
    await post('bad');
    const retry = await reaches('bad', id, {
      reason: 'retry_scheduled',
      attemptCount: 1,
      responseStatus: 503,
    });
    expect(retry.at).not.toBeNull();
    await test.makeDue();
    const dead = await reaches('bad', id, {
      outcome: 'dead_lettered',
      reason: 'attempts_failed',
      attemptCount: 2,
    });
    expect(dead.at).not.toBeNull();
    expect(await undelivered()).toEqual(['bad attempts_failed']);

    test.receiver.respond = answer(500);
    await retryDlqItem(admin(), { deliveryId: dead.deliveryId! });
    await reaches('bad', id, { outcome: 'waiting', reason: 'retry_scheduled', attemptCount: 3 });
    expect(await undelivered({ outcome: 'dead_lettered' })).toEqual([]);
    await test.makeDue();
    await reaches('bad', id, { outcome: 'dead_lettered', attemptCount: 4 });
    await clearDlqItem(admin(), { deliveryId: dead.deliveryId! });
    await reaches('bad', id, { outcome: 'gave_up', reason: 'cleared', attemptCount: 4 });
    expect(await undelivered({ outcome: 'gave_up' })).toEqual(['bad cleared']);

    await updateRetryConfig(admin(), { ...defaultRetryConfig, enableDlq: false });
    await post('worse');
    await reaches('worse', id, { reason: 'retry_scheduled' });
    await test.makeDue();
    await reaches('worse', id, { outcome: 'gave_up', reason: 'attempts_failed' });
    expect(await undelivered()).toEqual(['worse attempts_failed', 'bad cleared']);
  });

  it('knows an endpoint that is gone, and a delivery that ends its worker', async () => {
    const { id } = await test.webhook(organization, { events });
    await post('poison');
    await reaches('poison', id, { outcome: 'delivered' });
    const { id: second } = await test.webhook(organization, { path: '/second', events: ['job.updated'] });
    const eventId = await rowOf('poison');
    const deliveryId = firstDeliveryIds(eventId).from.slice(0, 19) + test.app.newId().slice(19);
    await query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, claims, due_at)
       VALUES ($1, $2, $3, $4, 'event', $5, now())`,
      [deliveryId, organization.id, second, eventId, markedClaims],
    );
    await test.makeDue();
    await reaches('poison', second, { outcome: 'dead_lettered', reason: 'crashed', responseStatus: null });
    test.receiver.respond = answer(410);
    await post('gone');
    await reaches('gone', id, { outcome: 'dead_lettered', reason: 'gone', responseStatus: 410 });
    expect(await undelivered()).toEqual(['gone gone', 'poison crashed']);
  });

  it('of a webhook that was switched off says so, whatever time its retry had', async () => {
    const { id } = await test.webhook(organization, { retry: oneRetry, events });
    test.receiver.respond = answer(500);
    await post('evt');
    await reaches('evt', id, { reason: 'retry_scheduled' });
    await updateWebhook(admin(), { id, status: 'inactive' });
    await reaches('evt', id, { outcome: 'waiting', reason: 'disabled', at: null, attemptCount: 1 });
    expect(await undelivered()).toEqual(['evt disabled']);
  });

  it('of a paused webhook waits until somebody resumes it', async () => {
    const { id } = await test.webhook(organization, { events });
    await updateWebhook(admin(), { id, status: 'paused' });
    await post('evt');
    await reaches('evt', id, { outcome: 'waiting', reason: 'paused', at: null, attemptCount: 0 });
    expect(await undelivered()).toEqual(['evt paused']);
    await updateWebhook(admin(), { id, status: 'active' });
    await reaches('evt', id, { outcome: 'delivered' });
  });

  it('of a webhook with an order says behind what it waits', async () => {
    const { id } = await test.webhook(organization, { retry: oneRetry, events });
    await updateWebhook(admin(), { id, flow: { ordering: 'park' } });
    test.receiver.respond = answer(500);
    await post('first', 'job.created', 'job/1');
    await reaches('first', id, { reason: 'retry_scheduled' });
    await post('second', 'job.created', 'job/1');
    await reaches('second', id, { outcome: 'waiting', reason: 'in_line', at: null });
    expect((await getEvent(viewer(), { eventId: 'second' })).subject).toBe('job/1');
    await test.makeDue();
    const dead = await reaches('first', id, { outcome: 'dead_lettered' });
    await reaches('second', id, { outcome: 'waiting', reason: 'parked', at: null });
    expect(await undelivered()).toEqual(['second parked', 'first attempts_failed']);
    test.receiver.respond = answer(200);
    await retryDlqItem(admin(), { deliveryId: dead.deliveryId! });
    await reaches('first', id, { outcome: 'delivered' });
    await reaches('second', id, { outcome: 'delivered' });
  });

  it('keeps the best of an event that was replayed, and the webhook that was deleted', async () => {
    const { id } = await test.webhook(organization, { retry: oneRetry, events });
    const dead = await deadLetter('evt', id);
    expect(await undelivered()).toEqual(['evt attempts_failed']);
    const hold = holding();
    test.receiver.respond = hold.respond;
    await replayDelivery(admin(), { deliveryId: dead.deliveryId! });
    const replay = await reaches('evt', id, { outcome: 'waiting', reason: 'sending' });
    expect(replay.deliveryId).not.toBe(dead.deliveryId);
    expect(await undelivered()).toEqual(['evt sending']);
    for (const outcome of ['dead_lettered', 'gave_up'] as const)
      expect(await undelivered({ outcome })).toEqual([]);
    hold.release();
    await reaches('evt', id, { outcome: 'delivered', deliveryId: replay.deliveryId });
    expect(await undelivered()).toEqual([]);

    test.receiver.respond = answer(500);
    await replayDelivery(admin(), { deliveryId: dead.deliveryId! });
    await eventually(async () => expect(await test.statuses(id)).toMatchObject({ retrying: 2 }));
    expect(await entryOf('evt', id)).toMatchObject({ outcome: 'delivered' });
    await post('cut');
    await reaches('cut', id, { reason: 'retry_scheduled' });
    await deleteWebhook(admin(), { id });
    const cut = await reaches('cut', id, { outcome: 'gave_up', reason: 'cancelled', attemptCount: 1 });
    expect(cut.at).toBe(new Date(test.time.now).toISOString());
    test.time.advance(5);
    await post('later');
    expect(await entriesOf('later')).toEqual([]);
  });

  it('tells of a webhook that was deleted before the first attempt, where it would have been one', async () => {
    const { id } = await test.webhook(organization, { status: 'paused', events: ['job.created'] });
    const { id: elsewhere } = await test.webhook(organization, { status: 'paused', events: ['contact.*'] });
    await post('cut');
    test.time.advance(5);
    const { id: newer } = await test.webhook(organization, { status: 'paused', events: ['job.created'] });
    for (const one of [id, elsewhere, newer]) await deleteWebhook(admin(), { id: one });
    expect((await getEvent(viewer(), { eventId: 'cut' })).entries).toEqual([
      {
        webhookId: id,
        webhookName: 'Hook',
        deliveryId: null,
        outcome: 'gave_up',
        reason: 'cancelled',
        explanation: 'The webhook was deleted before it was delivered.',
        at: new Date(test.time.now).toISOString(),
        attemptCount: 0,
        responseStatus: null,
      },
    ]);
  });

  it('of a test has the tested webhook only, and owes nobody anything', async () => {
    const { id } = await test.webhook(organization);
    await test.webhook(organization, { path: '/second' });
    test.receiver.respond = answer(500);
    await testWebhook(admin(), { id, eventType: 'job.created' });
    const [event] = (await listEvents(viewer(), { limit: 1 })).data;
    expect(await getEvent(viewer(), { eventId: event!.eventId })).toMatchObject({
      test: true,
      entries: [{ webhookId: id, outcome: 'gave_up', responseStatus: 500 }],
    });
    expect(await undelivered()).toEqual([]);
  });
});

describe('the undelivered', () => {
  it('come newest first, page by page, of all webhooks or one, and of a time', async () => {
    const { id } = await test.webhook(organization, { retry: oneRetry, events });
    const { id: second } = await test.webhook(organization, { retry: oneRetry, events, path: '/second' });
    const keys = ['a', 'b', 'c', 'd', 'e'];
    test.receiver.respond = answer(500);
    for (const key of keys) await post(key);
    for (const key of keys) {
      for (const webhookId of [id, second]) await reaches(key, webhookId, { reason: 'retry_scheduled' });
    }
    await test.makeDue();
    for (const key of keys) {
      for (const webhookId of [id, second]) await reaches(key, webhookId, { outcome: 'dead_lettered' });
    }
    // One is replayed without success at both, so that both stand at their event's place.
    for (const webhookId of [id, second]) {
      const { deliveryId } = await entryOf('c', webhookId);
      await clearDlqItem(admin(), { deliveryId: deliveryId! });
      await replayDelivery(admin(), { deliveryId: deliveryId! });
      await reaches('c', webhookId, { reason: 'retry_scheduled' });
    }

    const all = await undeliveredPage();
    expect(undeliveredOperation.output.parse(all)).toEqual(all);
    expect(all.nextCursor).toBeNull();
    expect(all.data.map(({ eventId }) => eventId)).toEqual(keys.toReversed().flatMap((key) => [key, key]));
    expect(new Set(all.data.map(({ eventId, webhookId }) => eventId + webhookId)).size).toBe(10);
    for (const limit of [1, 3, 5]) {
      const seen: typeof all.data = [];
      let cursor: string | undefined;
      for (let pages = 1; ; pages += 1) {
        const page = await undeliveredPage({ limit, cursor });
        expect(page.data.length).toBeLessThanOrEqual(limit);
        seen.push(...page.data);
        if (page.nextCursor === null || pages === 20) break;
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(all.data);
    }
    expect(await undelivered({ webhookId: id })).toEqual([
      'e attempts_failed',
      'd attempts_failed',
      'c retry_scheduled',
      'b attempts_failed',
      'a attempts_failed',
    ]);
    expect(await undelivered({ webhookId: id, outcome: 'waiting' })).toEqual(['c retry_scheduled']);
    const timeOf = async (eventId: string) => (await getEvent(viewer(), { eventId })).createdAt;
    const [from, until] = [await timeOf('b'), await timeOf('d')];
    expect(await undelivered({ webhookId: id, since: from, until })).toEqual([
      'c retry_scheduled',
      'b attempts_failed',
    ]);
    expect(await undelivered({ since: until, until: from })).toEqual([]);
    expect(await listUndelivered(viewer(other), { since, limit: 50, outcome: 'all' })).toEqual({
      data: [],
      nextCursor: null,
    });
    const stranger = listUndelivered(viewer(other), { since, limit: 50, outcome: 'all', webhookId: id });
    expect((await refusalOf(stranger)).code).toBe('not_found');
    for (const cursor of ['nonsense', Buffer.from('["a b"]').toString('base64url')]) {
      expect((await refusalOf(undeliveredPage({ cursor }))).code).toBe('invalid_input');
    }
  });

  it('are found behind thousands that were delivered since, in several calls at most', async () => {
    const { id } = await test.webhook(organization);
    await post('first');
    await reaches('first', id, { outcome: 'delivered' });
    // The delivery fails for good, then thousands of later events do and are delivered by a retry of the dead letter.
    await query(`UPDATE attempts SET state = 'failed' WHERE event_id = $1`, [await rowOf('first')]);
    test.time.advance(10_000);
    await query(
      `WITH made AS (
         SELECT n, (lpad(to_hex($3::bigint + n), 12, '0') || '7000800000000000' || lpad(to_hex(n), 4, '0'))::uuid AS id
         FROM generate_series(1, 9000) n),
       stored AS (
         INSERT INTO events (id, organization_id, type, body) SELECT id, $1, 'job.created', '{}' FROM made)
       INSERT INTO attempts (delivery_id, number, organization_id, webhook_id, event_id, event_type, trigger, state,
         started_at, duration_ms, response_status, url, signatures)
       SELECT id, number, $1, $2, id, 'job.created', 'event', state, now(), 1, 500, '', ''
       FROM made, (VALUES (1, 'dlq'), (2, 'success')) AS tries (number, state)`,
      [organization.id, id, test.time.now],
    );
    const seen: string[] = [];
    let calls = 0;
    let cursor: string | undefined;
    do {
      const page = await undeliveredPage({ cursor });
      seen.push(...page.data.map(({ eventId }) => eventId));
      cursor = page.nextCursor ?? undefined;
      calls += 1;
    } while (cursor !== undefined && calls < 10);
    expect([seen, calls]).toEqual([['first'], 2]);
  });
});

describe('the list of events', () => {
  it('comes newest first, page by page, by type, by subject and since a time', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (const key of keys) await post(key, key === 'c' ? 'contact.created' : 'job.created');
    await query(`UPDATE events SET subject = 'job/1' WHERE organization_id = $1 AND key IN ('b', 'd')`, [
      organization.id,
    ]);
    const list = async (filter: Partial<Parameters<typeof listEvents>[1]> = {}) =>
      (await listEvents(viewer(), { limit: 50, ...filter })).data.map(({ eventId }) => eventId);
    const page = await listEvents(viewer(), { limit: 50 });
    expect(listOperation.output.parse(page)).toEqual(page);
    expect(page.data[1]).toMatchObject({ eventId: 'd', eventType: 'job.created', subject: 'job/1' });
    expect(await list()).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(await list({ eventType: 'contact.created' })).toEqual(['c']);
    expect(await list({ subject: 'job/1' })).toEqual(['d', 'b']);
    expect(await list({ subject: 'job/1', eventType: 'contact.created' })).toEqual([]);
    expect(await list({ since: page.data[2]!.createdAt })).toEqual(['e', 'd', 'c']);
    for (const [limit, filter, expected] of [
      [2, {}, ['e', 'd', 'c', 'b', 'a']],
      [1, { eventType: 'job.created' }, ['e', 'd', 'b', 'a']],
    ] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let pages = 1; ; pages += 1) {
        const one = await listEvents(viewer(), { limit, ...filter, cursor });
        seen.push(...one.data.map(({ eventId }) => eventId));
        if (one.nextCursor === null || pages === 10) break;
        cursor = one.nextCursor;
      }
      expect(seen).toEqual(expected);
    }
    expect((await listEvents(viewer(other), { limit: 50, since })).data).toEqual([]);
    expect((await refusalOf(listEvents(viewer(), { limit: 5, cursor: 'nonsense' }))).code).toBe(
      'invalid_input',
    );
  });

  it('goes on behind many events that the filter leaves out', async () => {
    await post('rare', 'contact.created');
    test.time.advance(60_000);
    await query(
      `INSERT INTO events (id, organization_id, type, body)
       SELECT (lpad(to_hex($2::bigint + n), 12, '0') || '7000800000000000' || lpad(to_hex(n), 4, '0'))::uuid, $1,
         'job.created', '{}' FROM generate_series(1, 20000) n`,
      [organization.id, test.time.now],
    );
    const first = await listEvents(viewer(), { limit: 5, eventType: 'contact.created' });
    expect(first.data).toEqual([]);
    const next = await listEvents(viewer(), {
      limit: 5,
      eventType: 'contact.created',
      cursor: first.nextCursor ?? '',
    });
    expect(next).toMatchObject({ data: [{ eventId: 'rare' }], nextCursor: null });
  });
});

it('refuses everybody whom the permissions exclude', async () => {
  await post('evt');
  await expectRefusals(test, organization, getOperation, (ctx) => getEvent(ctx, { eventId: 'evt' }));
  await expectRefusals(test, organization, listOperation, (ctx) => listEvents(ctx, { limit: 5 }));
  await expectRefusals(test, organization, undeliveredOperation, (ctx) =>
    listUndelivered(ctx, { since, limit: 5, outcome: 'all' }),
  );
});
