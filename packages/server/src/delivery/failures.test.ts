import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { once } from 'node:events';
import { retryBounds } from '@trunkline/contract/retry-schedule';
import type { RetryPolicy } from '@trunkline/contract/retry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendEvents } from '../modules/events/send-events.ts';
import { getDlqItems } from '../modules/webhooks/get-dlq-items.ts';
import { getWebhook } from '../modules/webhooks/get-webhook.ts';
import { retryDlqItem } from '../modules/webhooks/retry-dlq-item.ts';
import { updateRetryConfig } from '../modules/webhooks/update-retry-config.ts';
import { updateWebhook } from '../modules/webhooks/update-webhook.ts';
import { eventually } from '../testing/eventually.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import {
  answer,
  createDeliveryTest,
  fastRetries,
  holding,
  receiverAddress,
} from '../testing/delivery-app.ts';
import type { DeliveryTest, Node } from '../testing/delivery-app.ts';

let test: DeliveryTest;
let node: Node;
let organization: TestOrganization;
/** What the names of this test resolve to. */
const names = new Map<string, string[]>();
const rawServers: Server[] = [];

beforeAll(async () => {
  test = await createDeliveryTest();
  const lookup = (name: string) =>
    names.has(name) ? Promise.resolve(names.get(name)!) : Promise.reject(new Error('ENOTFOUND'));
  node = await test.startNode({ attemptTimeoutSeconds: 1, sender: test.sender({ lookup }), quiet: true });
  organization = await test.createOrganization();
});
afterAll(async () => {
  for (const server of rawServers) server.close();
  await test.close();
});
beforeEach(async () => {
  test.receiver.requests.length = 0;
  test.receiver.respond = answer(200);
  await test.database.pool.query('DELETE FROM delivery_queue');
  await test.database.pool.query(
    'UPDATE webhooks SET deleted_at = now(), version = version + 1 WHERE deleted_at IS NULL',
  );
  await test.database.pool.query('DELETE FROM retry_configs');
  await test.database.pool.query('DELETE FROM dead_letters');
  node.engine.endpoints.forgetAll();
});

const admin = () => test.as('system_admin', organization);
const post = (type = 'job.created') => sendEvents(test.apiKey(organization), { type, data: {} });

interface AttemptRow {
  number: number;
  state: string;
  response_status: number;
  error_code: string | null;
  error_message: string | null;
  response_body: string | null;
  response_headers: string | null;
  response_truncated: boolean;
}

/** The attempts of a webhook's deliveries, as soon as there are this many. */
function attempts(webhookId: string, count: number): Promise<AttemptRow[]> {
  return eventually(async () => {
    const { rows } = await test.database.pool.query<AttemptRow>(
      'SELECT * FROM attempts WHERE webhook_id = $1 ORDER BY delivery_id, number',
      [webhookId],
    );
    expect(rows.length).toBeGreaterThanOrEqual(count);
    return rows;
  });
}

async function queueOf(webhookId: string) {
  const { rows } = await test.database.pool.query<{
    id: string;
    attempts: number;
    owner: string | null;
    held: boolean;
    due: Date;
  }>(
    `SELECT id, attempts, owner, due_at = 'infinity' AS held, nullif(due_at, 'infinity') AS due
     FROM delivery_queue WHERE webhook_id = $1 ORDER BY id`,
    [webhookId],
  );
  return rows;
}

async function databaseTime(): Promise<number> {
  const { rows } = await test.database.pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return rows[0]!.now.getTime();
}

async function auditOf(targetId: string) {
  const { rows } = await test.database.pool.query<{ action: string; actor_type: string }>(
    'SELECT action, actor_type FROM audit_log WHERE target_id = $1 ORDER BY sequence',
    [targetId],
  );
  return rows;
}

async function rawServer(answerWith: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answerWith));
  });
  server.listen(0, receiverAddress);
  await once(server, 'listening');
  rawServers.push(server);
  return (server.address() as AddressInfo).port;
}

