import { mostInBulk, startActionBulk as operation } from '@trunkline/contract/action-bulks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { Actions } from '../../workers/actions.ts';
import { cancelActionBulk } from './cancel-action-bulk.ts';
import { cancelAction } from './cancel-action.ts';
import { removeOldActions } from './claim-actions.ts';
import { getActionBulk } from './get-action-bulk.ts';
import { listActionBulks } from './list-action-bulks.ts';
import { listActions } from './list-actions.ts';
import { retryActionBulk } from './retry-action-bulk.ts';
import { runAction } from './run-action.ts';
import { startActionBulk } from './start-action-bulk.ts';

let world: ActionWorld;
let organization: TestOrganization;

beforeAll(async () => {
  world = await startActionWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  organization = await world.createOrganization();
  await world.connect(organization, 'sendgrid');
});
afterEach(() => world.sandbox.setCondition('sendgrid', 'healthy'));

let count = 0;
const message = (fields: Record<string, unknown> = {}) => ({
  to: 'jane@example.com',
  subject: `Bulk ${(count += 1)}`,
  text: 'Hello',
  ...fields,
});
const bulkOf = (inputs: Record<string, unknown>[], more: Record<string, unknown> = {}) => ({
  capability: 'email.send' as const,
  inputs,
  ...more,
});

function asKey(headers: Record<string, string> = {}): Ctx {
  const ctx = world.apiKey(organization);
  for (const [name, value] of Object.entries(headers)) ctx.request.headers.set(name, value);
  return ctx;
}

const sent = (subject: string) =>
  world.sandbox.sent('sendgrid').filter(({ data }) => data['subject'] === subject).length;
const later = () => new Date(Date.now() + 3_600_000).toISOString();
const audited = async () => {
  const { rows } = await world.app.pool.query<{ action: string }>(
    `SELECT action FROM audit_log WHERE organization_id = $1 AND action LIKE 'action%' ORDER BY sequence`,
    [organization.id],
  );
  return rows.map(({ action }) => action);
};

it('does each of many once, on two nodes, and says how far it is', async () => {
  const inputs = Array.from({ length: 120 }, () => message());
  const started = await startActionBulk(asKey(), bulkOf(inputs));
  expect(started).toMatchObject({ total: 120, unfinished: 120, counts: { queued: 120 }, retryable: 0 });
  await Promise.all([new Actions(world.app).run(), new Actions(world.app).run()]);
  const done = await getActionBulk(asKey(), { id: started.id });
  expect(done).toMatchObject({ unfinished: 0, counts: { succeeded: 120, queued: 0 } });
  for (const { subject } of inputs) expect(sent(subject)).toBe(1);
  expect((await listActionBulks(asKey(), { limit: 10 })).data).toEqual([done]);
  expect((await listActions(asKey(), { limit: 100, bulkId: started.id })).data).toHaveLength(100);
  expect(await audited()).toEqual(['action_bulk.started']);
});

it('takes none when one is wrong, and says which', async () => {
  const inputs = [message(), message({ to: 'nobody' }), message({ more: 1 })];
  const error: unknown = await startActionBulk(asKey(), bulkOf(inputs)).catch((thrown: unknown) => thrown);
  expect(JSON.stringify(error)).toMatch(/"inputs",1,"to"|inputs.*1.*to/);
  expect((await listActions(asKey(), { limit: 10 })).data).toEqual([]);
  await expectRefusals(world, organization, operation, (ctx) => startActionBulk(ctx, bulkOf([message()])));
  const other = await world.createOrganization();
  const foreign = await world.connect(other, 'sendgrid');
  const refused = startActionBulk(asKey(), bulkOf([message()], { integrationId: foreign }));
  expect((await refusalOf(refused)).code).toBe('not_found');
});

it('answers the same for the same key, and gives each action a key of its own', async () => {
  const headers = { 'idempotency-key': 'mailing 7' };
  const inputs = [message(), message()];
  const all = await Promise.all([1, 2, 3].map(() => startActionBulk(asKey(headers), bulkOf(inputs))));
  expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  expect((await refusalOf(startActionBulk(asKey(headers), bulkOf([message()])))).code).toBe(
    'idempotency_mismatch',
  );
  await new Actions(world.app).run();
  const again = await runAction(asKey({ 'idempotency-key': 'mailing 7/1' }), {
    capability: 'email.send',
    ...inputs[1],
  });
  expect(again).toMatchObject({ status: 'succeeded', bulkId: all[0]!.id });
  expect(sent(inputs[1]!.subject)).toBe(1);
});

it('tries the failed ones again, while what they were to send is kept, and no others', async () => {
  world.sandbox.setCondition('sendgrid', 'revoked');
  const inputs = [message(), message({ from: 'someone@elsewhere.example' })];
  const { id } = await startActionBulk(asKey(), bulkOf(inputs));
  // What nobody waits for is tried for hours; it is given up at once here.
  const lastRound = () => world.app.pool.query('UPDATE actions SET rounds = 99 WHERE bulk_id = $1', [id]);
  await lastRound();
  await new Actions(world.app).run();
  expect(await getActionBulk(asKey(), { id })).toMatchObject({ counts: { failed: 2 }, retryable: 2 });
  world.sandbox.setCondition('sendgrid', 'healthy');
  expect(await retryActionBulk(asKey(), { id })).toMatchObject({ unfinished: 2 });
  await lastRound();
  await new Actions(world.app).run();
  expect(await getActionBulk(asKey(), { id })).toMatchObject({ counts: { succeeded: 1, failed: 1 } });
  expect(sent(inputs[0]!.subject)).toBe(1);
  await world.app.pool.query(
    `UPDATE actions SET finished_at = finished_at - interval '25 hours' WHERE bulk_id = $1`,
    [id],
  );
  await removeOldActions(world.app);
  expect(await retryActionBulk(asKey(), { id })).toMatchObject({ unfinished: 0, retryable: 0 });
  expect(await audited()).toEqual(['action_bulk.started', 'action_bulk.retried', 'action_bulk.retried']);
});

