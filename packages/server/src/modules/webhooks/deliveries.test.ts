import {
  clearAllDlq as clearAllOperation,
  clearDlqItem as clearOperation,
  getDlqItems as listOperation,
  retryAllDlq as retryAllOperation,
  retryDlqItem as retryOperation,
} from '@trunkline/contract/dead-letters';
import {
  getDeliveryDetail as detailOperation,
  getDeliveryHistory as historyOperation,
  recoverWebhook as recoverOperation,
  replayDelivery as replayOperation,
  replayFailedDeliveries as replayFailedOperation,
} from '@trunkline/contract/deliveries';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answer, createDeliveryTest, holding } from '../../testing/delivery-app.ts';
import type { DeliveryTest } from '../../testing/delivery-app.ts';
import { eventually } from '../../testing/eventually.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { recoverWebhook } from '../bulk-jobs/recover-webhook.ts';
import { replayFailedDeliveries } from '../bulk-jobs/replay-failed-deliveries.ts';
import { retryAllDlq } from '../bulk-jobs/retry-all-dlq.ts';
import { sendEvents } from '../events/send-events.ts';
import { clearAllDlq } from './clear-all-dlq.ts';
import { clearDlqItem } from './clear-dlq-item.ts';
import { deleteWebhook } from './delete-webhook.ts';
import { getDeliveryDetail } from './get-delivery-detail.ts';
import { getDeliveryHistory } from './get-delivery-history.ts';
import { getDlqItems } from './get-dlq-items.ts';
import { replayDelivery } from './replay-delivery.ts';
import { retryDlqItem } from './retry-dlq-item.ts';
import { testWebhook } from './test-webhook.ts';
import { updateWebhook } from './update-webhook.ts';

let test: DeliveryTest;
let organization: TestOrganization;
let other: TestOrganization;

beforeAll(async () => {
  test = await createDeliveryTest();
  await test.startNode({ quiet: true });
  other = await test.createOrganization();
  organization = await test.createOrganization();
});
afterAll(() => test.close());
beforeEach(async () => {
  test.time.advance(10);
  test.receiver.requests.length = 0;
  test.receiver.respond = answer(200);
  await test.database.pool.query('TRUNCATE delivery_queue, dead_letters, attempts, events, event_keys');
  await test.database.pool.query('UPDATE webhooks SET deleted_at = now(), version = version + 1');
});

const admin = (of = organization) => test.as('system_admin', of);
const post = async (id: string, type = 'job.created') => {
  test.time.advance(1);
  await sendEvents(test.apiKey(organization), { id, type, data: { id } });
};

async function history(
  webhookId: string,
  status: 'all' | 'success' | 'failed' | 'dlq' | 'pending' = 'all',
  extra = {},
) {
  const page = await getDeliveryHistory(test.as('viewer', organization), {
    webhookId,
    status,
    limit: 50,
    ...extra,
  });
  return page.data;
}

const states = async (webhookId: string, status?: Parameters<typeof history>[1]) =>
  (await history(webhookId, status)).map((one) => `${one.eventId} ${one.status}`);

const settled = (webhookId: string, expected: string[]) =>
  eventually(async () => expect((await states(webhookId)).toSorted()).toEqual(expected.toSorted()));

async function lastAudit(action: string) {
  const { rows } = await test.database.pool.query<{
    changes: Record<string, { after: unknown }>;
    actor_id: string;
  }>(
    'SELECT changes, actor_id FROM audit_log WHERE organization_id = $1 AND action = $2 ORDER BY sequence DESC LIMIT 1',
    [organization.id, action],
  );
  return rows[0];
}

const oneRetry = { maxRetries: 1 };

/** Dead letters of these events. */
async function deadLetters(webhookId: string, ids: string[]) {
  test.receiver.respond = answer(500);
  for (const id of ids) await post(id);
  const reached = (state: string) =>
    eventually(async () =>
      expect(await states(webhookId)).toEqual(expect.arrayContaining(ids.map((id) => `${id} ${state}`))),
    );
  await reached('retrying');
  await test.makeDue();
  await reached('dlq');
}

