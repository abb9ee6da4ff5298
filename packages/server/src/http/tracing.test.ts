import { request as httpRequest } from 'node:http';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attemptPlace, isTracedId, rootOf } from '../tracing/traced-id.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { answer, createDeliveryTest } from '../testing/delivery-app.ts';
import type { DeliveryTest, Node } from '../testing/delivery-app.ts';
import { eventually } from '../testing/eventually.ts';
import { named, one, placeOf, startCollector, tracerTo } from '../testing/otlp-collector.ts';
import type { CollectedSpan, Collector } from '../testing/otlp-collector.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { TestHttp } from '../testing/test-http.ts';
import { getDeliveryDetail } from '../modules/webhooks/get-delivery-detail.ts';

/* A trace from the caller's request through the event to its deliveries, as a collector sees it. */

const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = `00-${caller.traceId}-${caller.spanId}-01`;

let collector: Collector;
let test: DeliveryTest;
let organization: TestOrganization;
let tracer: Tracer;
let node: Node;
let http: TestHttp;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  collector = await startCollector();
  lines = [];
  test = await createDeliveryTest();
  test.app.log = pino(
    { level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  organization = await test.createOrganization();
});
afterEach(async () => {
  await http.close();
  await tracer.stop(0);
  await test.close();
  await collector.close();
});

/** Everything as one process has it, with a tracer. */
async function start(env: Record<string, string> = {}, config: object = {}): Promise<void> {
  tracer = tracerTo(collector, env);
  Object.assign(test.app, { tracer, config: { ...test.app.config, ...config } });
  node = await test.startNode();
  http = await startTestHttp(test.app);
}

const authorization = () => `Bearer ${organization.apiKey}`;

function post(events: unknown, headers: Record<string, string> = {}) {
  return http.call('POST', '/api/v1/events', {
    body: events,
    headers: { authorization: authorization(), ...headers },
  });
}

/** All that was recorded until now. */
async function collected(): Promise<CollectedSpan[]> {
  await tracer.stop(5_000);
  return collector.spans();
}

async function eventIds(): Promise<string[]> {
  const { rows } = await test.database.pool.query<{ id: string }>('SELECT id FROM events ORDER BY id');
  return rows.map(({ id }) => id);
}

