import { errorCodes } from '@trunkline/contract/errors';
import type { ErrorCode } from '@trunkline/contract/errors';
import type { Operation, RestRoute } from '@trunkline/contract/operation';
import type { OperationName } from '@trunkline/contract/operations';
import { allows } from '@trunkline/contract/permissions';
import type { ActorKind } from '@trunkline/contract/permissions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshForMs } from '../authorize.ts';
import { allOperations } from '../bindings.ts';
import { addMember } from '../identity/organizations.ts';
import { operationSamples } from '../testing/operation-samples.ts';
import type { OperationSample } from '../testing/operation-samples.ts';
import { createSamples, digestOf, fillEveryTable, tenantTables } from '../testing/sample-data.ts';
import type { Samples } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization, TestPerson } from '../testing/test-app.ts';
import { startSink, startTestHttp } from '../testing/test-http.ts';
import type { Answer, Sink, TestHttp } from '../testing/test-http.ts';

const marker = 'zqvictim';

interface Caller {
  name: string;
  /** The row of the matrix; null for somebody signed out. */
  kind: ActorKind | 'session' | null;
  /** Works in the organization whose ids are in the inputs, in another one, or in none. */
  place: 'own' | 'other' | 'none';
  stale?: boolean;
  email: string;
  headers(): Promise<Record<string, string>>;
}

let test: TestApp;
let http: TestHttp;
let sink: Sink;
let victim: TestOrganization;
let samples: Samples;
let tables: string[];
let callers: Caller[];
let combinations = 0;
/** Of callers, by name; made when one is needed. */
const sessions = new Map<string, Promise<{ cookie: string }>>();

beforeAll(async () => {
  test = await createTestApp();
  http = await startTestHttp(test.app);
  sink = await startSink();
  victim = await test.createOrganization(`Works ${marker}`);
  const other = await test.createOrganization('Elsewhere');
  samples = createSamples(test, victim, { marker, url: sink.url });
  await fillEveryTable(test, samples);
  tables = await tenantTables(test);
  const homeless = await test.createPerson();
  const removed = await test.createPerson('Removed');
  const membership = { organizationId: victim.id, userId: removed.id, role: 'system_admin' } as const;
  await addMember(test.database.pool, { id: test.app.newId(), ...membership });

  function person(name: string, who: TestPerson, rest: Omit<Caller, 'name' | 'email' | 'headers'>): Caller {
    const begin = async () => {
      const { pool } = test.database;
      const before = await pool.query<{ id: string }>('SELECT id FROM sessions WHERE user_id = $1', [who.id]);
      const session = await http.signIn(who);
      if (rest.stale) {
        await pool.query('UPDATE sessions SET fresh_at = $2 WHERE user_id = $1 AND NOT id = ANY ($3)', [
          who.id,
          new Date(test.time.now - freshForMs - 1),
          before.rows.map(({ id }) => id),
        ]);
      }
      return session;
    };
    const headers = () => {
      let session = sessions.get(name);
      if (session === undefined) sessions.set(name, (session = begin()));
      return session;
    };
    return { name, email: who.email, headers, ...rest };
  }
  const key = (name: string, organization: TestOrganization, place: 'own' | 'other'): Caller => ({
    name,
    kind: 'api_key',
    place,
    email: organization.people.viewer.email,
    headers: async () => ({ authorization: `Bearer ${organization.apiKey}` }),
  });
  const { viewer, utility_admin, system_admin } = victim.people;
  const stale = person('system_admin, signed in long ago', system_admin, {
    kind: 'system_admin',
    place: 'own',
    stale: true,
  });
  callers = [
    { name: 'signed out', kind: null, place: 'none', email: homeless.email, headers: async () => ({}) },
    person('viewer', viewer, { kind: 'viewer', place: 'own' }),
    person('utility_admin', utility_admin, { kind: 'utility_admin', place: 'own' }),
    person('system_admin', system_admin, { kind: 'system_admin', place: 'own' }),
    stale,
    key('API key', victim, 'own'),
    person('system_admin of another organization', other.people.system_admin, {
      kind: 'system_admin',
      place: 'other',
    }),
    key('API key of another organization', other, 'other'),
    person('person without an organization', homeless, { kind: 'session', place: 'none' }),
    person('removed member', removed, { kind: 'session', place: 'none' }),
  ];
  for (const caller of callers) await caller.headers();
  await test.database.pool.query('DELETE FROM members WHERE user_id = $1', [removed.id]);
});
afterAll(async () => {
  await http?.close();
  await sink?.close();
  await test?.close();
});

