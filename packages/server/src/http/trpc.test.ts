import { TRPCClientError, createTRPCUntypedClient, httpBatchLink, httpLink } from '@trpc/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSamples } from '../testing/sample-data.ts';
import type { Samples } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startSink, startTestHttp } from '../testing/test-http.ts';
import type { Sink, TestHttp } from '../testing/test-http.ts';

let test: TestApp;
let http: TestHttp;
let sink: Sink;
let organization: TestOrganization;
let samples: Samples;
let session: { cookie: string };

beforeAll(async () => {
  test = await createTestApp();
  http = await startTestHttp(test.app);
  sink = await startSink();
  organization = await test.createOrganization();
  samples = createSamples(test, organization, { marker: 'sample', url: sink.url });
  session = await http.signIn(organization.people.system_admin);
});
afterAll(async () => {
  await http?.close();
  await sink?.close();
  await test?.close();
});

type Client = ReturnType<typeof createTRPCUntypedClient>;

/** As the web app makes it, with the responses seen on the way. */
function client(
  headers: Record<string, string>,
  link: typeof httpBatchLink | typeof httpLink = httpBatchLink,
) {
  const responses: Response[] = [];
  const made: Client = createTRPCUntypedClient({
    links: [
      link({
        url: `${http.url}/api/trpc`,
        headers,
        fetch: async (input, init) => {
          const response = await fetch(input, init);
          responses.push(response.clone());
          return response;
        },
      }),
    ],
  });
  return { client: made, responses };
}

/** The error that a call ends with. */
async function refusal(
  work: Promise<unknown>,
): Promise<{ httpStatus: number; problem: Record<string, unknown> }> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TRPCClientError)) throw new Error('expected a TRPCClientError', { cause: error });
  return (error as unknown as { data: { httpStatus: number; problem: Record<string, unknown> } }).data;
}

describe('the procedures of "tRPC Endpoints (Part 2)"', () => {
  let id: string;
  let deliveryId: string;
  let trpc: Client;

  beforeEach(async () => {
    trpc = client(session).client;
    id = await samples.webhook();
    deliveryId = (await samples.deadLetter(id)).deliveryId;
  });

  it('listWebhooks', async () => {
    expect(await trpc.query('integrations.listWebhooks')).toMatchObject({ nextCursor: null });
  });

  it.each(['active', 'inactive', undefined] as const)('createWebhook with status %s', async (status) => {
    const input = { name: 'Job Created - Zapier', url: `${sink.url}/hooks`, events: ['job.created'] };
    const made = await trpc.mutation('integrations.createWebhook', status ? { ...input, status } : input);
    expect(made).toMatchObject({
      ...input,
      status: status === 'inactive' ? 'disabled' : 'active',
      secret: expect.stringMatching(/^whsec_/) as unknown,
    });
  });

  it.each([
    [{ name: 'Renamed' }],
    [{ url: 'http://127.0.0.1:9/other' }],
    [{ events: ['job.created', 'job.updated'] }],
    [{ status: 'inactive' }],
    [{ status: 'active' }],
  ])('updateWebhook with %j', async (change) => {
    expect(await trpc.mutation('integrations.updateWebhook', { id, ...change })).toMatchObject({ id });
  });

  it('regenerateWebhookSecret, testWebhook, deleteWebhook', async () => {
    const renewed = await trpc.mutation('integrations.regenerateWebhookSecret', { id });
    expect(renewed).toMatchObject({ id, secret: expect.stringMatching(/^whsec_/) as unknown });
    expect(await trpc.mutation('integrations.testWebhook', { id, eventType: 'job.created' })).toMatchObject({
      success: true,
      responseStatus: 200,
    });
    expect(await trpc.mutation('integrations.deleteWebhook', { id })).toEqual({ ok: true });
  });

  it.each([
    [{}],
    [{ limit: 50, status: 'all' }],
    [{ status: 'success' }],
    [{ status: 'failed' }],
    [{ status: 'dlq' }],
  ])('getDeliveryHistory with %j', async (more) => {
    const input = { webhookId: id, ...more };
    expect(await trpc.query('integrations.getDeliveryHistory', input)).toMatchObject({ nextCursor: null });
  });

  it('getDeliveryDetail and replayDelivery', async () => {
    expect(await trpc.query('integrations.getDeliveryDetail', { deliveryId })).toMatchObject({
      id: deliveryId,
      request: { method: 'POST' },
      response: { status: 500 },
    });
    expect(await trpc.mutation('integrations.replayDelivery', { deliveryId })).toMatchObject({
      replayOf: deliveryId,
    });
  });

  it.each([
    ['exponential', undefined],
    ['linear', 10],
    ['fixed', 30],
  ])('updateRetryConfig with %s and getRetryConfig', async (retryStrategy, fixedDelaySeconds) => {
    const input = {
      maxRetries: 5,
      retryStrategy,
      ...(fixedDelaySeconds ? { fixedDelaySeconds } : {}),
      maxDelaySeconds: 60,
      enableJitter: true,
      enableDlq: true,
    };
    expect(await trpc.mutation('integrations.updateRetryConfig', input)).toMatchObject(input);
    expect(await trpc.query('integrations.getRetryConfig')).toMatchObject(input);
  });

  it('getDlqItems, retryDlqItem and clearDlqItem', async () => {
    expect(await trpc.query('integrations.getDlqItems', { limit: 50 })).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ deliveryId })]) as unknown,
    });
    expect(await trpc.query('integrations.getDlqItems', {})).toHaveProperty('total');
    expect(await trpc.mutation('integrations.clearDlqItem', { deliveryId })).toEqual({ ok: true });
    const another = (await samples.deadLetter(id)).deliveryId;
    expect(await trpc.mutation('integrations.retryDlqItem', { deliveryId: another })).toMatchObject({
      retrying: true,
    });
  });

  it('retryAllDlq and clearAllDlq, which take no input', async () => {
    await samples.deadLetter(await samples.webhook());
    expect(await trpc.mutation('integrations.clearAllDlq')).toMatchObject({
      count: expect.any(Number) as unknown,
    });
    await samples.deadLetter(await samples.webhook());
    expect(await trpc.mutation('integrations.retryAllDlq')).toEqual({
      count: 1,
      jobId: expect.any(String) as unknown,
    });
  });
});