describe('an event', () => {
  // With an idempotency key a request is not plain, and goes through Node's HTTP server.
  it.each([
    ['the short way', {}],
    ['the general way', { 'idempotency-key': 'a key' }],
  ])('goes on in its caller’s trace by %s, and leads to its own', async (_way, headers) => {
    await start();
    const webhook = await test.webhook(organization);
    const accepted = await post(
      { type: 'order.placed', data: { secret: 'in-the-body' } },
      { traceparent, ...headers },
    );
    expect(accepted.status).toBe(202);
    await test.receiver.received(1);
    await test.drained(organization);
    const spans = await collected();
    const [id] = await eventIds();

    const request = one(spans, 'POST /api/v1/events');
    expect(request).toMatchObject({
      traceId: caller.traceId,
      parentSpanId: caller.spanId,
      kind: 2,
      failed: false,
    });
    expect(request.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/api/v1/events',
      'http.response.status_code': 202,
      'trunkline.organization.id': organization.id,
      'trunkline.actor.type': 'api_key',
      'trunkline.request.id': accepted.headers.get('x-request-id'),
    });
    const verb = one(spans, 'integrations.sendEvents');
    expect(verb).toMatchObject({
      traceId: caller.traceId,
      parentSpanId: request.spanId,
      links: [rootOf(id!)],
    });
    const stored = one(spans, 'store events');
    expect(stored).toMatchObject({ traceId: caller.traceId, parentSpanId: verb.spanId });
    expect(stored.start).toBeGreaterThanOrEqual(request.start);
    expect(stored.end).toBeLessThanOrEqual(request.end);

    const event = one(spans, 'event');
    expect(event).toMatchObject({ ...rootOf(id!), parentSpanId: '', kind: 4, links: [placeOf(verb)] });
    expect(event.attributes).toEqual({
      'trunkline.organization.id': organization.id,
      'trunkline.event.id': id,
      'trunkline.event.type': 'order.placed',
    });
    const attempt = one(spans, 'deliver event');
    expect(attempt).toMatchObject({
      traceId: event.traceId,
      parentSpanId: event.spanId,
      kind: 3,
      failed: false,
    });
    expect(attempt.attributes).toMatchObject({
      'trunkline.webhook.id': webhook.id,
      'trunkline.attempt.number': 1,
      'trunkline.delivery.state': 'success',
      'trunkline.delivery.trigger': 'event',
      'http.response.status_code': 200,
    });
    expect(attempt.spanId).toBe(
      attemptPlace(id!, String(attempt.attributes['trunkline.delivery.id']), 1).spanId,
    );
  });

  it('has one trace whichever node delivers it, however often', async () => {
    await start();
    const webhook = await test.webhook(organization, { retry: { maxRetries: 2 } });
    test.receiver.respond = answer(503);
    await post({ type: 'order.placed', data: {} }, { traceparent });
    await eventually(async () => expect(await test.statuses(webhook.id)).toEqual({ retrying: 1 }));
    await node.stop();
    // The second process has a tracer of its own and knows nothing but the database.
    const second = tracerTo(collector);
    Object.assign(test.app, { tracer: second });
    await test.startNode();
    test.receiver.respond = answer(200);
    await test.makeDue();
    await test.drained(organization);
    await second.stop(5_000);
    const spans = await collected();
    const [id] = await eventIds();
    const attempts = named(spans, 'deliver event').toSorted((a, b) => (a.start < b.start ? -1 : 1));
    expect(attempts.map(({ traceId, parentSpanId }) => ({ traceId, spanId: parentSpanId }))).toEqual([
      rootOf(id!),
      rootOf(id!),
    ]);
    expect(
      attempts.map(({ attributes, failed }) => [attributes['trunkline.attempt.number'], failed]),
    ).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(attempts[0]!.attributes).toMatchObject({
      'http.response.status_code': 503,
      'error.type': 'http_error',
      'trunkline.delivery.state': 'retrying',
    });
    expect(attempts[1]!.spanId).not.toBe(attempts[0]!.spanId);
  });

  it('of a batch has a trace each, and a repetition makes none', async () => {
    await start();
    await test.webhook(organization);
    const batch = [1, 2, 3].map((number) => ({ id: `order-${number}`, type: 'order.placed', data: {} }));
    await post(batch);
    await post([...batch, { id: 'order-4', type: 'order.placed', data: {} }]);
    await test.receiver.received(4);
    await test.drained(organization);
    const spans = await collected();
    expect(
      named(spans, 'event')
        .map(({ traceId }) => traceId)
        .toSorted(),
    ).toEqual((await eventIds()).map((id) => rootOf(id).traceId));
    expect(named(spans, 'deliver event')).toHaveLength(4);
  });
});