it('cancels the rest, and nothing that was done', async () => {
  const first = await startActionBulk(asKey(), bulkOf([message()]));
  await new Actions(world.app).run();
  const inputs = [message(), message()];
  const { id } = await startActionBulk(asKey(), bulkOf(inputs, { sendAt: later() }));
  expect((await listActions(asKey(), { limit: 10, only: 'scheduled' })).data).toHaveLength(2);
  expect(await cancelActionBulk(asKey(), { id })).toMatchObject({ unfinished: 0, counts: { cancelled: 2 } });
  expect((await listActions(asKey(), { limit: 10, only: 'scheduled' })).data).toEqual([]);
  expect(await cancelActionBulk(asKey(), { id: first.id })).toMatchObject({ counts: { succeeded: 1 } });
  await world.app.pool.query('UPDATE actions SET due_at = now() WHERE isfinite(due_at)');
  await new Actions(world.app).run();
  for (const { subject } of inputs) expect(sent(subject)).toBe(0);
});

it('cancels one that waits for its time, and keeps nothing of it; never one that has ended', async () => {
  const { id, sendAt, dueAt } = await runAction(asKey(), {
    capability: 'email.send',
    ...message(),
    sendAt: later(),
  });
  expect(sendAt).toBe(dueAt);
  expect(await cancelAction(asKey(), { id })).toMatchObject({ status: 'cancelled', dueAt: null });
  const { rows } = await world.app.pool.query('SELECT FROM actions WHERE id = $1 AND input_box IS NULL', [
    id,
  ]);
  expect(rows).toHaveLength(1);
  expect((await refusalOf(cancelAction(asKey(), { id }))).code).toBe('conflict');
  const done = await runAction(asKey(), { capability: 'email.send', ...message() });
  expect((await refusalOf(cancelAction(asKey(), { id: done.id }))).code).toBe('conflict');
});

it('calls no cancellation what may have arrived', async () => {
  world.sandbox.setCondition('sendgrid', 'answerLost');
  const { id } = await runAction(asKey({ prefer: 'respond-async' }), {
    capability: 'email.send',
    ...message(),
  });
  await new Actions(world.app).run();
  await world.app.pool.query(
    `UPDATE actions SET state = 'queued', due_at = now() + interval '1 hour' WHERE id = $1`,
    [id],
  );
  expect(await cancelAction(asKey(), { id })).toMatchObject({ status: 'ambiguous' });
});

describe('over REST', () => {
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    world.http.call('POST', `/api/v1/actions/${path}`, {
      body,
      headers: { authorization: `Bearer ${organization.apiKey}`, ...headers },
    });
  const get = (path: string) =>
    world.http.call('GET', `/api/v1/actions${path}`, {
      headers: { authorization: `Bearer ${organization.apiKey}` },
    });

  it('takes a thousand at once, and none of one more', async () => {
    const inputs = Array.from({ length: mostInBulk + 1 }, () => message());
    const tooMany = await post('bulk', bulkOf(inputs));
    expect([tooMany.status, tooMany.json]).toMatchObject([422, { code: 'invalid_input' }]);
    expect((await get('?limit=1')).json).toMatchObject({ data: [] });
    const taken = await post('bulk', bulkOf(inputs.slice(1), { sendAt: later() }));
    expect([taken.status, taken.json]).toMatchObject([
      202,
      { total: mostInBulk, counts: { queued: mostInBulk } },
    ]);
    const { id } = taken.json as { id: string };
    await world.app.pool.query('UPDATE actions SET due_at = now() WHERE bulk_id = $1', [id]);
    await new Actions(world.app).run();
    expect((await get(`/bulk/${id}`)).json).toMatchObject({
      unfinished: 0,
      counts: { succeeded: mostInBulk },
    });
    expect([inputs[0], inputs[1], inputs.at(-1)].map((input) => sent(input!.subject))).toEqual([0, 1, 1]);
  }, 60_000);

  it('answers 202 at once where nobody waits, and says later what came of it', async () => {
    const input = message();
    const asked = await post('email.send', input, { prefer: 'respond-async, wait=10' });
    expect([asked.status, asked.json]).toMatchObject([202, { status: 'queued', attempts: [] }]);
    const { id } = asked.json as { id: string };
    expect(sent(input.subject)).toBe(0);
    await new Actions(world.app).run();
    const done = await get(`/${id}`);
    expect([done.status, done.json]).toMatchObject([200, { id, status: 'succeeded' }]);
    expect(sent(input.subject)).toBe(1);
    // Whoever waits is told at once.
    expect(await post('email.send', message())).toMatchObject({ status: 200, json: { status: 'succeeded' } });
  });
});
