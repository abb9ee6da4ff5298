import { once } from 'node:events';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInboundSource as createOperation } from '@trunkline/contract/inbound';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshToken } from '../connections/tokens.ts';
import { updateFailoverConfig } from '../modules/failover/update-failover-config.ts';
import { createInboundSource } from '../modules/inbound/create-inbound-source.ts';
import { named, one, placeOf, startCollector, tracerTo } from '../testing/otlp-collector.ts';
import type { CollectedSpan, Collector } from '../testing/otlp-collector.ts';
import { startActionWorld } from '../testing/sandbox-actions.ts';
import type { ActionWorld } from '../testing/sandbox-actions.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import { rootOf } from '../tracing/traced-id.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { Actions } from '../workers/actions.ts';
import { Inbound } from '../workers/inbound.ts';
import { Rounds } from '../workers/rounds.ts';

/* Traces of what goes to providers and of what comes from them, as a collector sees them. */

const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = `00-${caller.traceId}-${caller.spanId}-01`;

let world: ActionWorld;
let organization: TestOrganization;
let collector: Collector;
let tracer: Tracer | null = null;

beforeAll(async () => {
  world = await startActionWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  organization = await world.createOrganization();
  collector = await startCollector();
});
afterEach(async () => {
  world.sandbox.setCondition('sendgrid', 'healthy');
  world.app.tracer = null;
  await tracer?.stop(0);
  await collector.close();
});

/** Behind the connections of a test, whose own requests are not of interest. */
function startTracing(env: Record<string, string> = {}): void {
  tracer = tracerTo(collector, env);
  world.app.tracer = tracer;
}

async function collected(): Promise<CollectedSpan[]> {
  await tracer?.stop(5_000);
  return collector.spans();
}

const headers = () => ({ authorization: `Bearer ${organization.apiKey}`, traceparent });
const message = { to: 'jane@example.com', subject: 'subject-secret', text: 'text-secret' };

function send(more: Record<string, string> = {}) {
  return world.http.call('POST', '/api/v1/actions/email.send', {
    body: message,
    headers: { ...headers(), ...more },
  });
}

describe('an action', () => {
  it('shows its attempts and calls below the request, through failover', async () => {
    const primary = await world.connect(organization, 'sendgrid', 'SendGrid');
    const backup = await world.connect(organization, 'smtp', 'Own server');
    await updateFailoverConfig(world.as('system_admin', organization), {
      integrationId: primary,
      backupIntegrationId: backup,
    });
    world.sandbox.setCondition('sendgrid', 'revoked');
    startTracing();
    expect((await send()).json).toMatchObject({ status: 'succeeded', attemptCount: 2 });
    const spans = await collected();
    const verb = one(spans, 'actions.runAction');
    expect(verb.traceId).toBe(caller.traceId);
    const run = one(spans, 'run action');
    expect(run).toMatchObject({ traceId: caller.traceId, parentSpanId: verb.spanId, failed: false });
    expect(run.attributes['trunkline.action.state']).toBe('succeeded');
    const [first, second] = named(spans, 'attempt email.send').toSorted((a, b) =>
      a.start < b.start ? -1 : 1,
    );
    expect(first).toMatchObject({ parentSpanId: run.spanId, failed: true });
    expect(first!.attributes).toMatchObject({
      'trunkline.provider': 'sendgrid',
      'trunkline.integration.id': primary,
      'trunkline.attempt.number': 1,
      'trunkline.attempt.outcome': 'failed',
      'error.type': 'reauth',
    });
    expect(second).toMatchObject({ parentSpanId: run.spanId, failed: false });
    expect(second!.attributes).toMatchObject({
      'trunkline.integration.id': backup,
      'trunkline.attempt.number': 2,
      'trunkline.attempt.outcome': 'succeeded',
    });
    const call = one(spans, 'call sendgrid');
    expect(call).toMatchObject({ parentSpanId: first!.spanId, kind: 3, failed: true });
    expect(call.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.response.status_code': 401,
      'server.address': 'api.sendgrid.com',
    });
    // Nobody has to follow a link: it all is in one trace.
    expect(named(spans, 'action email.send')).toEqual([]);
  });

  it('that nobody waits for has a trace of its own, and is in it whoever does it', async () => {
    const integrationId = await world.connect(organization, 'sendgrid');
    startTracing();
    const queued = await send({ prefer: 'respond-async' });
    const { id } = queued.json as { id: string };
    await new Actions(world.app).run();
    const spans = await collected();
    const action = one(spans, 'action email.send');
    expect(action).toMatchObject({ ...rootOf(id), parentSpanId: '', kind: 4 });
    const verb = one(spans, 'actions.runAction');
    expect(action.links).toEqual([placeOf(verb)]);
    expect(verb.links).toEqual([rootOf(id)]);
    const run = one(spans, 'run action');
    expect(run).toMatchObject({ traceId: action.traceId, parentSpanId: action.spanId });
    expect(one(spans, 'attempt email.send')).toMatchObject({
      traceId: action.traceId,
      parentSpanId: run.spanId,
      attributes: { 'trunkline.integration.id': integrationId },
    });
  });

  it('tells nothing of what it is about', async () => {
    await world.connect(organization, 'sendgrid');
    startTracing();
    await send();
    await send({ prefer: 'respond-async', 'idempotency-key': 'key-secret' });
    await new Actions(world.app).run();
    expect((await collected()).length).toBeGreaterThan(8);
    const text = collector.text();
    expect(text).not.toMatch(/-secret|jane@|Bearer/);
    expect(text).not.toContain(organization.apiKey);
    const long = Object.values(world.sandbox.account('sendgrid').values).filter((value) => value.length > 8);
    expect(long.length).toBeGreaterThan(0);
    for (const value of long) expect(text).not.toContain(value);
  });
});