/** What the contract alone says; `authorize` is not asked. */
function expected(operation: Operation, sample: OperationSample, caller: Caller): ErrorCode | 'ok' {
  const { permission } = operation;
  const outcome = (): ErrorCode | 'ok' =>
    sample.outcome?.({ email: caller.email, isMember: caller.place === 'own' }) ?? 'ok';
  if (permission === 'public') return outcome();
  if (caller.kind === null) return 'unauthenticated';
  if (operation.people && caller.kind === 'api_key') return 'forbidden';
  if (operation.fresh && caller.stale && permission === 'session') return 'reauthentication_required';
  if (permission === 'session') return outcome();
  if (caller.kind === 'session') return 'no_organization';
  if (!allows(caller.kind, permission)) return 'forbidden';
  if (operation.fresh && caller.stale) return 'reauthentication_required';
  if (caller.place === 'other' && sample.foreign === 'not_found') return 'not_found';
  return outcome();
}

async function overTrpc(
  operation: Operation,
  input: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const path = `/api/trpc/${operation.procedure}`;
  if (operation.kind === 'mutation') return http.call('POST', path, { headers, body: input });
  return http.call('GET', `${path}?input=${encodeURIComponent(JSON.stringify(input))}`, { headers });
}

async function overRest(route: RestRoute, input: unknown, headers: Record<string, string>): Promise<Answer> {
  const rest = { ...(input as Record<string, unknown>) };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(rest[name]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  if (route.method !== 'GET' && route.method !== 'DELETE') {
    return http.call(route.method, path, { headers, body: rest });
  }
  const query = new URLSearchParams(
    Object.entries(rest).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, String(one)]),
    ),
  );
  return http.call(route.method, `${path}?${query.toString()}`, { headers });
}

function codeOf(answer: Answer): unknown {
  const body = answer.json as {
    code?: unknown;
    error?: { data?: { problem?: { code?: unknown } } };
  };
  return answer.status < 400 ? 'ok' : (body.error?.data?.problem?.code ?? body.code);
}

/** They end the session that the request comes with, or make it fresh: each call gets one of its own. */
const changesSession = new Set(['signIn', 'signOut', 'reauthenticate', 'changePassword', 'endOtherSessions']);

/** They end other sessions of the caller, who signs in again afterwards. */
const endsSessions = new Set(['changePassword', 'endOtherSessions']);

const statusOf = ({ name }: Operation, route: RestRoute): number =>
  operationSamples[name as OperationName].restStatus ?? route.status ?? 200;

/** What an answer shows beside texts that the caller sent. */
function shownBeside(input: object, answer: Answer): string {
  const sent = Object.values(input).filter((value) => typeof value === 'string');
  const shown = answer.text + JSON.stringify([...answer.headers]);
  return sent.reduce((text, value) => text.replaceAll(value, ''), shown);
}

/** One way in to an operation. */
interface Front {
  name: string;
  okStatus: number;
  send(input: unknown, headers: Record<string, string>): Promise<Answer>;
}

function frontsOf(operation: Operation): Front[] {
  return [
    {
      name: 'tRPC',
      okStatus: 200,
      send: (input, headers) => overTrpc(operation, input, headers),
    },
    ...operation.rest.map((route) => ({
      name: `${route.method} ${route.path}`,
      okStatus: statusOf(operation, route),
      send: (input: unknown, headers: Record<string, string>) => overRest(route, input, headers),
    })),
  ];
}