describe('an attempt that fails', () => {
  it('is recorded with its kind of error', async () => {
    const hold = holding();
    test.receiver.respond = (request, response) => {
      if (request.path === '/redirect') answer(302, { location: 'http://127.0.0.1:1/' })(request, response);
      else if (request.path === '/huge-headers')
        answer(200, { filler: 'x'.repeat(15_000), more: 'y'.repeat(15_000) })(request, response);
      else if (request.path === '/reset') response.socket?.resetAndDestroy();
      else if (request.path === '/hang') hold.respond(request, response);
      else answer(Number(request.path.slice(1)), {}, 'no')(request, response);
    };
    const garbage = await rawServer('this is not HTTP\r\n\r\n');
    names.set('named.test', ['10.1.2.3']);
    const port = test.receiver.port;
    const cases: [string, string, number][] = [
      [test.receiver.url('/500'), 'http_error', 500],
      [test.receiver.url('/404'), 'http_error', 404],
      [test.receiver.url('/redirect'), 'http_error', 302],
      [test.receiver.url('/reset'), 'reset', 0],
      [test.receiver.url('/hang'), 'timeout', 0],
      [test.receiver.url('/huge-headers'), 'too_large', 0],
      [`http://${receiverAddress}:1/`, 'connect', 0],
      [`http://${receiverAddress}:${garbage}/`, 'protocol', 0],
      [`https://${receiverAddress}:${port}/`, 'tls', 0],
      [`http://unknown.test:${port}/`, 'dns', 0],
      [`http://named.test:${port}/`, 'blocked', 0],
      [`http://10.0.0.1:${port}/`, 'blocked', 0],
    ];
    const ids: string[] = [];
    for (const [url] of cases) {
      const { id } = await test.webhook(organization, { retry: {} });
      await test.database.pool.query('UPDATE webhooks SET url = $2, version = version + 1 WHERE id = $1', [
        id,
        url,
      ]);
      ids.push(id);
    }
    await post();
    for (const [index, [url, code, status]] of cases.entries()) {
      const [row] = await attempts(ids[index]!, 1);
      expect([url, row!.error_code, row!.response_status, row!.state]).toEqual([
        url,
        code,
        status,
        'retrying',
      ]);
      expect(row!.error_message).toMatch(/\w/);
      expect(row!.error_message).not.toMatch(/10\.|127\./);
    }
    hold.release();
    expect(
      test.receiver.requests.every(({ headers }) => headers['x-trunkline-event'] === 'job.created'),
    ).toBe(true);
  });

  it('keeps a bounded part of a large answer and answers that are no text', async () => {
    test.receiver.respond = (request, response) =>
      request.path === '/huge'
        ? response.end('x'.repeat(300_000))
        : response.writeHead(500).end(Buffer.from([0, 1, 0xff, 0xc3, 0x28, 0]));
    const huge = await test.webhook(organization, { path: '/huge' });
    const binary = await test.webhook(organization, { path: '/binary' });
    await post();
    const [answered] = await attempts(huge.id, 1);
    expect(answered).toMatchObject({ state: 'success', response_truncated: true });
    expect(answered!.response_body).toHaveLength(1024);
    const [bytes] = await attempts(binary.id, 1);
    expect(bytes!.response_body).toBe('\uFFFD\u0001\uFFFD\uFFFD(\uFFFD');
  });

  it('is blocked when the name points to a private address by the time of a retry', async () => {
    names.set('moves.test', [receiverAddress]);
    test.receiver.respond = (_request, response) => {
      response.writeHead(500, { connection: 'close' }).end();
    };
    const { id } = await test.webhook(organization, { retry: {} });
    await test.database.pool.query('UPDATE webhooks SET url = $2, version = version + 1 WHERE id = $1', [
      id,
      `http://moves.test:${test.receiver.port}/`,
    ]);
    await post();
    expect((await attempts(id, 1))[0]).toMatchObject({ error_code: 'http_error' });
    names.set('moves.test', ['192.168.7.7']);
    await test.makeDue();
    expect((await attempts(id, 2))[1]).toMatchObject({ error_code: 'blocked', response_status: 0 });
    expect(test.receiver.requests).toHaveLength(1);
  });
});

