import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSamples } from '../../testing/sample-data.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { explanations } from './explanations.ts';
import { getEvent } from './get-event.ts';
import { listUndelivered } from './list-undelivered.ts';
import { firstDeliveryIds } from './rules.ts';

// No engine runs here, so that rows stay as they are laid.
let test: TestApp;
let organization: TestOrganization;
let webhookId: string;

beforeAll(async () => {
  test = await createTestApp();
  organization = await test.createOrganization();
  const samples = createSamples(test, organization, { marker: 'm', url: 'http://127.0.0.1:9' });
  webhookId = await samples.webhook();
  for (const key of keys) await waiting(key);
});
afterAll(() => test.close());

const keys = ['one', 'two', 'three'];
const hourAhead = () => new Date(Date.now() + 3_600_000);

async function query(sql: string, values: unknown[] = []) {
  await test.database.pool.query(sql, values);
}

/** An event in the backlog of the webhook. */
async function waiting(key: string) {
  test.time.advance(1);
  const eventId = test.app.newId();
  const deliveryId = firstDeliveryIds(eventId).from.slice(0, 19) + test.app.newId().slice(19);
  await query(
    `WITH stored AS (INSERT INTO events (id, organization_id, key, type, body) VALUES ($1, $2, $3, 'job.created', '{}')),
       keyed AS (INSERT INTO event_keys (organization_id, key, event_id) VALUES ($2, $3, $1))
     INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
     VALUES ($4, $2, $5, $1, 'event', 'infinity')`,
    [eventId, organization.id, key, deliveryId, webhookId],
  );
}

const webhookIs = (assignment: string) =>
  query(`UPDATE webhooks SET ${assignment} WHERE id = $1`, [webhookId]);

const queueIs = (key: string, assignment: string, values: unknown[] = []) =>
  query(
    `UPDATE delivery_queue SET ${assignment} WHERE event_id = (SELECT event_id FROM event_keys WHERE key = $1)`,
    [key, ...values],
  );

async function entryOf(eventId: string) {
  const { entries } = await getEvent(test.as('viewer', organization), { eventId });
  expect(entries).toMatchObject([
    { webhookId, outcome: 'waiting', attemptCount: expect.any(Number) as number },
  ]);
  const [entry] = entries;
  expect(entry!.explanation).toBe(explanations[entry!.reason]);
  return entry!;
}

const reasons = () => Promise.all(keys.map(async (key) => (await entryOf(key)).reason));

it('waits for its turn, with the time that it has', async () => {
  expect(await entryOf('one')).toMatchObject({ reason: 'queued', at: null });
  const soon = hourAhead();
  await queueIs('one', 'due_at = $2', [soon]);
  expect(await entryOf('one')).toMatchObject({ reason: 'queued', at: soon.toISOString() });
  await queueIs('one', 'attempts = 1, due_at = $2', [soon]);
  expect(await entryOf('one')).toMatchObject({ reason: 'retry_scheduled', at: soon.toISOString() });
  // Attempts of an earlier round are no retry of this one.
  await queueIs('one', 'attempts_before = 1');
  expect(await entryOf('one')).toMatchObject({ reason: 'queued', attemptCount: 1 });
});

it('is on its way only while its lease holds', async () => {
  await queueIs('one', 'owner = $2, due_at = $3', [test.app.newId(), hourAhead()]);
  expect(await entryOf('one')).toMatchObject({ reason: 'sending', at: null });
  await queueIs('one', `due_at = now() - interval '1 second'`);
  expect(await entryOf('one')).toMatchObject({ reason: 'queued', at: null });
  await queueIs('one', `owner = NULL, attempts = 0, attempts_before = 0, due_at = 'infinity'`);
});

it('waits for a webhook that does not flow', async () => {
  await webhookIs('circuit_open = true');
  expect(await entryOf('one')).toMatchObject({ reason: 'circuit_open', at: null });
  await webhookIs('paused = true');
  expect(await entryOf('one')).toMatchObject({ reason: 'paused', at: null });
  await webhookIs('enabled = false');
  expect(await entryOf('one')).toMatchObject({ reason: 'disabled', at: null });
  const page = await listUndelivered(test.as('viewer', organization), {
    since: '2026-01-01T00:00:00Z',
    limit: 50,
    outcome: 'waiting',
  });
  expect(page.data.map(({ eventId, reason }) => [eventId, reason])).toEqual([
    ['three', 'disabled'],
    ['two', 'disabled'],
    ['one', 'disabled'],
  ]);
  await webhookIs('enabled = true, paused = false, circuit_open = false');
});

it('waits behind its subject, where the webhook keeps an order', async () => {
  await queueIs('one', `subject = 'job/1'`);
  await queueIs('two', `subject = 'job/1'`);
  await queueIs('three', `subject = 'job/2'`);
  expect(await reasons()).toEqual(['queued', 'queued', 'queued']);
  await webhookIs(`ordering = 'skip'`);
  expect(await reasons()).toEqual(['queued', 'in_line', 'queued']);
  // The head of a line is the one that was attempted, whatever its age.
  await queueIs('two', 'attempts = 1');
  expect(await reasons()).toEqual(['in_line', 'queued', 'queued']);
  await query(
    `INSERT INTO dead_letters (delivery_id, organization_id, webhook_id, event_id, event_type, trigger, attempts,
       response_status, failed_at, expires_at, subject)
     SELECT $1, organization_id, webhook_id, event_id, 'job.created', 'event', 1, 500, now(),
       now() + interval '1 day', 'job/2'
     FROM delivery_queue WHERE subject = 'job/2'`,
    [test.app.newId()],
  );
  expect(await reasons()).toEqual(['in_line', 'queued', 'queued']);
  await webhookIs(`ordering = 'park'`);
  expect(await reasons()).toEqual(['in_line', 'queued', 'parked']);
  // Once it is retried, it is an earlier event like any other.
  await query('UPDATE dead_letters SET retrying = true');
  expect(await reasons()).toEqual(['in_line', 'queued', 'queued']);
});