async function tryEverybody(operation: Operation): Promise<void> {
  const sample = operationSamples[operation.name as OperationName];
  const tries = frontsOf(operation).flatMap((front) =>
    callers.map((caller) => {
      const code = expected(operation, sample, caller);
      return {
        front,
        caller,
        code,
        mayChange: caller.place === 'own' && code === 'ok',
        label: `${front.name} as ${caller.name}`,
      };
    }),
  );
  const inputFor = async (caller: Caller) => {
    const isMember = caller.place === 'own';
    return (await sample.input(samples, { email: caller.email, isMember })) as object;
  };
  const headersFor = async (caller: Caller) => {
    const headers = await caller.headers();
    return changesSession.has(operation.name) && 'cookie' in headers ? http.signIn(caller) : headers;
  };
  const check = async ({ label, code, front }: (typeof tries)[number], answer: Answer) => {
    combinations += 1;
    expect([label, codeOf(answer)]).toEqual([label, code]);
    const status = code === 'ok' ? front.okStatus : errorCodes[code].status;
    expect([label, answer.status]).toEqual([label, status]);
  };

  // Those who may change nothing come first and share an input where they can, as it is never used up.
  const [anybody] = callers;
  const shared = anybody ? await inputFor(anybody) : {};
  const prepared = await Promise.all(
    tries
      .filter(({ mayChange }) => !mayChange)
      .map(async (one) => ({ ...one, headers: await headersFor(one.caller) })),
  );
  const before = await digestOf(test, tables, victim.id);
  for (const { headers, ...one } of prepared) {
    const { caller, label, front } = one;
    const made = sample.perCaller ? await inputFor(caller) : shared;
    // Names of organizations in an input must mean nothing, unless the operation is about that.
    const smuggled = { companyId: victim.id, organizationId: victim.id };
    const answer = await front.send(caller.place === 'own' ? made : { ...smuggled, ...made }, headers);
    await check(one, answer);
    const maySee = caller.place === 'own' || sample.showsByToken === true;
    const shown = maySee ? '' : shownBeside(made, answer);
    expect([label, shown.includes(marker), shown.includes(victim.id)]).toEqual([label, false, false]);
  }
  // One look after all of them: reading everything takes longer than their calls.
  const who = prepared.map(({ label }) => label).join(', ');
  expect([who, await digestOf(test, tables, victim.id)]).toEqual([who, before]);
  for (const one of tries.filter(({ mayChange }) => mayChange)) {
    const headers = await headersFor(one.caller);
    await check(one, await one.front.send(await inputFor(one.caller), headers));
  }
  if (endsSessions.has(operation.name)) sessions.clear();
}

it('has a sample for every operation', () => {
  expect(Object.keys(operationSamples).sort()).toEqual(allOperations.map(({ name }) => name).sort());
});

describe('everybody gets what the contract says, over tRPC and REST', () => {
  it.each(allOperations.map((operation) => [operation.procedure, operation] as const))('%s', (_, operation) =>
    tryEverybody(operation),
  );
});

describe('ids of events', () => {
  it('of two organizations are apart: the same id is no duplicate', async () => {
    const id = `${marker}-shared`;
    const body = { type: 'job.created', data: {}, id };
    const send = (name: string) => {
      const caller = callers.find((one) => one.name === name);
      return caller?.headers().then((headers) => http.call('POST', '/api/v1/events', { headers, body }));
    };
    expect((await send('API key'))?.json).toEqual({ id, duplicate: false });
    expect((await send('API key of another organization'))?.json).toEqual({ id, duplicate: false });
    expect((await send('API key'))?.json).toEqual({ id, duplicate: true });
  });
});

describe('a stored answer of an Idempotency-Key', () => {
  it('is given to nobody else: not to another organization, role, or stale session', async () => {
    const headersOf = async (name: string) => ({
      ...(await callers.find((one) => one.name === name)?.headers()),
      'idempotency-key': 'shared',
    });
    const regenerate = async (name: string) =>
      http.call('POST', '/api/company/api-keys', {
        headers: await headersOf(name),
        body: { graceSeconds: 60 },
      });
    const first = await regenerate('system_admin');
    expect(first.status).toBe(201);
    const { key } = first.json as { key: string };
    expect((await regenerate('system_admin')).headers.get('idempotency-replayed')).toBe('true');
    for (const name of callers.map((caller) => caller.name).filter((one) => one !== 'system_admin')) {
      const answer = await regenerate(name);
      expect([name, answer.text.includes(key)]).toEqual([name, false]);
    }
    const [create, again] = [
      await http.call('POST', '/api/v1/webhooks', {
        headers: await headersOf('system_admin'),
        body: { name: 'A', url: sink.url, events: ['*'] },
      }),
      await http.call('POST', '/api/v1/webhooks', {
        headers: await headersOf('utility_admin'),
        body: { name: 'A', url: sink.url, events: ['*'] },
      }),
    ];
    expect([create.status, codeOf(again)]).toEqual([201, 'idempotency_mismatch']);
  });
});

it('tried every operation on every front as ten callers', () => {
  const fronts = allOperations.reduce((sum, { rest }) => sum + 1 + rest.length, 0);
  expect(fronts).toBeGreaterThan(300);
  expect(combinations).toBe(fronts * 10);
  process.stdout.write(`${combinations} combinations of operation, front and caller\n`);
});
