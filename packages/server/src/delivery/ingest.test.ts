import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createUuid7 } from '../lib/uuid7.ts';
import { createDeliveryTest } from '../testing/delivery-app.ts';
import type { DeliveryTest } from '../testing/delivery-app.ts';
import { createSamples } from '../testing/sample-data.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import { Ingest } from './ingest.ts';
import type { FreshDelivery, IngestOptions, NewEvent } from './ingest.ts';

const nodeId = '01900000-0000-7000-8000-0000000000aa';

let test: DeliveryTest;
let one: TestOrganization;
let two: TestOrganization;
let webhooks: Record<string, string>;
const uuid7 = createUuid7(() => Date.now(), randomBytes);

beforeAll(async () => {
  test = await createDeliveryTest();
});
afterAll(() => test.close());
beforeEach(async () => {
  one = await test.createOrganization();
  two = await test.createOrganization();
  webhooks = {};
  for (const [name, organization, events, status] of [
    ['jobs', one, ['job.*'], 'active'],
    ['all', one, ['*'], 'active'],
    ['paused', one, ['job.created'], 'paused'],
    ['off', one, ['*'], 'inactive'],
    ['other', two, ['job.created'], 'active'],
  ] as const) {
    const { id } = await test.webhook(organization, { path: `/${name}`, events: [...events], status });
    webhooks[name] = id;
  }
});

const event = (organization: TestOrganization, type: string, more: Partial<NewEvent> = {}): NewEvent => ({
  id: uuid7(),
  organizationId: organization.id,
  key: null,
  type,
  subject: null,
  body: `{"type":"${type}"}`,
  ...more,
});

function ingestWith(options: Partial<IngestOptions> = {}): { ingest: Ingest; fresh: FreshDelivery[] } {
  const fresh: FreshDelivery[] = [];
  const ingest = new Ingest({
    pool: test.database.pool,
    nodeId,
    leaseSeconds: 30,
    mayLease: () => true,
    onFailed: () => undefined,
    onFresh: (deliveries) => fresh.push(...deliveries),
    onQueuedUp: () => undefined,
    ...options,
  });
  return { ingest, fresh };
}

/** `webhook type owner`, sorted; held deliveries say so. */
async function queued(events: readonly NewEvent[]): Promise<string[]> {
  const { rows } = await test.database.pool.query<{
    webhook: string;
    type: string;
    owned: boolean;
    held: boolean;
  }>(
    `SELECT q.webhook_id AS webhook, e.type, q.owner = $2 AND q.claims = 1 AND q.due_at > now() AS owned,
       q.owner IS NULL AND q.claims = 0 AND q.due_at = 'infinity' AS held
     FROM delivery_queue q JOIN events e ON e.id = q.event_id AND e.organization_id = q.organization_id
     WHERE q.event_id = ANY ($1::uuid[])`,
    [events.map(({ id }) => id), nodeId],
  );
  return rows
    .map(
      ({ webhook, type, owned, held }) =>
        `${nameOf(webhook)} ${type} ${owned ? 'leased' : held ? 'held' : 'waits'}`,
    )
    .toSorted();
}

const nameOf = (webhookId: string) => Object.keys(webhooks).find((name) => webhooks[name] === webhookId);

describe.each([
  ['without ids and subjects of their callers', () => ({})],
  ['with ids', () => ({ key: uuid7() })],
  ['with subjects', () => ({ subject: 'job-1' })],
])('a batch of events %s', (_, more) => {
  const batch = () => [
    event(one, 'job.created', more()),
    event(two, 'job.created', more()),
    event(one, 'contact.created', more()),
    event(two, 'contact.created', more()),
    event(one, 'job.created', more()),
  ];

  it('is matched by organization and type, and leased to this node unless the endpoint does not flow', async () => {
    const events = batch();
    const { ingest, fresh } = ingestWith();
    expect(await ingest.accept(events)).toEqual(new Set());
    expect(await queued(events)).toEqual([
      'all contact.created leased',
      'all job.created leased',
      'all job.created leased',
      'jobs job.created leased',
      'jobs job.created leased',
      'other job.created leased',
      'paused job.created held',
      'paused job.created held',
    ]);
    const sent = fresh.map(({ webhookId, event: { id, organizationId, body } }) => ({
      webhookId,
      id,
      organizationId,
      body,
    }));
    expect(sent).toHaveLength(6);
    for (const { webhookId, id, organizationId, body } of sent) {
      expect(events.find((e) => e.id === id)).toMatchObject({ organizationId, body });
      expect(nameOf(webhookId)).not.toBe('paused');
    }
  });

  it('is left for a claim when this node has enough in hand', async () => {
    const events = batch();
    const { ingest, fresh } = ingestWith({ mayLease: () => false });
    await ingest.accept(events);
    expect(fresh).toEqual([]);
    expect(await queued(events)).toEqual([
      'all contact.created waits',
      'all job.created waits',
      'all job.created waits',
      'jobs job.created waits',
      'jobs job.created waits',
      'other job.created waits',
      'paused job.created held',
      'paused job.created held',
    ]);
  });

  it('is stored whole where nobody listens', async () => {
    const events = [event(two, 'nothing.heard', more()), event(two, 'nothing.said', more())];
    const { ingest, fresh } = ingestWith();
    await ingest.accept(events);
    const { rows } = await test.database.pool.query<{ id: string; body: string; type: string }>(
      'SELECT id, type, body FROM events WHERE organization_id = $1 ORDER BY id',
      [two.id],
    );
    expect(rows).toEqual(events.map(({ id, type, body }) => ({ id, type, body })));
    expect(fresh).toEqual([]);
  });
});

