import { expect, it } from 'vitest';
import { HttpClient } from './http-client.ts';
import type { HttpClientOptions } from './http-client.ts';
import { TrunklineError } from './trunkline-error.ts';
import { Trunkline } from './trunkline.ts';

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });
const problem = (status: number, code: string, headers = {}) =>
  json(
    status,
    { type: 'about:blank', title: 'No', status, code, detail: 'Not now.', requestId: 'req_7' },
    headers,
  );

/** A server that answers in this order, and what it was asked and how long was waited meanwhile. */
function world(answers: (Response | Error)[], options: Partial<HttpClientOptions> = {}) {
  const asked: { url: string; init: RequestInit; headers: Headers; body: unknown }[] = [];
  const waits: number[] = [];
  const all: HttpClientOptions = {
    baseUrl: 'https://trunkline.test/',
    apiKey: 'tl_live_key',
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    fetch: (url, init = {}) => {
      asked.push({
        url: url instanceof Request ? url.url : new URL(url).href,
        init,
        headers: new Headers(init.headers),
        body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined,
      });
      const answer = answers.shift() ?? new Error('Nothing more was expected');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    ...options,
  };
  return { asked, waits, options: all, http: new HttpClient(all), trunkline: new Trunkline(all) };
}

async function failureOf(work: Promise<unknown>): Promise<TrunklineError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TrunklineError);
  return error as TrunklineError;
}

it('asks with the key, follows no redirect with it, and gives what comes', async () => {
  const { http, asked } = world([json(200, { data: [] }), new Response(null, { status: 204 })]);
  expect(await http.request('GET', '/api/v1/webhooks', { query: { limit: 2, cursor: undefined } })).toEqual({
    data: [],
  });
  expect(asked[0]).toMatchObject({
    url: 'https://trunkline.test/api/v1/webhooks?limit=2',
    init: { method: 'GET', redirect: 'error' },
  });
  expect(asked[0]!.headers.get('authorization')).toBe('Bearer tl_live_key');
  expect(asked[0]!.headers.has('idempotency-key')).toBe(false);
  expect(await http.request('DELETE', '/api/v1/webhooks/1')).toBeUndefined();
});

it('repeats what failed for a while only, with one key, as the answer says or ever slower', async () => {
  const { http, asked, waits } = world([
    new TypeError('fetch failed'),
    problem(503, 'database_unavailable', { 'retry-after': '2' }),
    problem(409, 'idempotency_in_flight'),
    json(201, { id: 'a' }),
  ]);
  expect(await http.request('POST', '/api/v1/webhooks', { body: { name: 'A' } })).toEqual({ id: 'a' });
  expect(new Set(asked.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
  expect(asked[0]!.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
  expect(waits).toHaveLength(3);
  expect(waits[0]).toBeGreaterThanOrEqual(125);
  expect(waits[0]).toBeLessThanOrEqual(250);
  expect(waits[1]).toBe(2_000);
  expect(waits[2]).toBeGreaterThanOrEqual(500);
  expect(waits[2]).toBeLessThanOrEqual(1_000);
});

it('gives up in the end, and at once what would fail again', async () => {
  const many = world([1, 2, 3, 4].map(() => problem(500, 'internal')));
  expect(await failureOf(many.http.request('GET', '/x'))).toMatchObject({ status: 500, code: 'internal' });
  expect(many.asked).toHaveLength(4);

  const late = world([problem(429, 'rate_limited', { 'retry-after': '3000' })]);
  expect(await failureOf(late.http.request('GET', '/x'))).toMatchObject({ retryAfterSeconds: 3_000 });
  expect(late.asked).toHaveLength(1);

  const errors = [{ pointer: '/url', detail: 'HTTPS is needed' }];
  const wrong = world([
    json(422, { code: 'invalid_input', detail: 'The URL is wrong.', errors, requestId: 'req_1' }),
  ]);
  expect(await failureOf(wrong.http.request('POST', '/x'))).toMatchObject({
    name: 'TrunklineError',
    message: 'invalid_input: The URL is wrong.',
    status: 422,
    requestId: 'req_1',
    errors,
  });
  expect(wrong.asked).toHaveLength(1);

  const none = world([new TypeError('fetch failed')], { maxRetries: 0 });
  const cut = await failureOf(none.http.request('GET', '/x'));
  expect([cut.status, cut.code, (cut.cause as Error).message]).toEqual([0, 'unreachable', 'fetch failed']);
});

it('makes sense of answers that are not the product’s', async () => {
  const { http } = world([new Response('<h1>Bad gateway</h1>', { status: 418 })]);
  expect(await failureOf(http.request('GET', '/x'))).toMatchObject({
    code: 'http_418',
    detail: 'The answer was HTTP 418.',
    errors: [],
  });
});

it('stops when the caller does, and says why', async () => {
  const stopped = new AbortController();
  const reason = new Error('shutting down');
  const { http, asked } = world([problem(500, 'internal')], {
    sleep: () => {
      stopped.abort(reason);
      return Promise.resolve();
    },
  });
  await expect(http.request('GET', '/x', { signal: stopped.signal })).rejects.toBe(reason);
  expect(asked).toHaveLength(1);
});

it('ends a try that takes too long', async () => {
  const { http } = world([], {
    maxRetries: 0,
    timeoutMs: 1,
    fetch: (_url, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal!.reason as Error));
      }),
  });
  const { code, cause } = await failureOf(http.request('GET', '/x'));
  expect([code, (cause as Error).name]).toEqual(['unreachable', 'TimeoutError']);
});