describe('retries', () => {
  it.each(['exponential', 'linear', 'fixed'] as const)(
    'wait as the %s policy says',
    async (retryStrategy) => {
      const policy: RetryPolicy = {
        retryStrategy,
        maxRetries: 4,
        initialDelaySeconds: 40,
        maxDelaySeconds: 100,
        enableJitter: true,
      };
      test.receiver.respond = answer(500);
      const { id } = await test.webhook(organization, { retry: policy });
      const bounds = retryBounds(policy);
      await post();
      let before = await databaseTime();
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        await attempts(id, attempt);
        const after = await databaseTime();
        const [row] = await queueOf(id);
        const earlier = bounds[attempt - 2] ?? { earliestMs: 0, latestMs: 0 };
        const bound = bounds[attempt - 1]!;
        // A second before: the event was accepted before the clock was read.
        expect(row!.due.getTime()).toBeGreaterThanOrEqual(
          before - 1000 + bound.earliestMs - earlier.earliestMs,
        );
        expect(row!.due.getTime()).toBeLessThanOrEqual(after + bound.latestMs - earlier.latestMs);
        expect(row).toMatchObject({ attempts: attempt, owner: null });
        before = await databaseTime();
        await test.makeDue();
      }
    },
  );

  it('come no earlier than the endpoint asks, up to a day', async () => {
    test.receiver.respond = (request, response) =>
      answer(503, { 'retry-after': request.path === '/week' ? '604800' : '300' })(request, response);
    const minutes = await test.webhook(organization, { path: '/minutes', retry: {} });
    const week = await test.webhook(organization, { path: '/week', retry: {} });
    const before = await databaseTime();
    await post();
    await Promise.all([attempts(minutes.id, 1), attempts(week.id, 1)]);
    const after = await databaseTime();
    const extra = fastRetries.initialDelaySeconds * 1000;
    const [one] = await queueOf(minutes.id);
    expect(one!.due.getTime()).toBeGreaterThanOrEqual(before + 300_000);
    expect(one!.due.getTime()).toBeLessThanOrEqual(after + 300_000 + extra);
    const [two] = await queueOf(week.id);
    expect(two!.due.getTime()).toBeGreaterThanOrEqual(before + 86_400_000);
    expect(two!.due.getTime()).toBeLessThanOrEqual(after + 86_400_000 + extra);
  });

  it('follow the policy of the webhook before that of the organization, and a change from the next attempt on', async () => {
    test.receiver.respond = answer(500);
    await updateRetryConfig(admin(), { ...fastRetries, maxRetries: 1, enableDlq: true });
    const own = await test.webhook(organization, { path: '/own', retry: { maxRetries: 3 } });
    const shared = await test.webhook(organization, { path: '/shared' });
    await post();
    await Promise.all([attempts(own.id, 1), attempts(shared.id, 1)]);
    await test.makeDue();
    expect((await attempts(shared.id, 2)).map(({ state }) => state)).toEqual(['retrying', 'dlq']);
    expect((await attempts(own.id, 2)).map(({ state }) => state)).toEqual(['retrying', 'retrying']);
    await updateWebhook(admin(), { id: own.id, retry: null });
    await test.makeDue();
    expect((await attempts(own.id, 3)).map(({ state }) => state)).toEqual(['retrying', 'retrying', 'dlq']);
  });

  it('do not wait behind a stream of later ones', async () => {
    // Each of these asks for a claim in a second; the claim of what is due now must not move with them.
    test.receiver.respond = (request, response) =>
      answer(request.path === '/ok' ? 200 : 500)(request, response);
    const failing = await test.webhook(organization, {
      path: '/fail',
      events: ['job.failing'],
      retry: { initialDelaySeconds: 1, maxRetries: 10 },
    });
    const arrived = () => test.receiver.at('/fail').map(({ headers }) => headers['x-trunkline-delivery']);
    const retried = () => new Set(arrived()).size < arrived().length;
    // The stream goes on, one event after the other, until the first retry is seen beside it.
    let sent = 0;
    while (!retried() && sent < 400) {
      await post('job.failing');
      sent += 1;
      await eventually(() => expect(arrived().length).toBeGreaterThanOrEqual(sent));
    }
    expect(retried()).toBe(true);
    expect((await attempts(failing.id, 3)).length).toBeGreaterThanOrEqual(3);
  });
});

