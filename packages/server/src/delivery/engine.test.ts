import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleteWebhook } from '../modules/webhooks/delete-webhook.ts';
import { regenerateWebhookSecret } from '../modules/webhooks/regenerate-webhook-secret.ts';
import { replayDelivery } from '../modules/webhooks/replay-delivery.ts';
import { sendEvents } from '../modules/events/send-events.ts';
import { brandKeyOf, signBrand } from '../lib/webhook-signature.ts';
import { eventually } from '../testing/eventually.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import { answer, createDeliveryTest } from '../testing/delivery-app.ts';
import type { DeliveryTest, Node, Received } from '../testing/delivery-app.ts';

let test: DeliveryTest;
let node: Node;
let organization: TestOrganization;

beforeAll(async () => {
  test = await createDeliveryTest();
  node = await test.startNode();
});
afterAll(() => test.close());
beforeEach(async () => {
  test.receiver.requests.length = 0;
  test.receiver.respond = answer(200);
  organization = await test.createOrganization();
});

const idsAt = (path: string) =>
  test.receiver
    .at(path)
    .map(({ headers }) => String(headers['webhook-id']))
    .toSorted();

function signaturesOf(request: Received): string[] {
  return request.headers['webhook-signature']!.split(' ');
}

describe('fan-out', () => {
  it('goes to every subscription that matches, and to nobody else', async () => {
    const other = await test.createOrganization();
    await test.webhook(organization, { path: '/exact', events: ['job.created'] });
    await test.webhook(organization, { path: '/group', events: ['job.*'] });
    await test.webhook(organization, { path: '/all', events: ['*'] });
    await test.webhook(organization, {
      path: '/several',
      events: ['contact.created', 'job.*', 'job.created'],
    });
    await test.webhook(organization, { path: '/off', events: ['*'], status: 'inactive' });
    const deleted = await test.webhook(organization, { path: '/deleted' });
    await deleteWebhook(test.as('system_admin', organization), { id: deleted.id });
    await test.webhook(other, { path: '/other' });

    for (const [id, type] of [
      ['a', 'job.created'],
      ['b', 'job.updated'],
      ['c', 'job.note.added'],
      ['d', 'jobs.created'],
      ['e', 'contact.created'],
    ] as const) {
      await sendEvents(test.apiKey(organization), { id, type, data: {} });
    }
    await test.drained(organization);

    expect(idsAt('/exact')).toEqual(['a']);
    expect(idsAt('/group')).toEqual(['a', 'b', 'c']);
    expect(idsAt('/several')).toEqual(['a', 'b', 'c', 'e']);
    expect(idsAt('/all')).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const path of ['/off', '/deleted', '/other']) expect(idsAt(path)).toEqual([]);
  });

  it('includes a webhook made right before the event, and the address it has now', async () => {
    const first = await test.webhook(organization, { path: '/before' });
    await sendEvents(test.apiKey(organization), { id: 'one', type: 'job.created', data: {} });
    await test.receiver.received(1, '/before');
    await test.database.pool.query(`UPDATE webhooks SET url = $2, version = version + 1 WHERE id = $1`, [
      first.id,
      test.receiver.url('/after'),
    ]);
    await sendEvents(test.apiKey(organization), { id: 'two', type: 'job.created', data: {} });
    await test.drained(organization);
    expect([idsAt('/before'), idsAt('/after')]).toEqual([['one'], ['two']]);
  });
});