describe('the history', () => {
  it('shows every state and filters by it, by type, and page by page', async () => {
    const { id } = await test.webhook(organization, { retry: oneRetry });
    await test.webhook(organization, { path: '/other', events: ['contact.*'] });
    await post('ok1');
    await settled(id, ['ok1 success']);
    await deadLetters(id, ['dead1', 'dead2']);
    const dead = (await history(id, 'dlq')).find(({ eventId }) => eventId === 'dead1');
    await clearDlqItem(admin(), { deliveryId: dead!.id });
    await post('bad');
    await eventually(async () => expect(await states(id, 'failed')).toContain('bad retrying'));
    const hold = holding();
    test.receiver.respond = hold.respond;
    await post('waits', 'job.updated');
    await eventually(() => expect(hold.held).toBeGreaterThan(0));

    expect(await states(id)).toEqual([
      'waits pending',
      'bad retrying',
      'dead2 dlq',
      'dead1 failed',
      'ok1 success',
    ]);
    expect(await states(id, 'success')).toEqual(['ok1 success']);
    expect(await states(id, 'failed')).toEqual(['bad retrying', 'dead1 failed']);
    expect(await states(id, 'dlq')).toEqual(['dead2 dlq']);
    expect(await states(id, 'pending')).toEqual(['waits pending']);
    expect((await history(id, 'all', { eventType: 'job.updated' })).map(({ eventId }) => eventId)).toEqual([
      'waits',
    ]);
    expect(await history(id, 'all', { eventType: 'job.none' })).toEqual([]);
    expect(await history(id)).toMatchObject([
      { attemptCount: 0, responseStatus: null, lastAttemptAt: null, nextAttemptAt: null },
      {
        attemptCount: 1,
        responseStatus: 500,
        error: { code: 'http_error' },
        nextAttemptAt: expect.any(String) as string,
      },
      { attemptCount: 2, nextAttemptAt: null },
      { attemptCount: 2 },
      { attemptCount: 1, responseStatus: 200, error: null },
    ]);

    const seen: string[] = [];
    let cursor: string | null | undefined;
    let pages = 0;
    while (cursor !== null) {
      const page = await getDeliveryHistory(admin(), {
        webhookId: id,
        status: 'all',
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...page.data.map(({ eventId }) => eventId));
      cursor = page.nextCursor;
      pages += 1;
    }
    expect([pages, seen]).toEqual([3, ['waits', 'bad', 'dead2', 'dead1', 'ok1']]);
    expect((await refusalOf(history(id, 'all', { cursor: 'nonsense' }))).code).toBe('invalid_input');
    await updateWebhook(admin(), { id, status: 'inactive' });
    hold.release();
    await eventually(async () => expect(await states(id, 'failed')).toContain('bad held'));
  });

  it('shows the deliveries of a time and of a type, finished or not', async () => {
    const { id } = await test.webhook(organization, { retry: oneRetry, events: ['*'] });
    const first = test.time.now;
    await post('one');
    await post('other', 'job.closed');
    await settled(id, ['one success', 'other success']);
    test.time.advance(5);
    const later = new Date(test.time.now).toISOString();
    test.receiver.respond = answer(500);
    await post('two');
    await settled(id, ['one success', 'other success', 'two retrying']);
    const found = async (extra: object) => (await history(id, 'all', extra)).map(({ eventId }) => eventId);
    expect(await found({ since: later })).toEqual(['two']);
    expect(await found({ until: later })).toEqual(['other', 'one']);
    expect(
      await found({ since: new Date(first).toISOString(), until: later, eventType: 'job.created' }),
    ).toEqual(['one']);
    const { createdAt } = (await history(id))[0]!;
    expect([await found({ since: createdAt }), (await found({ until: createdAt })).length]).toEqual([
      ['two'],
      2,
    ]);
    expect(await found({ since: '1950-01-01T00:00:00Z' })).toHaveLength(3);
  });

  it('shows one delivery with what was sent and every answer', async () => {
    const { id } = await test.webhook(organization, { retry: oneRetry, name: 'Named' });
    test.receiver.respond = answer(503, { 'x-try': 'first' }, 'busy');
    await post('evt');
    await settled(id, ['evt retrying']);
    test.receiver.respond = answer(201, { 'x-try': 'second' }, 'fine');
    await test.makeDue();
    await settled(id, ['evt success']);
    const [row] = await history(id);
    const detail = await getDeliveryDetail(test.as('viewer', organization), { deliveryId: row!.id });
    expect(detail).toMatchObject({ ...row, webhookName: 'Named', response: { status: 201, body: 'fine' } });
    expect(detail.attempts).toMatchObject([
      {
        number: 1,
        outcome: 'failed',
        responseStatus: 503,
        response: { body: 'busy', headers: { 'x-try': 'first' } },
      },
      { number: 2, outcome: 'success', responseStatus: 201, error: null },
    ]);
    const [first, second] = test.receiver.requests;
    for (const [sent, shown] of [
      [first!, detail.attempts[0]!.request.headers],
      [second!, detail.request.headers],
    ] as const) {
      for (const [name, value] of Object.entries(shown)) expect(sent.headers[name.toLowerCase()]).toBe(value);
    }
    expect(detail.request.body).toBe(second!.body);
    expect((await refusalOf(getDeliveryDetail(admin(), { deliveryId: test.app.newId() }))).code).toBe(
      'not_found',
    );
  });
});

describe('replays', () => {
  it('send one again as a delivery of its own', async () => {
    const { id } = await test.webhook(organization);
    await post('evt');
    await settled(id, ['evt success']);
    const [original] = await history(id);
    const replay = await replayDelivery(admin(), { deliveryId: original!.id });
    expect(replay).toMatchObject({
      trigger: 'replay',
      replayOf: original!.id,
      eventId: 'evt',
      attemptCount: 0,
    });
    await settled(id, ['evt success', 'evt success']);
    expect((await history(id))[0]!.id).toBe(replay.id);
    expect(test.receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual(['evt', 'evt']);
    expect((await lastAudit('delivery.replayed'))?.changes['replay']).toMatchObject({ after: replay.id });
    await updateWebhook(admin(), { id, status: 'inactive' });
    expect((await refusalOf(replayDelivery(admin(), { deliveryId: original!.id }))).code).toBe(
      'webhook_inactive',
    );
    await deleteWebhook(admin(), { id });
    expect((await refusalOf(replayDelivery(admin(), { deliveryId: original!.id }))).code).toBe('conflict');
    await test.database.pool.query('UPDATE webhooks SET deleted_at = NULL, enabled = true WHERE id = $1', [
      id,
    ]);
    await test.database.pool.query('DELETE FROM events');
    expect((await refusalOf(replayDelivery(admin(), { deliveryId: original!.id }))).code).toBe('conflict');
  });

  it('of all that failed leave out what was delivered since, tests, and what is on its way', async () => {
    const { id } = await test.webhook(organization, { retry: oneRetry });
    await deadLetters(id, ['dead', 'cleared', 'replayed']);
    const items = (await getDlqItems(admin(), { limit: 10, webhookId: id })).data;
    const of = (event: string) => items.find(({ eventId }) => eventId === event)!.deliveryId;
    await clearDlqItem(admin(), { deliveryId: of('cleared') });
    await testWebhook(admin(), { id, eventType: 'job.created' });
    test.receiver.respond = answer(200);
    await replayDelivery(admin(), { deliveryId: of('replayed') });
    await eventually(async () => expect(await states(id, 'success')).toEqual(['replayed success']));
    test.receiver.requests.length = 0;

    // Both at the same moment: one of them finds nothing left to do.
    const counts = await Promise.all([
      replayFailedDeliveries(admin(), { webhookId: id, dryRun: false }),
      replayFailedDeliveries(admin(), { webhookId: id, dryRun: false }),
    ]);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(2);
    await test.drained(organization);
    expect(test.receiver.requests.map(({ headers }) => String(headers['webhook-id'])).toSorted()).toEqual([
      'cleared',
      'dead',
    ]);
    expect(await replayFailedDeliveries(admin(), { webhookId: id, dryRun: false })).toEqual({
      count: 0,
      jobId: null,
    });
    expect(
      (await getDlqItems(admin(), { limit: 10, webhookId: id })).data.map(({ eventId }) => eventId),
    ).toEqual(['replayed']);
    expect(
      await replayFailedDeliveries(admin(), {
        webhookId: id,
        since: '1960-01-01T00:00:00Z',
        dryRun: false,
      }),
    ).toEqual({ count: 0, jobId: null });
    expect((await lastAudit('delivery.failed_replayed'))?.changes['deliveries']).toMatchObject({ after: 0 });
  });
});

describe('recovery', () => {
  it('delivers what was missed since a time, once, whoever asks how often', async () => {
    const since = new Date(test.time.now).toISOString();
    await post('before1', 'job.created');
    await post('before2', 'job.note.added');
    await post('nomatch', 'contact.created');
    const { id } = await test.webhook(organization, { events: ['job.*'], retry: oneRetry });
    await post('got');
    await settled(id, ['got success']);
    test.receiver.respond = answer(500);
    await post('waiting');
    await eventually(async () => expect(await states(id, 'failed')).toEqual(['waiting retrying']));
    await testWebhook(admin(), { id, eventType: 'job.created' });
    test.receiver.respond = answer(200);
    test.receiver.requests.length = 0;

    expect(await recoverWebhook(admin(), { id, since, dryRun: true })).toEqual({ count: 2, jobId: null });
    expect(await recoverWebhook(admin(), { id, since: '1960-01-01T00:00:00Z', dryRun: true })).toEqual({
      count: 2,
      jobId: null,
    });
    expect(test.receiver.requests).toEqual([]);
    const counts = await Promise.all(
      Array.from({ length: 4 }, () => recoverWebhook(admin(), { id, since, dryRun: false })),
    );
    expect(counts.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 2]);
    await test.receiver.received(2);
    await eventually(async () => expect(await states(id, 'success')).toHaveLength(3));
    expect(test.receiver.requests.map(({ headers }) => String(headers['webhook-id'])).toSorted()).toEqual([
      'before1',
      'before2',
    ]);
    expect(await recoverWebhook(admin(), { id, since, dryRun: true })).toEqual({ count: 0, jobId: null });
    expect((await history(id)).filter(({ trigger }) => trigger === 'recover')).toHaveLength(2);
    expect(await lastAudit('webhook.recovered')).toBeDefined();
    await updateWebhook(admin(), { id, status: 'inactive' });
    expect((await refusalOf(recoverWebhook(admin(), { id, since, dryRun: false }))).code).toBe(
      'webhook_inactive',
    );
  });
});

describe('dead letters', () => {
  it('are listed newest first, page by page, of one webhook or all', async () => {
    const one = await test.webhook(organization, { retry: oneRetry, path: '/one' });
    await deadLetters(one.id, ['a', 'b', 'c']);
    const two = await test.webhook(organization, { retry: oneRetry, path: '/two', events: ['job.updated'] });
    await post('d', 'job.updated');
    await settled(two.id, ['d retrying']);
    await test.makeDue();
    await settled(two.id, ['d dlq']);
    await settled(one.id, ['a dlq', 'b dlq', 'c dlq', 'd dlq']);
    const first = await getDlqItems(test.as('viewer', organization), { limit: 3 });
    expect([first.data.length, first.total]).toEqual([3, 5]);
    const second = await getDlqItems(admin(), { limit: 3, cursor: first.nextCursor! });
    expect([second.data.length, second.nextCursor]).toEqual([2, null]);
    const times = [...first.data, ...second.data].map(({ failedAt }) => failedAt);
    expect(times).toEqual(times.toSorted().reverse());
    expect(new Set([...first.data, ...second.data].map(({ deliveryId }) => deliveryId)).size).toBe(5);
    expect(await getDlqItems(admin(), { limit: 3, webhookId: two.id })).toMatchObject({ total: 1 });
    expect(await getDlqItems(admin(other), { limit: 3 })).toMatchObject({ data: [], total: 0 });
  });

  it('are retried one by one or together, never twice at once, and not into a webhook that is off', async () => {
    const { id } = await test.webhook(organization, { retry: oneRetry });
    await deadLetters(id, ['a', 'b', 'c']);
    const [first] = (await getDlqItems(admin(), { limit: 10 })).data;
    const hold = holding();
    test.receiver.respond = hold.respond;
    test.receiver.requests.length = 0;
    const retries = await Promise.all([
      retryDlqItem(admin(), { deliveryId: first!.deliveryId }),
      retryDlqItem(admin(), { deliveryId: first!.deliveryId }),
    ]);
    expect(retries).toMatchObject([{ retrying: true }, { retrying: true }]);
    await eventually(() => expect(hold.held).toBe(1));
    expect((await refusalOf(clearDlqItem(admin(), { deliveryId: first!.deliveryId }))).code).toBe('conflict');
    expect(await clearAllDlq(admin(), { deliveryIds: [first!.deliveryId] })).toEqual({ count: 0 });
    const counts = await Promise.all([
      retryAllDlq(admin(), { dryRun: false }),
      retryAllDlq(admin(), { webhookId: id, dryRun: false }),
    ]);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(2);
    await eventually(() => expect(hold.held).toBe(3));
    hold.release();
    await test.drained(organization);
    expect(test.receiver.requests).toHaveLength(3);
    expect(await getDlqItems(admin(), { limit: 10 })).toMatchObject({ total: 0 });
    expect(await lastAudit('dead_letter.retried')).toBeDefined();

    test.receiver.respond = answer(500);
    await post('off');
    await eventually(async () => expect(await states(id, 'failed')).toEqual(['off retrying']));
    await test.makeDue();
    await eventually(async () => expect(await states(id, 'dlq')).toEqual(['off dlq']));
    const [item] = (await getDlqItems(admin(), { limit: 10 })).data;
    await updateWebhook(admin(), { id, status: 'inactive' });
    expect(await retryAllDlq(admin(), { dryRun: false })).toEqual({ count: 0, jobId: null });
    expect((await refusalOf(retryDlqItem(admin(), { deliveryId: item!.deliveryId }))).code).toBe(
      'webhook_inactive',
    );
  });

  it('are cleared one by one or together, and stay in the history as failed', async () => {
    const { id } = await test.webhook(organization, { retry: oneRetry });
    await deadLetters(id, ['a', 'b', 'c', 'd']);
    const items = (await getDlqItems(admin(), { limit: 10 })).data;
    await clearDlqItem(admin(), { deliveryId: items[0]!.deliveryId });
    expect((await refusalOf(clearDlqItem(admin(), { deliveryId: items[0]!.deliveryId }))).code).toBe(
      'not_found',
    );
    expect(await clearAllDlq(admin(), { deliveryIds: [items[1]!.deliveryId] })).toEqual({ count: 1 });
    expect(await clearAllDlq(admin(other), {})).toEqual({ count: 0 });
    expect(await clearAllDlq(admin(), {})).toEqual({ count: 2 });
    expect(await states(id)).toEqual(['d failed', 'c failed', 'b failed', 'a failed']);
    expect((await lastAudit('dead_letter.cleared'))?.changes['deliveries']).toEqual({ before: 2, after: 0 });
  });
});

it('refuses everybody whom the permissions exclude, and hides what belongs to others', async () => {
  const { id: webhookId } = await test.webhook(organization, { retry: oneRetry });
  await deadLetters(webhookId, ['a']);
  const deliveryId = (await history(webhookId))[0]!.id;
  const since = new Date(test.time.now).toISOString();
  const calls = {
    history: [historyOperation, (ctx) => getDeliveryHistory(ctx, { webhookId, status: 'all', limit: 5 })],
    detail: [detailOperation, (ctx) => getDeliveryDetail(ctx, { deliveryId })],
    replay: [replayOperation, (ctx) => replayDelivery(ctx, { deliveryId })],
    replayFailed: [replayFailedOperation, (ctx) => replayFailedDeliveries(ctx, { webhookId, dryRun: false })],
    recover: [recoverOperation, (ctx) => recoverWebhook(ctx, { id: webhookId, since, dryRun: false })],
    retry: [retryOperation, (ctx) => retryDlqItem(ctx, { deliveryId })],
    clear: [clearOperation, (ctx) => clearDlqItem(ctx, { deliveryId })],
    list: [listOperation, (ctx) => getDlqItems(ctx, { limit: 5 })],
    retryAll: [retryAllOperation, (ctx) => retryAllDlq(ctx, { dryRun: false })],
    clearAll: [clearAllOperation, (ctx) => clearAllDlq(ctx, {})],
  } satisfies Record<string, [Parameters<typeof expectRefusals>[2], Parameters<typeof expectRefusals>[3]]>;
  for (const [operation, call] of Object.values(calls))
    await expectRefusals(test, organization, operation, call);
  for (const name of ['history', 'detail', 'replay', 'replayFailed', 'recover', 'retry', 'clear'] as const) {
    expect([name, (await refusalOf(calls[name][1](admin(other)))).code]).toEqual([name, 'not_found']);
  }
  expect(await retryAllDlq(admin(other), { deliveryIds: [deliveryId], dryRun: false })).toEqual({
    count: 0,
    jobId: null,
  });
  expect(await states(webhookId)).toEqual(['a dlq']);
});
