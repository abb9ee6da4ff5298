import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createUuid7 } from '../packages/server/src/lib/uuid7.ts';
import { createTestDatabase } from '../packages/server/src/testing/database.ts';
import type { TestDatabase } from '../packages/server/src/testing/database.ts';
import { check } from './checker.ts';
import type { Checked, Verdict } from './checker.ts';

/** A world in which all went well, and what the checker makes of each thing that can go wrong in it. */

const uuid7 = createUuid7(() => Date.now(), randomBytes);
const organizationId = uuid7();
const names = ['a', 'b', 'c'];

let database: TestDatabase;
let world: Checked & { endpoints: Received[]; nodes: { crashes: string[] }[] };
/** Name → row id of its event. */
let events: Map<string, string>;
let audit: Record<string, unknown>;

type Received = ReturnType<typeof received>;

const received = () => ({
  webhookId: uuid7(),
  confirmed: new Map<string, number>(),
  seen: new Set<string>(),
  mixedUp: new Set<string>(),
  messages: new Map<string, string>(),
});

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const query = async (sql: string, values: unknown[] = []) => (await database.pool.query(sql, values)).rows;

async function store(name: string): Promise<string> {
  const id = uuid7();
  await query(
    `INSERT INTO events (id, organization_id, key, type, body) VALUES ($1, $2, $3, 'chaos.happened', $4)`,
    [id, organizationId, name, JSON.stringify({ id: name, data: { id: name } })],
  );
  return id;
}

async function attempt(
  endpoint: Received,
  eventId: string,
  status: number,
  trigger = 'event',
): Promise<void> {
  await query(
    `INSERT INTO attempts (delivery_id, number, organization_id, webhook_id, event_id, event_type, trigger, state,
       started_at, duration_ms, response_status, url, signatures)
     VALUES ($1, 1, $2, $3, $4, 'chaos.happened', $5, $6, now(), 1, $7, '', '')`,
    [
      uuid7(),
      organizationId,
      endpoint.webhookId,
      eventId,
      trigger,
      status === 200 ? 'success' : 'dlq',
      status,
    ],
  );
}

async function deliver(endpoint: Received, name: string): Promise<void> {
  endpoint.seen.add(name);
  endpoint.messages.set(name, name);
  endpoint.confirmed.set(name, (endpoint.confirmed.get(name) ?? 0) + 1);
  await attempt(endpoint, events.get(name)!, 200);
}

/** As if the event had never come to the endpoint. */
async function undo(endpoint: Received, name: string): Promise<void> {
  for (const seen of [endpoint.seen, endpoint.messages, endpoint.confirmed]) seen.delete(name);
  await query('DELETE FROM attempts WHERE webhook_id = $1 AND event_id = $2', [
    endpoint.webhookId,
    events.get(name),
  ]);
}

beforeEach(async () => {
  await query('TRUNCATE events, attempts, delivery_queue, dead_letters');
  const endpoints = [received(), received()];
  audit = { ok: true };
  events = new Map();
  world = {
    traffic: { sent: new Set(names), unnamed: new Set(), acked: new Set(names), lines: [['a', 'b', 'c']] },
    endpoints,
    orderedEndpoints: endpoints.slice(1),
    nodes: [{ crashes: [] }],
    query: query as Checked['query'],
    api: () => Promise.resolve(audit),
  };
  for (const name of names) events.set(name, await store(name));
  for (const endpoint of endpoints) for (const name of names) await deliver(endpoint, name);
});

const clean: Verdict = {
  acked: 3,
  delivered: 6,
  lost: [],
  unexpected: [],
  duplicates: 0,
  recovered: 0,
  deadLetters: 0,
  givenUp: {},
  scheduled: 0,
  outOfOrder: [],
};

const first = () => world.endpoints[0]!;
const second = () => world.endpoints[1]!;

it('finds nothing where all went well', async () => {
  expect(await check(world)).toEqual(clean);
});