describe('errors', () => {
  it('carry the problem with the id of the request, as REST answers it', async () => {
    const { client: trpc, responses } = client(session);
    const error = await refusal(trpc.query('integrations.getWebhook', { id: test.app.newId() }));
    expect(error).toMatchObject({
      httpStatus: 404,
      problem: { type: '/docs/errors/not_found', title: 'Not found', status: 404, code: 'not_found' },
    });
    expect(error.problem['requestId']).toBe(responses[0]?.headers.get('x-request-id'));
    expect(error.problem['requestId']).toMatch(/^req_/);
    expect(JSON.stringify(await responses[0]?.json())).not.toMatch(/stack|node_modules/);
  });

  it('point at the field, and have the status of their code', async () => {
    const { client: trpc, responses } = client(session, httpLink);
    const error = await refusal(
      trpc.mutation('integrations.createWebhook', { name: '', url: 'x', events: ['job created'] }),
    );
    expect(error.httpStatus).toBe(422);
    expect(responses[0]?.status).toBe(422);
    expect((error.problem['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
      '/name',
      '/events/0',
    ]);
  });

  it('of single calls have their HTTP status', async () => {
    const statusOf = async (headers: Record<string, string>, call: (trpc: Client) => Promise<unknown>) => {
      const { client: trpc, responses } = client(headers, httpLink);
      const { httpStatus, problem } = await refusal(call(trpc));
      return [responses[0]?.status, httpStatus, problem['status'], problem['code']];
    };
    const list = (trpc: Client) => trpc.query('integrations.listWebhooks');
    expect(await statusOf({}, list)).toEqual([401, 401, 401, 'unauthenticated']);
    const key = { authorization: `Bearer ${organization.apiKey}` };
    const reveal = (trpc: Client) => trpc.mutation('apiKeys.revealApiKey', { purpose: 'show' });
    expect(await statusOf(key, reveal)).toEqual([403, 403, 403, 'forbidden']);
    const unknown = (trpc: Client) => trpc.query('integrations.nothing');
    expect(await statusOf(session, unknown)).toEqual([404, 404, 404, 'not_found']);
    const setUp = (trpc: Client) =>
      trpc.mutation('access.setUp', {
        organizationName: 'A',
        name: 'A',
        email: 'a@example.com',
        password: 'a long enough password',
      });
    expect(await statusOf({}, setUp)).toEqual([409, 409, 409, 'setup_completed']);
  });

  it('of the request itself are problems of the caller, not faults of the server', async () => {
    const call = async (method: string, path: string, body?: string, type = 'application/json') => {
      const headers = { ...session, ...(body === undefined ? {} : { 'content-type': type }) };
      const answer = await http.call(method, `/api/trpc/${path}`, {
        headers,
        ...(body === undefined ? {} : { body }),
      });
      const { error } = answer.json as { error: { data: { problem: { code: string } } } };
      return [answer.status < 500, error.data.problem.code];
    };
    expect(await call('POST', 'integrations.createWebhook', '{"name":')).toEqual([true, 'malformed_json']);
    expect(await call('POST', 'integrations.createWebhook', 'name=x', 'text/plain')).toEqual([
      true,
      'malformed_json',
    ]);
    expect(await call('GET', 'integrations.deleteWebhook?input=%7B%7D')).toEqual([
      true,
      'method_not_allowed',
    ]);
    expect(await call('POST', 'integrations.listWebhooks', '{}')).toEqual([true, 'method_not_allowed']);
    expect(await call('GET', 'integrations.getWebhook?input=%7B')).toEqual([true, 'malformed_json']);
  });

  it('refuses a body of more than 1 MiB with 413', async () => {
    const { client: trpc, responses } = client(session, httpLink);
    const name = 'x'.repeat(1_100_000);
    const error = await refusal(trpc.mutation('integrations.createWebhook', { name }));
    expect([responses[0]?.status, error.problem['code']]).toEqual([413, 'payload_too_large']);
  });

  it('say when to come back, in the problem and in Retry-After', async () => {
    const person = await test.createPerson();
    const { client: trpc, responses } = client({}, httpLink);
    const attempt = () => refusal(trpc.mutation('access.signIn', { email: person.email, password: 'wrong' }));
    for (let failures = 0; failures < 5; failures += 1) {
      expect((await attempt()).problem['code']).toBe('invalid_credentials');
    }
    const error = await attempt();
    expect(error.problem['code']).toBe('too_many_sign_ins');
    const seconds = Number(responses.at(-1)?.headers.get('retry-after'));
    expect(responses.at(-1)?.status).toBe(429);
    expect(seconds).toBeGreaterThan(0);
    expect(error).toMatchObject({ retryAfterSeconds: seconds });
  });
});

describe('a batch', () => {
  it('gives each call its own result', async () => {
    const { client: trpc, responses } = client(session);
    const [list, missing, wrong, config] = await Promise.allSettled([
      trpc.query('integrations.listWebhooks'),
      trpc.query('integrations.getWebhook', { id: test.app.newId() }),
      trpc.query('integrations.getWebhook', { id: 'none' }),
      trpc.query('integrations.getRetryConfig'),
    ]);
    expect([list.status, config.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(responses).toHaveLength(1);
    expect(responses[0]?.status).toBe(207);
    const codes = [missing, wrong].map((one) =>
      one.status === 'rejected'
        ? (one.reason as { data: { problem: { code: string } } }).data.problem.code
        : 'fulfilled',
    );
    expect(codes).toEqual(['not_found', 'invalid_input']);
  });

  it('has a bound', async () => {
    const { client: trpc } = client(session);
    const calls = Array.from({ length: 51 }, () => refusal(trpc.query('integrations.getRetryConfig')));
    expect((await Promise.all(calls)).map(({ problem }) => problem['code'])).toEqual(
      Array.from({ length: 51 }, () => 'malformed_json'),
    );
  });

  it('is never cached, and sets the cookie of a sign-in', async () => {
    const { client: trpc, responses } = client({});
    const { email } = organization.people.viewer;
    await trpc.mutation('access.signIn', { email, password: 'correct horse battery' });
    expect(responses[0]?.headers.get('cache-control')).toBe('no-store');
    expect(responses[0]?.headers.getSetCookie()).toHaveLength(1);
  });
});