describe.each([
  ['without ids and subjects of their callers', () => ({})],
  ['with ids', () => ({ key: uuid7() })],
  ['with subjects', () => ({ subject: 'job-1' })],
])('events %s', (_, more) => {
  it('set off an automation that was made a moment ago elsewhere, and are stored once', async () => {
    const statements: string[] = [];
    const pool = {
      query: (query: { name: string; text: string }) => {
        statements.push(query.name);
        return test.database.pool.query(query);
      },
    };
    const { ingest, fresh } = ingestWith({ pool: pool as unknown as IngestOptions['pool'] });
    const batch = () => [event(one, 'job.created', more()), event(two, 'job.created', more())];
    await ingest.accept(batch());
    expect(await runs()).toEqual([]);
    const automation = await createSamples(test, one, {
      marker: 'm',
      url: 'http://127.0.0.1:9',
    }).automation();
    statements.length = 0;
    const before = fresh.length;
    const [first, second] = [batch(), batch()];
    expect(await ingest.accept(first)).toEqual(new Set());
    await ingest.accept(second);
    expect(await runs()).toEqual([`${automation} ${first[0]!.id}`, `${automation} ${second[0]!.id}`]);
    // Each once at each webhook; those of a line wait behind their first.
    expect((await queued(first)).map((line) => line.split(' ')[0])).toEqual([
      'all',
      'jobs',
      'other',
      'paused',
    ]);
    expect(fresh.slice(before).filter(({ event: { id } }) => id === first[0]!.id).length).toBe(2);
    // The organization is remembered, and others go on without.
    expect(statements.map((name) => name === 'ingest_and_trigger')).toEqual([false, true, true]);
    await ingest.accept([event(two, 'job.created', more())]);
    expect(statements.at(-1)).not.toBe('ingest_and_trigger');
  });
});

/** `automation event` of every run, in the order of the events. */
async function runs(): Promise<string[]> {
  const { rows } = await test.database.pool.query<{ run: string }>(
    `SELECT automation_id || ' ' || event_id AS run FROM automation_runs WHERE organization_id = ANY($1) ORDER BY event_id`,
    [[one.id, two.id]],
  );
  return rows.map(({ run }) => run);
}

it('events are refused by their size, and share a statement by it', async () => {
  const sizes: number[] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const pool = {
    query: async (query: { values: Buffer[] }) => {
      sizes.push(query.values[0]!.readInt32BE(12));
      await held;
      return { rows: [] };
    },
  };
  const { ingest } = ingestWith({ pool: pool as unknown as IngestOptions['pool'] });
  const body = 'x'.repeat(262_144);
  const accepted: Promise<unknown>[] = [];
  const refused: unknown[] = [];
  for (let n = 0; n < 1_000; n += 1)
    accepted.push(
      ingest.accept([event(one, 'job.created', { body })]).catch((error: unknown) => refused.push(error)),
    );
  await new Promise((resolve) => setImmediate(resolve));
  // 20,000 units of 8 KiB, 33 each; two statements of 2,000 units went off.
  expect(refused.length).toBe(1_000 - Math.floor(20_000 / 33));
  expect(refused[0]).toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
  release();
  await Promise.all(accepted);
  expect(Math.max(...sizes)).toBe(Math.floor(2_000 / 33));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(Math.floor(20_000 / 33));
});

it('events that come while a statement runs share one, or go beside it when they are many', async () => {
  const sizes: number[] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const pool = {
    query: async (query: { values: Buffer[] }) => {
      sizes.push(query.values[0]!.readInt32BE(12));
      await held;
      return { rows: [] };
    },
  };
  const { ingest } = ingestWith({ pool: pool as unknown as IngestOptions['pool'] });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const accepted = [ingest.accept([event(one, 'job.created')])];
  await turn();
  accepted.push(ingest.accept([event(one, 'job.created')]), ingest.accept([event(one, 'job.created')]));
  await turn();
  expect(sizes).toEqual([1]);
  accepted.push(ingest.accept(Array.from({ length: 126 }, () => event(one, 'job.created'))));
  await turn();
  expect(sizes).toEqual([1, 128]);
  accepted.push(ingest.accept(Array.from({ length: 40 }, () => event(one, 'job.created'))));
  await turn();
  expect(sizes).toEqual([1, 128]);
  release();
  await Promise.all(accepted);
  expect(sizes).toEqual([1, 128, 40]);
});