describe('what was acknowledged', () => {
  it('and came to one endpoint only is lost at the other', async () => {
    await undo(second(), 'b');
    expect(await check(world)).toEqual({ ...clean, delivered: 5, lost: ['endpoint 1: b'] });
  });

  it('and arrived without being confirmed is lost', async () => {
    await undo(first(), 'c');
    first().seen.add('c');
    first().messages.set('c', 'c');
    expect(await check(world)).toEqual({ ...clean, delivered: 5, lost: ['endpoint 0: c'] });
  });

  it('is not lost while it is scheduled or a dead letter, at this very endpoint', async () => {
    await undo(first(), 'a');
    await undo(second(), 'a');
    await query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
       VALUES ($1, $2, $3, $4, 'event', now())`,
      [uuid7(), organizationId, first().webhookId, events.get('a')],
    );
    expect(await check(world)).toEqual({ ...clean, delivered: 4, scheduled: 1, lost: ['endpoint 1: a'] });
    await attempt(second(), events.get('a')!, 500);
    await query(
      `INSERT INTO dead_letters (delivery_id, organization_id, webhook_id, event_id, event_type, trigger, attempts,
         response_status, failed_at, expires_at)
       VALUES ($1, $2, $3, $4, 'chaos.happened', 'event', 1, 500, now(), now())`,
      [uuid7(), organizationId, second().webhookId, events.get('a')],
    );
    expect(await check(world)).toEqual({
      ...clean,
      delivered: 4,
      scheduled: 1,
      deadLetters: 1,
      givenUp: { none: 1 },
    });
  });
});

describe('what came more than once', () => {
  it('is counted, each time', async () => {
    first().confirmed.set('a', 2);
    second().confirmed.set('b', 3);
    expect(await check(world)).toEqual({ ...clean, duplicates: 3 });
  });

  it('under another id is unexpected', async () => {
    first().messages.set('a', 'other');
    first().mixedUp.add('a');
    expect((await check(world)).unexpected).toEqual([
      'endpoint 0: a came with another body',
      'endpoint 0: a came as other',
    ]);
  });

  it('because it was fanned out twice is unexpected, and a replay is not', async () => {
    await attempt(first(), events.get('a')!, 500, 'replay');
    expect((await check(world)).unexpected).toEqual([]);
    await attempt(first(), events.get('a')!, 500);
    expect((await check(world)).unexpected).toEqual(['a was fanned out twice']);
  });

  it('because it was stored twice is unexpected', async () => {
    await store('b');
    expect((await check(world)).unexpected).toEqual(['b was fanned out twice']);
  });
});

describe('what nobody can explain', () => {
  it('is an event that nobody sent', async () => {
    first().seen.add('ghost');
    expect((await check(world)).unexpected).toEqual(['endpoint 0: ghost was never sent']);
  });

  it('is a success that the endpoint does not know', async () => {
    first().confirmed.delete('a');
    const { lost, unexpected } = await check(world);
    expect([lost, unexpected]).toEqual([
      ['endpoint 0: a'],
      ['endpoint 0: a is a success in the history only'],
    ]);
  });

  it('is a process that ended by itself, and an audit log that does not hold', async () => {
    world.nodes[0]!.crashes.push('Node0 ended by itself');
    audit = { ok: false };
    expect((await check(world)).unexpected).toEqual(['the audit log: {"ok":false}', 'Node0 ended by itself']);
  });
});

it('what was not acknowledged and came all the same is recovered', async () => {
  world.traffic.acked.delete('c');
  expect(await check(world)).toEqual({ ...clean, acked: 2, delivered: 4, recovered: 2 });
});

it('what overtook an event of its subject is out of order, where order is kept', async () => {
  for (const endpoint of world.endpoints) endpoint.seen = new Set(['b', 'a', 'c']);
  expect(await check(world)).toEqual({ ...clean, outOfOrder: ['b before a'] });
});