describe('a provider', () => {
  it('is never told of a trace, neither by an action nor through the proxy', async () => {
    const seen: { url: string; headers: IncomingHttpHeaders }[] = [];
    const server = createServer((request, response) => {
      seen.push({ url: request.url ?? '', headers: request.headers });
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"sid":"SM1"}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const twilio = await world.connect(organization, 'twilio');
    const bucket = await world.connect(organization, 'aws-s3');
    const { reroute } = world.app;
    world.app.config = { ...world.app.config, sendTraceparent: true };
    world.app.reroute = () =>
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/path-secret?sig=url-secret`;
    try {
      startTracing();
      const more = { ...headers(), tracestate: 'vendor=1', baggage: 'user=jane' };
      for (const [method, path] of [
        ['POST', 'actions/sms.send'],
        ['GET', `proxy/${twilio}/2010-04-01/Accounts.json?PageToken=page-secret`],
        ['GET', `proxy/${bucket}/key-secret?versionId=version-secret`],
      ] as const) {
        const body = method === 'POST' ? { to: '+14155550123', text: 'text-secret' } : undefined;
        await world.http.call(method, `/api/v1/${path}`, { headers: more, ...(body && { body }) });
      }
      expect(seen).toHaveLength(3);
      for (const { headers: sent } of seen) {
        expect(Object.keys(sent)).not.toEqual(
          expect.arrayContaining([expect.stringMatching(/^(traceparent|tracestate|baggage)$/)]),
        );
      }
      const spans = await collected();
      expect(named(spans, 'call twilio')).toHaveLength(2);
      expect(one(spans, 'call aws-s3').attributes['http.response.status_code']).toBe(200);
      expect(collector.text()).not.toMatch(/-secret|X-Amz|AWS4|vendor|jane/);
    } finally {
      world.app.reroute = reroute;
      world.app.config = { ...world.app.config, sendTraceparent: false };
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('a webhook that comes in', () => {
  it('is traced from its receipt to its events, and its sender is not believed', async () => {
    const source = await createInboundSource(
      world.as('system_admin', organization),
      createOperation.input.parse({ provider: 'generic' }),
    );
    startTracing();
    const body = '{"type":"robot.moved","place":"body-secret"}';
    const signature = createHmac('sha256', source.key!).update(body).digest('hex');
    const { pathname } = new URL(source.url);
    const receive = (sent: string) =>
      world.http.call('POST', `${pathname}?token=query-secret`, {
        body,
        headers: { traceparent, 'x-signature': `sha256=${sent}` },
      });
    const statuses = [(await receive(signature)).status, (await receive('0'.repeat(64))).status];
    expect(statuses).toEqual([expect.any(Number), 401]);
    await new Inbound(world.app).run();
    const { rows } = await world.database.pool.query<{ message: string; event: string }>(
      `SELECT m.id AS message, e.id AS event FROM inbound_messages m, events e
       WHERE m.organization_id = $1 AND e.organization_id = $1`,
      [organization.id],
    );
    const [{ message: messageId, event: eventId }] = rows as [{ message: string; event: string }];
    const spans = await collected();
    const receipts = named(spans, 'POST /webhooks/{provider}/{address}');
    expect(receipts.map(({ attributes }) => attributes['http.response.status_code'])).toEqual(statuses);
    expect(receipts.map(({ traceId }) => traceId)).not.toContain(caller.traceId);
    expect(receipts[0]).toMatchObject({ links: [rootOf(messageId)], kind: 2 });
    expect(receipts[0]!.attributes).toMatchObject({
      'trunkline.organization.id': organization.id,
      'trunkline.provider': 'generic',
    });
    expect(receipts[1]!.attributes['error.type']).toBe('signature_refused');
    const stored = one(spans, 'inbound webhook');
    expect(stored).toMatchObject({ ...rootOf(messageId), links: [placeOf(receipts[0]!)], kind: 4 });
    const processed = one(spans, 'process inbound webhook');
    expect(processed).toMatchObject({ traceId: stored.traceId, parentSpanId: stored.spanId, kind: 5 });
    expect(processed.attributes).toMatchObject({
      'trunkline.inbound.state': 'processed',
      'trunkline.events': 1,
    });
    expect(processed.links).toEqual([rootOf(eventId)]);
    expect(one(spans, 'event')).toMatchObject({ ...rootOf(eventId), links: [placeOf(processed)] });
    const text = collector.text();
    expect(text).not.toMatch(/-secret|robot/);
    expect(text).not.toContain(pathname.split('/').at(-1));
    expect(text).not.toContain(source.key);
    expect(text).not.toContain(signature);
  });
});

describe('a token', () => {
  it('is renewed in a span, with the call below and none of what it holds', async () => {
    const integrationId = await world.connect(organization, 'zoom');
    const before = await freshToken(world.app, organization.id, integrationId);
    startTracing();
    const after = await freshToken(world.app, organization.id, integrationId, {
      refused: before.accessToken,
    });
    expect(after.accessToken).not.toBe(before.accessToken);
    const spans = await collected();
    const renewed = one(spans, 'renew token');
    expect(renewed).toMatchObject({ parentSpanId: '', failed: false });
    expect(renewed.attributes).toEqual({
      'trunkline.organization.id': organization.id,
      'trunkline.integration.id': integrationId,
      'trunkline.provider': 'zoom',
    });
    expect(one(spans, 'call zoom')).toMatchObject({
      parentSpanId: renewed.spanId,
      attributes: { 'server.address': 'zoom.us', 'http.response.status_code': 200 },
    });
    const text = collector.text();
    for (const token of [
      before.accessToken,
      after.accessToken,
      world.sandbox.oauth.client('zoom').clientSecret,
    ])
      expect(text).not.toContain(token);
  });
});

describe('a worker', () => {
  class Worker extends Rounds {
    work: () => Promise<void> = () => Promise.resolve();

    protected override round(): Promise<void> {
      return this.work();
    }
  }

  it('is told of when a round fails or takes a while, and not ten times a second', async () => {
    startTracing();
    const worker = new Worker(world.app, { everyMs: 1_000, failure: 'it failed' });
    await worker.run();
    worker.work = () => new Promise((resolve) => setTimeout(resolve, 120));
    await worker.run();
    worker.work = () => Promise.reject(Object.assign(new Error('message-secret'), { code: 'ECONNRESET' }));
    await worker.run();
    const spans = await collected();
    expect(spans.map(({ name, failed, attributes }) => [name, failed, attributes['error.type']])).toEqual([
      ['worker Worker', false, undefined],
      ['worker Worker', true, 'ECONNRESET'],
    ]);
    expect(collector.text()).not.toContain('message-secret');
  });
});