describe('an endpoint that answers 410', () => {
  it('is switched off, audited, and keeps what waits', async () => {
    // With a path of its own: retries of the test before may still arrive.
    const { id } = await test.webhook(organization, { path: '/gone', retry: {} });
    test.receiver.respond = answer(500);
    await post();
    await attempts(id, 1);
    test.receiver.respond = answer(410);
    await post();
    await eventually(async () => {
      expect(await getWebhook(admin(), { id })).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
    });
    expect((await attempts(id, 2)).map(({ state, error_code }) => [state, error_code])).toContainEqual([
      'dlq',
      'gone',
    ]);
    expect(await auditOf(id)).toContainEqual({ action: 'webhook.disabled', actor_type: 'system' });
    expect((await getDlqItems(admin(), { limit: 50 })).data).toMatchObject([
      {
        webhookId: id,
        attemptCount: 1,
        responseStatus: 410,
        error: { code: 'gone' },
        webhookStatus: 'disabled',
      },
    ]);
    // The retry goes into the backlog when it falls due, by the hand of whoever claims it.
    await test.makeDue();
    await eventually(async () => {
      expect(await queueOf(id)).toMatchObject([{ attempts: 1, held: true, owner: null }]);
    });
    expect(test.receiver.at('/gone')).toHaveLength(2);

    test.receiver.respond = answer(200);
    await updateWebhook(admin(), { id, status: 'active' });
    await test.drained(organization);
    expect(await test.statuses(id)).toEqual({ retrying: 1, dlq: 1, success: 1 });
  });
});

it('an endpoint that answers 410 at an address that its webhook has no more leaves the webhook on', async () => {
  const { id } = await test.webhook(organization, { path: '/old', retry: {} });
  let late: ServerResponse | undefined;
  test.receiver.respond = (request, response) => {
    if (request.path === '/old') late = response;
    else response.end();
  };
  await post();
  await eventually(() => expect(late).toBeDefined());
  await updateWebhook(admin(), { id, url: test.receiver.url('/new') });
  late!.writeHead(410).end();
  await eventually(async () => expect(await test.statuses(id)).toEqual({ dlq: 1 }));
  await post();
  await test.receiver.received(1, '/new');
  expect(await getWebhook(admin(), { id })).toMatchObject({ status: 'active', disabledReason: null });
});