describe('what is sent', () => {
  it('verifies with the public libraries, and the brand headers stand beside it', async () => {
    const { id, secret } = await test.webhook(organization);
    const data = { name: 'Zoë – 日本 🚀', nested: { a: [1, 2.5, null, true] }, 'quote"': '\u0000\\' };
    await sendEvents(test.apiKey(organization), { id: 'evt_1', type: 'job.created', data });
    const [request] = await test.receiver.received(1);
    const { headers, body } = request!;
    expect(new StandardWebhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(new SvixWebhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(JSON.parse(body)).toEqual({
      id: 'evt_1',
      type: 'job.created',
      event: 'job.created',
      timestamp: new Date(test.time.now).toISOString(),
      data,
    });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(Math.floor(test.time.now / 1000)),
      'x-trunkline-event': 'job.created',
      'x-trunkline-signature': signBrand(brandKeyOf(secret), body),
      'user-agent': `Trunkline-Webhooks/${test.app.version}`,
    });
    await test.drained(organization);
    const { rows } = await test.database.pool.query(
      'SELECT delivery_id FROM attempts WHERE webhook_id = $1',
      [id],
    );
    expect(rows).toEqual([{ delivery_id: headers['x-trunkline-delivery'] }]);
    expect(() => new StandardWebhook(secret).verify(`${body} `, headers)).toThrow();
  });

  it('keeps id and body on retries and replays; time and signature are of the attempt', async () => {
    const { secret } = await test.webhook(organization, { retry: { maxRetries: 3 } });
    test.receiver.respond = answer(500);
    await sendEvents(test.apiKey(organization), { type: 'job.created', data: { n: 1 } });
    await test.receiver.received(1);
    await eventually(async () => {
      const { rows } = await test.database.pool.query(
        'SELECT attempts FROM delivery_queue WHERE organization_id = $1 AND owner IS NULL',
        [organization.id],
      );
      expect(rows).toEqual([{ attempts: 1 }]);
    });
    test.time.advance(61_000);
    test.receiver.respond = answer(204);
    await test.makeDue();
    await test.drained(organization);
    const deliveryId = test.receiver.requests[0]!.headers['x-trunkline-delivery']!;
    const replay = await replayDelivery(test.as('system_admin', organization), { deliveryId });
    await test.drained(organization);
    const [first, retried, replayed] = test.receiver.requests as [Received, Received, Received];
    expect(test.receiver.requests).toHaveLength(3);
    for (const later of [retried, replayed]) {
      expect(later.headers['webhook-id']).toBe(first.headers['webhook-id']);
      expect(later.body).toBe(first.body);
      expect(later.headers['webhook-timestamp']).not.toBe(first.headers['webhook-timestamp']);
      expect(() => new StandardWebhook(secret).verify(later.body, later.headers)).not.toThrow();
    }
    expect(retried.headers['x-trunkline-delivery']).toBe(deliveryId);
    expect(replayed.headers['x-trunkline-delivery']).toBe(replay.id);
    expect(replay.id).not.toBe(deliveryId);
    test.time.advance(-61_000);
  });

  it('carries both signatures during an overlap and one after it or without it', async () => {
    const { id, secret: old } = await test.webhook(organization);
    const admin = () => test.as('system_admin', organization);
    const { secret } = await regenerateWebhookSecret(admin(), { id, overlapSeconds: 60 });
    const sendOne = async (event: string) => {
      await sendEvents(test.apiKey(organization), { id: event, type: 'job.created', data: {} });
      return eventually(() => {
        const request = test.receiver.requests.find(({ headers }) => headers['webhook-id'] === event);
        expect(request).toBeDefined();
        return request!;
      });
    };
    const during = await sendOne('during');
    expect(signaturesOf(during)).toHaveLength(2);
    for (const one of [old, secret]) {
      expect(() => new StandardWebhook(one).verify(during.body, during.headers)).not.toThrow();
      expect(() => new SvixWebhook(one).verify(during.body, during.headers)).not.toThrow();
    }
    expect(during.headers['x-trunkline-signature']).toBe(signBrand(brandKeyOf(secret), during.body));

    test.time.advance(60_000);
    const after = await sendOne('after');
    expect(signaturesOf(after)).toHaveLength(1);
    expect(() => new StandardWebhook(secret).verify(after.body, after.headers)).not.toThrow();
    expect(() => new StandardWebhook(old).verify(after.body, after.headers)).toThrow();
    test.time.advance(-60_000);

    const { secret: third } = await regenerateWebhookSecret(admin(), { id, overlapSeconds: 0 });
    const atOnce = await sendOne('at-once');
    expect(signaturesOf(atOnce)).toHaveLength(1);
    expect(() => new StandardWebhook(third).verify(atOnce.body, atOnce.headers)).not.toThrow();
    expect(() => new StandardWebhook(secret).verify(atOnce.body, atOnce.headers)).toThrow();
  });
});