describe('sampling', () => {
  it('decides once, with the request: what it leaves out has no span anywhere', async () => {
    await start({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
    await test.webhook(organization);
    await post({ type: 'order.left_out', data: {} });
    await post({ type: 'order.left_out', data: {} }, { traceparent: traceparent.replace(/01$/, '00') });
    await post({ type: 'order.wanted', data: {} }, { traceparent });
    await test.receiver.received(3);
    await test.drained(organization);
    expect((await eventIds()).map(isTracedId)).toEqual([false, false, true]);
    const spans = await collected();
    expect(spans.map(({ name }) => name).toSorted()).toEqual([
      'POST /api/v1/events',
      'deliver event',
      'event',
      'integrations.sendEvents',
      'store events',
    ]);
    expect(one(spans, 'event').attributes['trunkline.event.type']).toBe('order.wanted');
  });

  it('does not let a stranger decide, nor go on in a stranger’s trace', async () => {
    await start({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
    const refused = await post({ type: 'a.b', data: {} }, { traceparent, authorization: 'Bearer wrong' });
    expect(refused.status).toBe(401);
    expect((await http.call('GET', '/api/v1/webhooks', { headers: { traceparent } })).status).toBe(401);
    expect(await collected()).toEqual([]);
  });

  it('tells of requests that are refused, in traces of their own', async () => {
    await start();
    await post({ type: 'a.b', data: {} }, { traceparent, authorization: 'Bearer wrong' });
    await post(
      { type: 'a.b', data: {} },
      { traceparent, authorization: 'Bearer wrong', 'idempotency-key': 'a' },
    );
    await http.call('GET', '/api/v1/webhooks', { headers: { traceparent } });
    const spans = await collected();
    expect(spans.map(({ name }) => name)).toEqual([
      'POST /api/v1/events',
      'POST /api/v1/events',
      'GET /api/v1/webhooks',
    ]);
    for (const { traceId, attributes, failed } of spans) {
      expect(traceId).not.toBe(caller.traceId);
      expect(attributes).toMatchObject({ 'http.response.status_code': 401, 'error.type': 'unauthenticated' });
      expect(failed).toBe(false);
    }
  });
});

describe('any request', () => {
  it('is told of by its route, with its verb and its transaction below', async () => {
    await start();
    const { id } = await test.webhook(organization);
    const headers = { authorization: authorization(), traceparent };
    await http.call('GET', `/api/v1/webhooks/${id}?note=query-value`, { headers });
    await http.call('GET', '/api/v1/nothing-here-path-value', { headers });
    await http.call('GET', '/healthz');
    await http.call('GET', '/metrics');
    const spans = await collected();
    const request = one(spans, 'GET /api/v1/webhooks/{id}');
    expect(request.attributes).toMatchObject({
      'http.route': '/api/v1/webhooks/{id}',
      'http.response.status_code': 200,
    });
    const verb = spans.find(({ parentSpanId }) => parentSpanId === request.spanId)!;
    expect(verb.name).toMatch(/^\w+\.getWebhook$/);
    expect(spans.find(({ parentSpanId }) => parentSpanId === verb.spanId)).toMatchObject({
      name: 'transaction',
      kind: 3,
      attributes: { 'db.system.name': 'postgresql' },
    });
    const unknown = one(spans, 'GET');
    expect(unknown.attributes).toMatchObject({ 'http.response.status_code': 404, 'error.type': 'not_found' });
    expect(collector.text()).not.toMatch(/query-value|path-value/);
    // Probes are no requests of anybody.
    expect(spans.filter(({ kind }) => kind === 2)).toHaveLength(2);
  });

  it('of a browser is told of by its procedure and its person’s organization', async () => {
    await start();
    const session = await http.signIn(organization.people.viewer);
    await http.call('GET', '/api/trpc/integrations.listWebhooks?input=%7B%7D', { headers: session });
    const spans = await collected();
    const request = spans.find(({ attributes }) => attributes['trunkline.actor.type'] === 'user')!;
    expect(request.name).toMatch(/^GET \/api\/trpc\//);
    expect(request.attributes['trunkline.organization.id']).toBe(organization.id);
  });

  it('has the id of its trace in its log lines; without a span there is none', async () => {
    await start({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
    const headers = { authorization: authorization() };
    await http.call('GET', '/api/v1/webhooks', { headers: { ...headers, traceparent } });
    await http.call('GET', '/api/v1/webhooks', { headers });
    const requests = lines.filter(({ msg }) => msg === 'request');
    expect(requests.map(({ trace_id }) => trace_id)).toEqual([caller.traceId, undefined]);
  });

  it('that fails is an error, and its log line leads to the trace', async () => {
    await start();
    const broken = new Error('no such relation "secret-detail"');
    test.app.engine.accept = () => Promise.reject(broken);
    expect((await post({ type: 'a.b', data: {} }, { traceparent })).status).toBe(500);
    const spans = await collected();
    expect(one(spans, 'POST /api/v1/events')).toMatchObject({
      failed: true,
      attributes: { 'error.type': 'internal' },
    });
    expect(one(spans, 'store events')).toMatchObject({ failed: true, attributes: { 'error.type': 'Error' } });
    expect(lines.find(({ msg }) => msg === 'events were not accepted')).toMatchObject({
      trace_id: caller.traceId,
    });
    expect(collector.text()).not.toContain('secret-detail');
  });
});

describe('the endpoint of a webhook', () => {
  const headersOf = () => test.receiver.requests.at(-1)!.headers;

  it('is told nothing of traces unless the operator says so', async () => {
    await start();
    await test.webhook(organization);
    await post({ type: 'a.b', data: {} }, { traceparent, tracestate: 'vendor=1', baggage: 'user=jane' });
    await test.receiver.received(1);
    expect(Object.keys(headersOf())).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(traceparent|tracestate|baggage)$/)]),
    );
  });

  it('is told of the attempt when the operator says so, and never of the caller', async () => {
    await start({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, { sendTraceparent: true });
    const webhook = await test.webhook(organization);
    await post({ type: 'a.b', data: {} });
    await test.receiver.received(1);
    expect(headersOf()).not.toHaveProperty('traceparent');
    await post({ type: 'a.b', data: {} }, { traceparent, tracestate: 'vendor=1' });
    await test.receiver.received(2);
    await test.drained(organization);
    const attempt = one(await collected(), 'deliver event');
    expect(headersOf()['traceparent']).toBe(`00-${attempt.traceId}-${attempt.spanId}-01`);
    expect(JSON.stringify(headersOf())).not.toMatch(new RegExp(`${caller.traceId}|vendor`));
    // People see the request as it was sent.
    const { rows } = await test.database.pool.query<{ delivery_id: string }>(
      'SELECT delivery_id FROM attempts WHERE webhook_id = $1 ORDER BY delivery_id DESC LIMIT 1',
      [webhook.id],
    );
    const detail = await getDeliveryDetail(test.as('viewer', organization), {
      deliveryId: rows[0]!.delivery_id,
    });
    expect(detail.attempts[0]!.request.headers).toEqual(
      expect.objectContaining({ traceparent: headersOf()['traceparent'] }),
    );
  });
});

describe('secrets', () => {
  it('are in no span, whoever puts them where', async () => {
    await start();
    const webhook = await test.webhook(organization, { path: '/hook-path-secret?token=hook-query-secret' });
    test.receiver.respond = answer(500, { 'x-answer': 'answer-header-secret' }, 'answer-body-secret');
    await post(
      { type: 'order.placed', subject: 'subject-secret', data: { card: 'body-secret' } },
      { cookie: 'a=cookie-secret', 'user-agent': 'agent-secret', 'x-any': 'header-secret' },
    );
    await eventually(async () => expect(await test.statuses(webhook.id)).toEqual({ retrying: 1 }));
    // Whole addresses with credentials in them, and methods that nobody has heard of.
    await http.call('GET', '/api/v1/webhooks/not-an-id-secret?api_key=query-secret', {
      headers: { authorization: authorization() },
    });
    await http.call('POST', '/api/webhooks/sendgrid/in_address-secret', { body: 'inbound-secret' });
    await new Promise<void>((resolve) => {
      httpRequest(`${http.url}/api/v1/webhooks`, { method: 'PROPFIND' }, (response) => {
        response.resume().once('end', resolve);
      }).end();
    });
    const spans = await collected();
    expect(one(spans, 'deliver event').failed).toBe(true);
    expect(spans.length).toBeGreaterThanOrEqual(7);
    const text = collector.text();
    expect(text).not.toContain(organization.apiKey);
    expect(text).not.toMatch(/-secret|127\.0\.0\.9|Bearer/);
  });
});

describe('a collector that does not answer', () => {
  it('holds up neither requests nor deliveries', async () => {
    await start();
    collector.respond = () => undefined;
    await test.webhook(organization);
    for (let i = 0; i < 50; i += 1) expect((await post({ type: 'a.b', data: {} })).status).toBe(202);
    await test.receiver.received(50);
    await test.drained(organization);
  });
});
