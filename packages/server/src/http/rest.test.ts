import { Problem } from '@trunkline/contract/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCursor } from '../lib/cursor.ts';
import { createSamples } from '../testing/sample-data.ts';
import type { Samples } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startSink, startTestHttp } from '../testing/test-http.ts';
import type { Answer, CallOptions, Sink, TestHttp } from '../testing/test-http.ts';

let test: TestApp;
let http: TestHttp;
let sink: Sink;
let organization: TestOrganization;
let samples: Samples;

beforeAll(async () => {
  test = await createTestApp();
  http = await startTestHttp(test.app);
  sink = await startSink();
  organization = await test.createOrganization();
  samples = createSamples(test, organization, { marker: 'sample', url: sink.url });
});
afterAll(async () => {
  await http?.close();
  await sink?.close();
  await test?.close();
});

/** A request with the API key. */
function call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${organization.apiKey}`, ...options.headers };
  return http.call(method, path, { ...options, ...(body === undefined ? {} : { body }), headers });
}

function expectProblem(answer: Answer, status: number, code: string): Problem {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    status,
    'application/problem+json; charset=utf-8',
  ]);
  const problem = Problem.parse(answer.json);
  expect(problem).toMatchObject({ status, code, type: `/docs/errors/${code}` });
  expect(problem.requestId).toBe(answer.headers.get('x-request-id'));
  return problem;
}

const newWebhook = () => ({ name: 'Orders', url: `${sink.url}/hooks`, events: ['job.created'] });

describe('webhooks', () => {
  it('are created with 201 and their secret, read, changed, tested, and deleted with 204', async () => {
    const created = await call('POST', '/api/v1/webhooks', { ...newWebhook(), description: 'All orders' });
    expect(created.status).toBe(201);
    expect(created.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const webhook = created.json as { id: string; secret: string };
    expect(webhook).toMatchObject({ ...newWebhook(), description: 'All orders', status: 'active' });
    expect(webhook.secret).toMatch(/^whsec_/);
    const path = `/api/v1/webhooks/${webhook.id}`;

    const read = await call('GET', path);
    expect(read).toMatchObject({ status: 200, json: { id: webhook.id, name: 'Orders' } });
    expect(read.text).not.toContain(webhook.secret);
    const list = await call('GET', '/api/v1/webhooks');
    expect(list).toMatchObject({ status: 200, json: { nextCursor: null } });
    expect(list.text).not.toContain(webhook.secret);
    expect(await call('PATCH', path, { name: 'Renamed', description: null })).toMatchObject({
      status: 200,
      json: { id: webhook.id, name: 'Renamed', url: newWebhook().url, description: null },
    });
    expect(await call('POST', `${path}/test`, { eventType: 'job.created' })).toMatchObject({
      status: 200,
      json: {
        success: true,
        responseStatus: 200,
        request: { method: 'POST', url: newWebhook().url },
        response: { status: 200, body: 'received' },
      },
    });
    expect(await call('POST', `${path}/rotate-secret`, { overlapSeconds: 60 })).toMatchObject({
      status: 200,
      json: { id: webhook.id, previousSecretExpiresAt: new Date(test.time.now + 60_000).toISOString() },
    });
    // The body may be left out where every field has a default.
    expect((await call('POST', `${path}/rotate-secret`)).status).toBe(200);
    expect(await call('POST', `${path}/recover`, { since: '2026-01-01T00:00:00Z' })).toMatchObject({
      status: 202,
      json: { count: expect.any(Number) as unknown },
    });
    const deleted = await call('DELETE', path);
    expect([deleted.status, deleted.text, deleted.headers.get('content-type')]).toEqual([204, '', null]);
    expectProblem(await call('GET', path), 404, 'not_found');
    expectProblem(await call('DELETE', path), 404, 'not_found');
  });

  it('say which field is wrong', async () => {
    const problem = expectProblem(
      await call('POST', '/api/v1/webhooks', { name: '', url: sink.url, events: [] }),
      422,
      'invalid_input',
    );
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/name', '/events']);
    expectProblem(
      await call('POST', '/api/v1/webhooks', { ...newWebhook(), url: 'https://10.0.0.1/' }),
      422,
      'webhook_url_unsafe',
    );
    expectProblem(await call('GET', '/api/v1/webhooks/7'), 422, 'invalid_input');
    expectProblem(
      await call('PATCH', `/api/v1/webhooks/${await samples.webhook()}`, []),
      422,
      'invalid_input',
    );
  });

  it('refuse text that cannot be stored, without a fault', async () => {
    const answer = await call('POST', '/api/v1/webhooks', { ...newWebhook(), name: 'a\0b' });
    expectProblem(answer, 422, 'invalid_input');
    const id = await samples.webhook();
    expectProblem(await call('GET', `/api/v1/webhooks/${id}/deliveries?eventType=%00`), 422, 'invalid_input');
  });

  it('check an address before it is saved', async () => {
    expect(await call('POST', '/api/v1/webhooks/check-url', { url: sink.url })).toMatchObject({
      status: 200,
      json: { ok: true, code: null, ping: { responseStatus: 200 } },
    });
  });
});

describe('the company addresses (S17 17.9)', () => {
  it('list, create without a name, read, change, test and delete webhooks', async () => {
    const companyId = organization.id;
    const { url, events } = newWebhook();
    const created = await call('POST', '/api/company/webhooks', { url, events });
    const host = new URL(url).host;
    expect(created).toMatchObject({ status: 201, json: { companyId, name: host, url, events } });
    const webhook = created.json as { id: string; secret: string; signingSecret: string };
    expect(webhook.signingSecret).toBe(webhook.secret);
    const path = `/api/company/webhooks/${webhook.id}`;
    const read = await call('GET', path);
    expect(read).toMatchObject({ status: 200, json: { companyId, name: host } });
    expect((read.json as { signingSecret: string }).signingSecret).toContain('•');
    const list = await call('GET', '/api/company/webhooks');
    expect(list.status).toBe(200);
    const rows = (list.json as { data: { companyId: string; signingSecret: string }[] }).data;
    expect(rows.every((row) => row.companyId === companyId && row.signingSecret !== webhook.secret)).toBe(
      true,
    );
    expect(await call('PATCH', path, { url: `${sink.url}/other` })).toMatchObject({
      status: 200,
      json: { companyId, name: host, url: `${sink.url}/other` },
    });
    expect((await call('POST', `${path}/test`, { eventType: 'job.created' })).status).toBe(200);
    // S17 has no word for a pause.
    expect(await call('PATCH', path, { status: 'paused' })).toMatchObject({ json: { status: 'disabled' } });
    expect((await call('GET', `/api/v1/webhooks/${webhook.id}`)).json).toMatchObject({ status: 'paused' });
    expect((await call('DELETE', path)).status).toBe(204);
  });

  it('show the API key masked, and make a new one for a person only', async () => {
    const masked = await call('GET', '/api/company/api-keys');
    expect(masked).toMatchObject({ status: 200, json: { companyId: organization.id } });
    expect((masked.json as { key: string; keyPreview: string }).key).toContain('••••');
    expectProblem(await call('POST', '/api/company/api-keys', {}), 403, 'forbidden');
    const another = await test.createOrganization();
    const headers = await http.signIn(another.people.system_admin);
    const renewed = await http.call('POST', '/api/company/api-keys', { headers, body: {} });
    expect(renewed.status).toBe(201);
    const { key } = renewed.json as { key: string };
    expect(key).toMatch(/^tl_live_/);
    const withKey = (token: string) =>
      http.call('GET', '/api/v1/webhooks', { headers: { authorization: `Bearer ${token}` } });
    expect((await withKey(key)).status).toBe(200);
    expectProblem(await withKey(another.apiKey), 401, 'unauthenticated');
  });
});

describe('events', () => {
  const event = { type: 'job.created', data: { title: 'Welder' } };
  const path = '/api/v1/events';
  /** The same request on the short way, and on the general one that an Idempotency-Key leads to. */
  const ways: [string, () => Record<string, string>][] = [
    ['the short way', () => ({})],
    ['the general way', () => ({ 'idempotency-key': test.app.newId() })],
  ];

  describe.each(ways)('on %s', (_, headers) => {
    const send = (body: unknown, more: Record<string, string> = {}) =>
      call('POST', path, body, { headers: { ...headers(), ...more } });

    it('are accepted with 202: one, many, repeated', async () => {
      const one = await send(event);
      expect(one).toMatchObject({ status: 202, json: { duplicate: false } });
      expect(one.headers.get('content-type')).toBe('application/json; charset=utf-8');
      const id = `order_${test.app.newId()}`;
      expect((await send({ ...event, id })).json).toEqual({ id, duplicate: false });
      expect((await send({ ...event, id })).json).toEqual({ id, duplicate: true });
      const many = await send([event, { ...event, id }, { ...event, id: `${id}:2` }]);
      expect(many).toMatchObject({
        status: 202,
        json: [{ duplicate: false }, { id, duplicate: true }, { id: `${id}:2`, duplicate: false }],
      });
      expect((await send(Array.from({ length: 1000 }, () => event))).status).toBe(202);
    });

    it('keep every digit of a long number', async () => {
      const [id, other] = [test.app.newId(), test.app.newId()];
      const data =
        '{"id":9007199254740993,"of":[-12345678901234567890,{"small":1.5}],"text":"12345678901234567"}';
      expect((await send(`{"type":"job.created","id":"${id}","data":${data}}`)).status).toBe(202);
      const cloud = `[{"specversion":"1.0","source":"/jobs","id":"${other}","type":"job.created","data":${data}}]`;
      expect((await send(cloud, { 'content-type': 'application/cloudevents-batch+json' })).status).toBe(202);
      const { rows } = await test.database.pool.query<{ body: string }>(
        'SELECT body FROM events WHERE key = ANY($1)',
        [[id, other]],
      );
      expect(rows.map(({ body }) => body.slice(body.indexOf('"data":')))).toEqual([
        `"data":${data}}`,
        `"data":${data}}`,
      ]);
      expectProblem(
        await send('{"type":"job.created","id":12345678901234567,"data":{}}'),
        422,
        'invalid_input',
      );
      expectProblem(
        await send('{"type":"job.created","data":{"id":12345678901234567}'),
        400,
        'malformed_json',
      );
    });

    it('are taken over from CloudEvents, single and batch', async () => {
      const id = test.app.newId();
      const cloud = {
        specversion: '1.0',
        source: '/jobs',
        id,
        type: 'job.created',
        subject: 'jobs/1',
        data: { a: 1 },
      };
      const single = await send(cloud, { 'content-type': 'application/cloudevents+json; charset=utf-8' });
      expect([single.status, single.json]).toEqual([202, { id, duplicate: false }]);
      const batch = await send([cloud, { ...cloud, id: `${id}-2`, data: undefined }], {
        'content-type': 'application/cloudevents-batch+json',
      });
      expect(batch.json).toEqual([
        { id, duplicate: true },
        { id: `${id}-2`, duplicate: false },
      ]);
      const { rows } = await test.database.pool.query('SELECT subject FROM events WHERE key = $1', [id]);
      expect(rows).toEqual([{ subject: 'jobs/1' }]);
    });

    it.each(['a\0b', 'a\nb', '\ud800', ''])(
      'are refused with the subject %j, and nobody else with them',
      async (subject) => {
        const [refused, accepted] = await Promise.all([send({ ...event, subject }), send(event)]);
        expectProblem(refused, 422, 'invalid_input');
        expect(accepted.status).toBe(202);
      },
    );

    it('are refused when too many, too large or malformed', async () => {
      expectProblem(await send(Array.from({ length: 1001 }, () => event)), 422, 'invalid_input');
      expectProblem(await send([]), 422, 'invalid_input');
      const large = await send({ ...event, data: { text: 'x'.repeat(262_144) } });
      expect([large.status, [413, 422].includes(large.status)]).toEqual([large.status, true]);
      expectProblem(await send('x'.repeat(8 * 1_048_576 + 1)), 413, 'payload_too_large');
      expectProblem(await send('{"type":'), 400, 'malformed_json');
      expectProblem(
        await send('type=job.created', { 'content-type': 'application/x-www-form-urlencoded' }),
        400,
        'malformed_json',
      );
      const pointersOf = async (body: unknown) =>
        expectProblem(await send(body), 422, 'invalid_input').errors?.map(({ pointer }) => pointer);
      expect(await pointersOf({ ...event, type: 'Job Created' })).toEqual(['/type']);
      expect(await pointersOf([event, { type: 'job.created' }])).toEqual(['/1/data']);
      expectProblem(await send({ ...event, id: 'a.b' }), 422, 'invalid_input');
      expectProblem(await send({ type: 'job.created' }), 422, 'invalid_input');
      expectProblem(await send('"text"'), 422, 'invalid_input');
    });

    it('need a valid key', async () => {
      for (const authorization of ['Bearer tl_live_wrong', 'Basic YTpi', 'Bearer', '']) {
        if (authorization === '' && _ === 'the short way') continue;
        expectProblem(await send(event, { authorization }), 401, 'unauthenticated');
      }
    });
  });

  it('of more than 8 MiB are refused whether or not their length is announced', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(1_048_576));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ < 12) controller.enqueue(chunk);
        else controller.close();
      },
    });
    const answer = await fetch(`${http.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${organization.apiKey}` },
      body,
      duplex: 'half',
    });
    expect(answer.status).toBe(413);
  });
});

describe('deliveries, dead letters and settings', () => {
  it('are read, replayed, retried and cleared', async () => {
    const { webhookId, deliveryId } = await samples.deadLetter();
    const history = await call('GET', `/api/v1/webhooks/${webhookId}/deliveries?status=dlq&limit=5`);
    expect(history).toMatchObject({ status: 200, json: { data: [{ id: deliveryId, status: 'dlq' }] } });
    expect(await call('GET', `/api/v1/deliveries/${deliveryId}`)).toMatchObject({
      status: 200,
      json: { id: deliveryId, attempts: [{ number: 1, responseStatus: 500 }] },
    });
    expect(await call('POST', `/api/v1/deliveries/${deliveryId}/replay`)).toMatchObject({
      status: 202,
      json: { replayOf: deliveryId, trigger: 'replay' },
    });
    expect(await call('GET', `/api/v1/dead-letters?webhookId=${webhookId}`)).toMatchObject({
      status: 200,
      json: { data: [{ deliveryId }], nextCursor: null, total: 1 },
    });
    expect(await call('POST', `/api/v1/dead-letters/${deliveryId}/retry`)).toMatchObject({
      status: 202,
      json: { deliveryId, retrying: true },
    });
    expectProblem(await call('DELETE', `/api/v1/dead-letters/${deliveryId}`), 409, 'conflict');
    const [second, third, fourth] = [
      await samples.deadLetter(),
      await samples.deadLetter(),
      await samples.deadLetter(),
    ];
    expect((await call('DELETE', `/api/v1/dead-letters/${second.deliveryId}`)).status).toBe(204);
    // A list in a query may have one member.
    expect(await call('DELETE', `/api/v1/dead-letters?deliveryIds=${third.deliveryId}`)).toMatchObject({
      status: 200,
      json: { count: 1 },
    });
    expect(
      await call('POST', '/api/v1/dead-letters/retry', { deliveryIds: [fourth.deliveryId] }),
    ).toMatchObject({ status: 202, json: { count: 1 } });
    expect(await call('POST', `/api/v1/webhooks/${second.webhookId}/replay-failed`, {})).toMatchObject({
      status: 202,
      json: { count: 1 },
    });
  });

  it('have a retry configuration', async () => {
    expect((await call('GET', '/api/v1/retry-config')).status).toBe(200);
    const config = {
      retryStrategy: 'fixed',
      maxRetries: 2,
      initialDelaySeconds: 7,
      maxDelaySeconds: 70,
      enableJitter: false,
      enableDlq: true,
      dlqRetentionDays: 3,
    };
    expect(await call('PUT', '/api/v1/retry-config', config)).toMatchObject({
      status: 200,
      json: { ...config, fixedDelaySeconds: 7 },
    });
  });

  it('have event types of their own', async () => {
    const path = '/api/v1/event-types/shop.order_placed';
    expect(await call('PUT', path, { description: 'An order' })).toMatchObject({
      status: 200,
      json: { name: 'shop.order_placed', own: true },
    });
    expect((await call('GET', '/api/v1/event-types')).text).toContain('shop.order_placed');
    expect((await call('DELETE', path)).status).toBe(204);
    expectProblem(await call('DELETE', path), 404, 'not_found');
  });

  it('leave an audit log that can be verified', async () => {
    expect(await call('GET', '/api/v1/audit?limit=1&action=webhook')).toMatchObject({
      status: 200,
      json: { data: [{ target: { type: 'webhook' } }] },
    });
    expect(await call('GET', '/api/v1/audit/verify')).toMatchObject({ status: 200, json: { ok: true } });
  });
});

describe('lists by pages', () => {
  async function walk(
    path: string,
    idOf: (row: never) => string,
    between: (page: number) => Promise<unknown>,
  ) {
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 20; page += 1) {
      const answer = await call('GET', `${path}limit=4${cursor === null ? '' : `&cursor=${cursor}`}`);
      expect(answer.status).toBe(200);
      const { data, nextCursor } = answer.json as { data: never[]; nextCursor: string | null };
      seen.push(...data.map(idOf));
      cursor = nextCursor;
      if (cursor === null) return seen;
      await between(page);
    }
    throw new Error('the list does not end');
  }

  it('show every delivery once while new ones arrive', async () => {
    const webhookId = await samples.webhook();
    const ids: string[] = [];
    for (let n = 0; n < 11; n += 1) ids.push((await samples.deadLetter(webhookId)).deliveryId);
    const path = `/api/v1/webhooks/${webhookId}/deliveries?`;
    const seen = await walk(
      path,
      (row: { id: string }) => row.id,
      () => samples.deadLetter(webhookId),
    );
    expect(seen).toEqual(ids.reverse());
  });

  it('show every dead letter once while others are added and the last one shown is cleared', async () => {
    const webhookId = await samples.webhook();
    const ids: string[] = [];
    for (let n = 0; n < 11; n += 1) ids.push((await samples.deadLetter(webhookId)).deliveryId);
    const shown = [...ids].reverse();
    const path = `/api/v1/dead-letters?webhookId=${webhookId}&`;
    const seen = await walk(
      path,
      (row: { deliveryId: string }) => row.deliveryId,
      async (page) => {
        await samples.deadLetter(webhookId);
        await call('DELETE', `/api/v1/dead-letters/${shown[page * 4 + 3]}`);
      },
    );
    expect(seen).toEqual(shown);
  });

  it('show every audit record once while others are written', async () => {
    const other = await test.createOrganization();
    const headers = { authorization: `Bearer ${other.apiKey}` };
    const create = () => http.call('POST', '/api/v1/webhooks', { headers, body: newWebhook() });
    for (let n = 0; n < 6; n += 1) await create();
    const seen: number[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 20; page += 1) {
      const query = `limit=2${cursor === null ? '' : `&cursor=${cursor}`}`;
      const { json } = await http.call('GET', `/api/v1/audit?${query}`, { headers });
      const list = json as { data: { sequence: number }[]; nextCursor: string | null };
      seen.push(...list.data.map(({ sequence }) => sequence));
      cursor = list.nextCursor;
      if (cursor === null) break;
      await create();
    }
    expect(seen).toEqual(Array.from({ length: seen[0] ?? 0 }, (_, index) => (seen[0] ?? 0) - index));
    expect(seen.length).toBe(9);
  });

  it('refuse cursors that they did not make', async () => {
    const id = await samples.webhook();
    const lists = [`/api/v1/webhooks/${id}/deliveries`, '/api/v1/dead-letters', '/api/v1/audit'];
    for (const list of lists) {
      for (const cursor of [
        'x',
        '%00',
        encodeCursor(['none']),
        encodeCursor(["' OR 1=1"]),
        encodeCursor([1, 2]),
      ]) {
        expectProblem(await call('GET', `${list}?cursor=${cursor}`), 422, 'invalid_input');
      }
      for (const limit of ['0', '101', 'x', '1.5']) {
        expectProblem(await call('GET', `${list}?limit=${limit}`), 422, 'invalid_input');
      }
    }
  });
});

describe('addresses and methods', () => {
  it.each([
    '/api',
    '/api/',
    '/api/v1/nothing',
    '/api/v2/webhooks',
    '/api/v1/webhooks/a/b/c',
    '/file.txt',
    '/%',
    '/..%2f..%2fpackage.json',
    '/a%00b.txt',
  ])('GET %s is not found', async (path) => {
    expectProblem(await call('GET', path), 404, 'not_found');
  });

  it('POST to an address of no route is not found', async () => {
    expectProblem(await call('POST', '/anything', {}), 404, 'not_found');
  });

  it.each([
    ['PUT', '/api/v1/webhooks', 'GET, HEAD, POST'],
    ['POST', '/api/v1/webhooks/7', 'DELETE, GET, HEAD, PATCH'],
    ['PUT', '/api/v1/webhooks/check-url', 'POST'],
    ['PUT', '/api/v1/events', 'GET, HEAD, POST'],
    ['PUT', '/api/v1/dead-letters/retry', 'POST'],
    ['POST', '/api/v1/retry-config', 'GET, HEAD, PUT'],
    ['DELETE', '/api/company/api-keys', 'GET, HEAD, POST'],
    ['POST', '/api/live', 'GET, HEAD'],
    ['DELETE', '/healthz', 'GET, HEAD'],
    ['POST', '/api/openapi.json', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/audit', 'GET, HEAD'],
  ])('%s %s is not allowed, but %s', async (method, path, allow) => {
    const answer = await call(method, path);
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it('malformed JSON is a problem on every address with a body', async () => {
    for (const [method, path] of [
      ['POST', '/api/v1/webhooks'],
      ['PUT', '/api/v1/retry-config'],
      ['PATCH', `/api/v1/webhooks/${await samples.webhook()}`],
    ] as const) {
      expectProblem(await call(method, path, '{"name": '), 400, 'malformed_json');
      expectProblem(await call(method, path, 'null'), 422, 'invalid_input');
    }
    expectProblem(await call('POST', '/api/v1/webhooks', 'x'.repeat(1_048_577)), 413, 'payload_too_large');
  });
});

describe('an Idempotency-Key', () => {
  const withKey = (key: string) => ({ headers: { 'idempotency-key': key } });
  const countWebhooks = async () => {
    const { rows } = await test.database.pool.query<{ n: number }>(
      'SELECT count(*) AS n FROM webhooks WHERE organization_id = $1',
      [organization.id],
    );
    return rows[0]?.n ?? 0;
  };
  const storedBy = async (key: string) => {
    const { rows } = await test.database.pool.query<{ status: number | null; box: Buffer | null }>(
      'SELECT response_status AS status, response_box AS box FROM idempotency_keys WHERE key = $1',
      [key],
    );
    return rows;
  };

  it('repeats the answer, secret and all, which is stored sealed', async () => {
    const before = await countWebhooks();
    const first = await call('POST', '/api/v1/webhooks', newWebhook(), withKey('repeat'));
    const again = await call('POST', '/api/v1/webhooks', newWebhook(), withKey('repeat'));
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await countWebhooks()).toBe(before + 1);
    const [stored] = await storedBy('repeat');
    const { secret } = first.json as { secret: string };
    expect(stored?.status).toBe(201);
    expect(stored?.box?.toString('latin1')).not.toContain(secret.slice(6, 20));
  });

  it('is refused for another body or query, and free at another address', async () => {
    await call('POST', '/api/v1/webhooks', newWebhook(), withKey('other'));
    const renamed = { ...newWebhook(), name: 'Other' };
    expectProblem(
      await call('POST', '/api/v1/webhooks', renamed, withKey('other')),
      422,
      'idempotency_mismatch',
    );
    expectProblem(
      await call('POST', '/api/v1/webhooks?a=1', newWebhook(), withKey('other')),
      422,
      'idempotency_mismatch',
    );
    expect((await call('POST', '/api/company/webhooks', renamed, withKey('other'))).status).toBe(201);
  });

  it('makes one webhook of 20 simultaneous requests', async () => {
    const before = await countWebhooks();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('POST', '/api/v1/webhooks', newWebhook(), withKey('crowd'))),
    );
    expect(await countWebhooks()).toBe(before + 1);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
    const made = answers.filter(({ status }) => status === 201).map(({ text }) => text);
    expect(new Set(made).size).toBe(1);
    for (const answer of answers.filter(({ status }) => status === 409)) {
      expectProblem(answer, 409, 'idempotency_in_flight');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect((await call('POST', '/api/v1/webhooks', newWebhook(), withKey('crowd'))).text).toBe(made[0]);
  });

  it('answers 409 while the first request runs, and its answer after the first caller hung up', async () => {
    let arrived = () => {};
    let release = () => {};
    const reached = new Promise<void>((resolve) => (arrived = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow = await startSink(() => {
      arrived();
      return released;
    });
    const { id } = (await call('POST', '/api/v1/webhooks', { ...newWebhook(), url: slow.url })).json as {
      id: string;
    };
    const path = `/api/v1/webhooks/${id}/test`;
    const body = { eventType: 'job.created' };
    const hangUp = new AbortController();
    const first = call('POST', path, body, { ...withKey('slow'), signal: hangUp.signal }).catch(() => null);
    await reached;
    expectProblem(await call('POST', path, body, withKey('slow')), 409, 'idempotency_in_flight');
    hangUp.abort();
    await first;
    release();
    await expect.poll(async () => (await storedBy('slow'))[0]?.status).toBe(200);
    const again = await call('POST', path, body, withKey('slow'));
    expect(again).toMatchObject({ status: 200, json: { success: true } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    await slow.close();
  });

  it('keeps no refusal and no fault, so that the request can be tried again', async () => {
    const wrong = { ...newWebhook(), name: '' };
    expectProblem(await call('POST', '/api/v1/webhooks', wrong, withKey('again')), 422, 'invalid_input');
    expect(await storedBy('again')).toEqual([]);
    expect((await call('POST', '/api/v1/webhooks', newWebhook(), withKey('again'))).status).toBe(201);
    await test.database.pool.query('ALTER TABLE webhook_health RENAME TO webhook_health_away');
    const failed = await call('POST', '/api/v1/webhooks', newWebhook(), withKey('fault'));
    await test.database.pool.query('ALTER TABLE webhook_health_away RENAME TO webhook_health');
    const problem = expectProblem(failed, 500, 'internal');
    expect(problem.detail).toBe(`The fault is in the logs under ${problem.requestId}.`);
    expect(failed.text).not.toMatch(/webhook_health|relation|SELECT|INSERT/);
    expect(await storedBy('fault')).toEqual([]);
    expect((await call('POST', '/api/v1/webhooks', newWebhook(), withKey('fault'))).status).toBe(201);
  });

  it('is forgotten after 24 hours, and when its first request was cut off', async () => {
    const body = newWebhook();
    const first = await call('POST', '/api/v1/webhooks', body, withKey('old'));
    test.time.advance(24 * 3_600_000 + 1);
    const later = await call('POST', '/api/v1/webhooks', body, withKey('old'));
    expect([later.status, later.text === first.text]).toEqual([201, false]);
    await test.database.pool.query(
      'UPDATE idempotency_keys SET response_status = NULL, response_box = NULL WHERE key = $1',
      ['old'],
    );
    expectProblem(await call('POST', '/api/v1/webhooks', body, withKey('old')), 409, 'idempotency_in_flight');
    test.time.advance(60_001);
    expect((await call('POST', '/api/v1/webhooks', body, withKey('old'))).status).toBe(201);
  });

  it('has 1 to 255 characters', async () => {
    const answer = await call('POST', '/api/v1/webhooks', newWebhook(), withKey('k'.repeat(256)));
    expectProblem(answer, 422, 'invalid_input');
    expect((await call('POST', '/api/v1/webhooks', newWebhook(), withKey('k'.repeat(255)))).status).toBe(201);
  });

  it('is ignored where nothing is made', async () => {
    expect((await call('GET', '/api/v1/webhooks', undefined, withKey('read'))).status).toBe(200);
    expect(await storedBy('read')).toEqual([]);
  });
});