describe('an exhausted delivery', () => {
  async function exhaust(webhookId: string) {
    test.receiver.respond = answer(500);
    await post();
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await attempts(webhookId, attempt);
      await test.makeDue();
    }
    return attempts(webhookId, 3);
  }

  it('becomes a dead letter, which a retry that succeeds removes', async () => {
    const { id } = await test.webhook(organization, { retry: { maxRetries: 2 } });
    expect((await exhaust(id)).map(({ state }) => state)).toEqual(['retrying', 'retrying', 'dlq']);
    const { data, total } = await getDlqItems(admin(), { limit: 50 });
    expect([data.length, total]).toEqual([1, 1]);
    expect(data[0]).toMatchObject({ webhookId: id, attemptCount: 3, retrying: false });
    const days = (Date.parse(data[0]!.expiresAt) - Date.parse(data[0]!.failedAt)) / 86_400_000;
    expect(days).toBe(7);
    test.receiver.respond = answer(200);
    await retryDlqItem(admin(), { deliveryId: data[0]!.deliveryId });
    await test.drained(organization);
    expect((await attempts(id, 4)).map(({ number, state }) => [number, state])).toEqual([
      [1, 'retrying'],
      [2, 'retrying'],
      [3, 'dlq'],
      [4, 'success'],
    ]);
    expect(await getDlqItems(admin(), { limit: 50 })).toMatchObject({ data: [], total: 0 });
  });

  it('comes back to the dead letters when its retry fails for the whole policy again, even with the queue off', async () => {
    const { id } = await test.webhook(organization, { retry: { maxRetries: 1 } });
    test.receiver.respond = answer(500);
    await post();
    await attempts(id, 1);
    await test.makeDue();
    await attempts(id, 2);
    const first = (await getDlqItems(admin(), { limit: 50 })).data[0]!;
    await updateRetryConfig(admin(), { ...fastRetries, enableDlq: false });
    await retryDlqItem(admin(), { deliveryId: first.deliveryId });
    await attempts(id, 3);
    expect((await getDlqItems(admin(), { limit: 50 })).data).toMatchObject([
      { retrying: true, attemptCount: 2 },
    ]);
    await test.makeDue();
    expect((await attempts(id, 4)).map(({ state }) => state)).toEqual(['retrying', 'dlq', 'retrying', 'dlq']);
    const again = (await getDlqItems(admin(), { limit: 50 })).data;
    expect(again).toMatchObject([{ deliveryId: first.deliveryId, retrying: false, attemptCount: 4 }]);
    expect(node.deadLettered.filter(({ lease }) => lease.id === first.deliveryId)).toHaveLength(2);
  });

  it('has failed for good where the dead-letter queue is off', async () => {
    await updateRetryConfig(admin(), { ...fastRetries, maxRetries: 1, enableDlq: false });
    const { id } = await test.webhook(organization);
    test.receiver.respond = answer(500);
    await post();
    await attempts(id, 1);
    await test.makeDue();
    expect((await attempts(id, 2)).map(({ state }) => state)).toEqual(['retrying', 'failed']);
    expect(await getDlqItems(admin(), { limit: 50 })).toMatchObject({ total: 0 });
    await test.drained(organization);
  });

  it('is announced to the organization, and a lost announcement is not announced', async () => {
    const second = await test.startNode({ sender: test.sender() });
    const { id } = await test.webhook(organization, {
      path: '/gone',
      events: ['job.created'],
      retry: { maxRetries: 1 },
    });
    const listener = await test.webhook(organization, {
      path: '/listen',
      events: ['delivery.dead_lettered'],
      retry: { maxRetries: 1 },
    });
    test.receiver.respond = (request, response) =>
      answer(request.path === '/listen' ? 500 : 410)(request, response);
    const ctx = { ...test.apiKey(organization), app: second.app };
    await node.stop();
    await sendEvents(ctx, { id: 'lost', type: 'job.created', data: {} });
    const [told] = await test.receiver.received(1, '/listen');
    expect(JSON.parse(told!.body)).toMatchObject({
      type: 'delivery.dead_lettered',
      data: {
        webhookId: id,
        name: 'Hook',
        eventId: 'lost',
        attempts: 1,
        lastStatus: 410,
        error: { code: 'gone' },
      },
    });
    await attempts(listener.id, 1);
    await test.makeDue();
    expect((await attempts(listener.id, 2)).map(({ state }) => state)).toEqual(['retrying', 'dlq']);
    await test.drained(organization);
    expect(test.receiver.at('/listen')).toHaveLength(2);
  });
});