it('refuses what cannot be an address or a key', () => {
  expect(() => world([], { baseUrl: 'trunkline.test' })).toThrow(TypeError);
  expect(() => world([], { apiKey: '' })).toThrow(TypeError);
});

it('sends an event with an id of its own, the same in every try, and many in requests of 1,000', async () => {
  const one = world([new TypeError('cut'), json(202, { id: 'x', duplicate: false })]);
  const event = { type: 'job.created', data: { id: 'JOB-1' } };
  expect(await one.trunkline.events.send(event)).toEqual({ id: 'x', duplicate: false });
  const [first, second] = one.asked;
  expect(first!.body).toMatchObject({ ...event, id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
  expect(second!.body).toEqual(first!.body);
  expect(first!.headers.has('idempotency-key')).toBe(false);

  const events = Array.from({ length: 1_001 }, (_, index) => ({ ...event, id: `e${index}` }));
  const accepted = events.map(({ id }) => ({ id, duplicate: false }));
  const many = world([json(202, accepted.slice(0, 1_000)), json(202, accepted.slice(1_000))]);
  expect(await many.trunkline.events.send(events)).toEqual(accepted);
  expect(many.asked.map(({ body }) => (body as unknown[]).length)).toEqual([1_000, 1]);
  expect(await world([]).trunkline.events.send([])).toEqual([]);
});

it('runs an action with what is said of it', async () => {
  const { trunkline, asked } = world([
    json(200, { id: 'a', status: 'succeeded' }),
    json(202, { id: 'b', status: 'queued' }),
  ]);
  const input = { to: '+4915112345678', text: 'Hello' };
  expect((await trunkline.actions.run('sms.send', input)).status).toBe('succeeded');
  expect(asked[0]).toMatchObject({ url: 'https://trunkline.test/api/v1/actions/sms.send', body: input });
  expect(asked[0]!.headers.has('prefer')).toBe(false);
  const sendAt = new Date('2026-12-01T08:00:00Z');
  await trunkline.actions.run('sms.send', input, {
    idempotencyKey: 'one',
    integrationId: 'i',
    sendAt,
    wait: false,
  });
  expect(asked[1]!.body).toEqual({ ...input, integrationId: 'i', sendAt: sendAt.toISOString() });
  expect([asked[1]!.headers.get('idempotency-key'), asked[1]!.headers.get('prefer')]).toEqual([
    'one',
    'respond-async',
  ]);
});