describe('accepting', () => {
  const post = (id: string | undefined) =>
    sendEvents(test.apiKey(organization), { ...(id ? { id } : {}), type: 'job.created', data: {} });

  it('makes one event of fifty posts with the same id at the same moment', async () => {
    await test.webhook(organization);
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('same')));
    expect(answers.filter((one) => !Array.isArray(one) && !one.duplicate)).toHaveLength(1);
    expect(answers.every((one) => !Array.isArray(one) && one.id === 'same')).toBe(true);
    await test.drained(organization);
    expect(await post('same')).toEqual({ id: 'same', duplicate: true });
    expect(idsAt('/hook')).toEqual(['same']);
  });

  it('keeps the ids of organizations apart', async () => {
    const other = await test.createOrganization();
    await Promise.all([test.webhook(organization, { path: '/a' }), test.webhook(other, { path: '/b' })]);
    for (const one of [organization, other]) {
      const event = { id: 'shared', type: 'job.created', data: { of: one.name } };
      expect(await sendEvents(test.apiKey(one), event)).toEqual({ id: 'shared', duplicate: false });
    }
    await Promise.all([test.drained(organization), test.drained(other)]);
    expect([test.receiver.at('/a').length, test.receiver.at('/b').length]).toEqual([1, 1]);
    expect(test.receiver.at('/a')[0]!.body).toContain(organization.name);
  });

  it('recognizes duplicates inside one request', async () => {
    await test.webhook(organization);
    const answers = await sendEvents(
      test.apiKey(organization),
      ['x', 'y', 'x', undefined, 'y', undefined].map((id) => ({
        ...(id ? { id } : {}),
        type: 'job.created',
        data: {},
      })),
    );
    if (!Array.isArray(answers)) throw new Error('an array gives an array');
    expect(answers.map(({ duplicate }) => duplicate).filter(Boolean)).toHaveLength(2);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(4);
    await test.drained(organization);
    expect(test.receiver.requests).toHaveLength(4);
  });

  it('takes 1,000 events at once and answers in their order', async () => {
    await test.webhook(organization);
    const events = Array.from({ length: 1000 }, (_, n) => ({
      id: `n${n}`,
      type: 'job.created',
      data: { n },
    }));
    const answers = await sendEvents(test.apiKey(organization), events);
    expect(answers).toEqual(events.map(({ id }) => ({ id, duplicate: false })));
    await test.drained(organization);
    expect(new Set(idsAt('/hook')).size).toBe(1000);
    expect(test.receiver.requests).toHaveLength(1000);
  });

  it('puts what arrives together into few statements', async () => {
    let statements = 0;
    const counting = await test.startNode({
      started: false,
      pool: (pool) =>
        new Proxy(pool, {
          get(target, name) {
            if (name !== 'query') return Reflect.get(target, name) as unknown;
            return (query: { name?: string }) => {
              if (query.name?.startsWith('ingest')) statements += 1;
              return target.query(query as never);
            };
          },
        }),
    });
    const ctx = { ...test.apiKey(organization), app: counting.app };
    await Promise.all(Array.from({ length: 400 }, () => sendEvents(ctx, { type: 'job.created', data: {} })));
    expect(statements).toBeGreaterThan(0);
    expect(statements).toBeLessThanOrEqual(4);
    const { rows } = await test.database.pool.query(
      'SELECT count(*) FROM events WHERE organization_id = $1',
      [organization.id],
    );
    expect(rows).toEqual([{ count: 400 }]);
    expect(counting.engine.counters.accepted).toBe(400);
    expect(node.engine.nodeId).not.toBe(counting.engine.nodeId);
  });
});
