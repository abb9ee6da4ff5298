import {
  checkWebhookUrl as checkOperation,
  createWebhook as createOperation,
  deleteWebhook as deleteOperation,
  getWebhook as getOperation,
  listWebhooks as listOperation,
  regenerateWebhookSecret as regenerateOperation,
  revealWebhookSecret as revealOperation,
  testWebhook as testOperation,
  updateWebhook as updateOperation,
} from '@trunkline/contract/webhooks';
import {
  defaultRetryConfig,
  getRetryConfig as getRetryOperation,
  updateRetryConfig as updateRetryOperation,
} from '@trunkline/contract/retry';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answer, createDeliveryTest, fastRetries } from '../../testing/delivery-app.ts';
import type { DeliveryTest } from '../../testing/delivery-app.ts';
import { eventually } from '../../testing/eventually.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { saveEventType } from '../events/save-event-type.ts';
import { passOnOwnEvents } from '../events/pass-on-own-events.ts';
import { sendEvents } from '../events/send-events.ts';
import { checkWebhookUrl } from './check-webhook-url.ts';
import { createWebhook } from './create-webhook.ts';
import { deleteWebhook } from './delete-webhook.ts';
import { getDeliveryDetail } from './get-delivery-detail.ts';
import { getDeliveryHistory } from './get-delivery-history.ts';
import { getRetryConfig } from './get-retry-config.ts';
import { getWebhook } from './get-webhook.ts';
import { listWebhooks } from './list-webhooks.ts';
import { regenerateWebhookSecret } from './regenerate-webhook-secret.ts';
import { revealWebhookSecret } from './reveal-webhook-secret.ts';
import { testWebhook } from './test-webhook.ts';
import { updateRetryConfig } from './update-retry-config.ts';
import { updateWebhook } from './update-webhook.ts';

let test: DeliveryTest;
let organization: TestOrganization;
let other: TestOrganization;
/** Events are sent in this one only: the others have webhooks at addresses outside. */
let live: TestOrganization;

beforeAll(async () => {
  test = await createDeliveryTest();
  await test.startNode();
  organization = await test.createOrganization();
  other = await test.createOrganization();
  live = await test.createOrganization();
});
afterAll(() => test.close());
beforeEach(() => {
  test.receiver.requests.length = 0;
  test.receiver.respond = answer(200);
});

const admin = (of = organization) => test.as('system_admin', of);
const url = 'https://93.184.216.34/hooks';
const create = (extra: Partial<Parameters<typeof createWebhook>[1]> = {}) =>
  createWebhook(admin(), { name: 'Hook', url, events: ['job.created'], status: 'active', ...extra });

interface Audit {
  action: string;
  changes: Record<string, { before: unknown; after: unknown }>;
}

async function auditOf(targetId: string): Promise<Audit[]> {
  const { rows } = await test.database.pool.query<Audit>(
    'SELECT action, changes FROM audit_log WHERE target_id = $1 ORDER BY sequence',
    [targetId],
  );
  return rows;
}

describe('createWebhook', () => {
  it('stores it and shows the secret here only', async () => {
    const created = await create({ events: ['job.created', 'job.created', 'job.*'], description: 'Mine' });
    const { secret, ...webhook } = created;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhook).toMatchObject({
      name: 'Hook',
      url,
      description: 'Mine',
      events: ['job.created', 'job.*'],
      status: 'active',
      disabledReason: null,
      secretPreview: `${secret.slice(0, 10)}••••${secret.slice(-4)}`,
      retry: null,
      pending: 0,
      createdAt: new Date(test.time.now).toISOString(),
    });
    expect(await getWebhook(test.as('viewer', organization), { id: webhook.id })).toEqual(webhook);
    const { rows } = await test.database.pool.query(
      'SELECT secret_box::text AS box FROM webhooks WHERE id = $1',
      [webhook.id],
    );
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(secret).toString('hex'));
    const audit = await auditOf(webhook.id);
    expect(audit).toMatchObject([
      { action: 'webhook.created', changes: { url: { before: null, after: url }, enabled: { after: true } } },
    ]);
    expect(JSON.stringify(audit)).not.toContain(secret);
  });

  it('may be off from the start, and have its own retry policy', async () => {
    const created = await create({ status: 'disabled', retry: fastRetries });
    expect(created).toMatchObject({ status: 'disabled', disabledReason: 'person', retry: fastRetries });
  });

  it.each([
    ['not a url', 'webhook_url_invalid'],
    ['ftp://example.com/', 'webhook_url_invalid'],
    ['https://user:secret@example.com/', 'webhook_url_invalid'],
    ['http://93.184.216.34/hooks', 'webhook_url_not_https'],
    ['https://10.0.0.1/', 'webhook_url_unsafe'],
    ['https://169.254.169.254/latest', 'webhook_url_unsafe'],
    ['https://[::ffff:10.0.0.1]/', 'webhook_url_unsafe'],
    ['https://0x0a000001/', 'webhook_url_unsafe'],
  ])('refuses %s', async (bad, code) => {
    const error = await refusalOf(create({ url: bad }));
    expect([error.code, error.errors?.[0]?.pointer]).toEqual([code, '/url']);
    const { id } = await create();
    expect((await refusalOf(updateWebhook(admin(), { id, url: bad }))).code).toBe(code);
    expect(await checkWebhookUrl(admin(), { url: bad, ping: true })).toMatchObject({
      ok: false,
      code,
      ping: null,
    });
  });

  it('takes a name that does not resolve now: deliveries check the address again', async () => {
    expect((await create({ url: 'https://hooks.nowhere.invalid/x' })).url).toBe(
      'https://hooks.nowhere.invalid/x',
    );
  });
});

describe('listWebhooks', () => {
  it('gives the newest first, of this organization only', async () => {
    const own = await test.createOrganization();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      test.time.advance(1000);
      ids.unshift((await createWebhook(admin(own), { name, url, events: ['*'], status: 'active' })).id);
    }
    const { data, nextCursor } = await listWebhooks(test.as('viewer', own), { limit: 1000 });
    expect([data.map(({ id }) => id), nextCursor]).toEqual([ids, null]);
    expect((await listWebhooks(admin(other), { limit: 1000 })).data).toEqual([]);
  });

  it('gives pages without gaps or repeats', async () => {
    const own = await test.createOrganization();
    for (let index = 0; index < 5; index += 1) {
      await createWebhook(admin(own), { name: `${index}`, url, events: ['*'], status: 'active' });
    }
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listWebhooks(admin(own), { limit: 2, ...(cursor ? { cursor } : {}) });
      names.push(...page.data.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(names).toEqual(['4', '3', '2', '1', '0']);
  });
});

describe('updateWebhook', () => {
  it('changes what is given and nothing else, and records the difference', async () => {
    const before = await create({ description: 'Old', retry: fastRetries });
    test.time.advance(1000);
    const after = await updateWebhook(admin(), { id: before.id, name: 'New', description: null });
    expect(after).toMatchObject({
      name: 'New',
      description: null,
      url,
      retry: fastRetries,
      events: ['job.created'],
    });
    expect(after.updatedAt).not.toBe(before.updatedAt);
    expect((await auditOf(before.id)).at(-1)).toEqual({
      action: 'webhook.updated',
      changes: { name: { before: 'Hook', after: 'New' }, description: { before: 'Old', after: null } },
    });
    expect((await updateWebhook(admin(), { id: before.id, retry: null })).retry).toBeNull();
  });

  it('switches off and on; what waits is held and then goes out, and the switch is told', async () => {
    const { id } = await test.webhook(live, { events: ['job.created'], retry: {} });
    const told = await test.webhook(live, { path: '/told', events: ['webhook.disabled'] });
    test.receiver.respond = (request, response) =>
      answer(request.path === '/told' ? 200 : 500)(request, response);
    await sendEvents(test.apiKey(live), { type: 'job.created', data: {} });
    await eventually(async () => {
      const { data } = await getDeliveryHistory(admin(live), { webhookId: id, status: 'all', limit: 10 });
      expect(data).toMatchObject([{ status: 'retrying' }]);
    });
    const off = await updateWebhook(admin(live), { id, status: 'inactive' });
    expect(off).toMatchObject({ status: 'disabled', disabledReason: 'person' });
    await passOnOwnEvents(test.app, 10, []);
    const [notice] = await test.receiver.received(1, '/told');
    expect(JSON.parse(notice!.body)).toMatchObject({
      type: 'webhook.disabled',
      data: { webhookId: id, reason: 'person', heldDeliveries: 1, disabledBy: live.people.system_admin.name },
    });
    expect(
      (await getDeliveryHistory(admin(live), { webhookId: id, status: 'all', limit: 10 })).data,
    ).toMatchObject([{ status: 'held', nextAttemptAt: null, attemptCount: 1 }]);
    await sendEvents(test.apiKey(live), { type: 'job.created', data: {} });
    // What falls due meanwhile waits in the backlog, and flows when the webhook is on.
    await test.makeDue();
    await eventually(async () => {
      const { rows } = await test.database.pool.query(
        `SELECT due_at = 'infinity' AS held, owner FROM delivery_queue WHERE webhook_id = $1`,
        [id],
      );
      expect(rows).toEqual([{ held: true, owner: null }]);
    });
    test.receiver.respond = answer(200);
    expect(await updateWebhook(admin(live), { id, status: 'active' })).toMatchObject({
      status: 'active',
      disabledReason: null,
    });
    await test.drained(live);
    // What came while it was off was never for it.
    expect(test.receiver.at('/hook')).toHaveLength(2);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual([
      'webhook.created',
      'webhook.disabled',
      'webhook.enabled',
    ]);
    expect(told.id).toBeDefined();
  });
});

describe('deleteWebhook', () => {
  it('cancels what waits, frees its dead letters, erases the secrets, and keeps the history', async () => {
    const { id } = await test.webhook(live, { events: ['contact.deleted'], retry: {} });
    test.receiver.respond = answer(500);
    await sendEvents(test.apiKey(live), { type: 'contact.deleted', data: {} });
    const [waiting] = await eventually(async () => {
      const { data } = await getDeliveryHistory(admin(live), { webhookId: id, status: 'failed', limit: 10 });
      expect(data).toHaveLength(1);
      return data;
    });
    await test.database.pool.query(
      `INSERT INTO dead_letters (delivery_id, organization_id, webhook_id, event_id, event_type, trigger, attempts,
         response_status, failed_at, expires_at, retrying)
       SELECT id, organization_id, webhook_id, event_id, 'contact.deleted', trigger, 1, 500, now(), now(), true
       FROM delivery_queue WHERE webhook_id = $1`,
      [id],
    );
    await deleteWebhook(admin(live), { id });
    await test.drained(live);
    expect((await refusalOf(getWebhook(admin(live), { id }))).code).toBe('not_found');
    expect((await refusalOf(updateWebhook(admin(live), { id, name: 'x' }))).code).toBe('not_found');
    expect((await refusalOf(revealWebhookSecret(admin(live), { id }))).code).toBe('not_found');
    expect((await refusalOf(deleteWebhook(admin(live), { id }))).code).toBe('not_found');
    const { rows } = await test.database.pool.query(
      `SELECT secret_box, previous_secret_box, (SELECT retrying FROM dead_letters WHERE webhook_id = w.id)
       FROM webhooks w WHERE id = $1`,
      [id],
    );
    expect(rows).toEqual([{ secret_box: null, previous_secret_box: null, retrying: false }]);
    expect((await auditOf(id)).at(-1)).toMatchObject({
      action: 'webhook.deleted',
      changes: { waitingDeliveries: { before: 1, after: 0 }, url: { after: null } },
    });
    const detail = await getDeliveryHistory(admin(live), { webhookId: id, status: 'all', limit: 10 });
    expect(detail.data.every((one) => one.id !== waiting!.id || one.status !== 'retrying')).toBe(true);
  });

  it('cancels a large backlog part by part, without waiting for what the engine has under its lock', async () => {
    const { pool } = test.database;
    const { id } = await test.webhook(live, { status: 'paused' });
    await pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
       SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), 'event', 'infinity' FROM generate_series(1, 11001)`,
      [live.id, id],
    );
    await pool.query(`
      CREATE TABLE parts (number serial, rows int, lowest text, highest text);
      CREATE FUNCTION note_part() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        INSERT INTO parts (rows, lowest, highest) SELECT count(*), min(id::text), max(id::text) FROM gone;
        RETURN NULL;
      END $$;
      CREATE TRIGGER note_parts AFTER DELETE ON delivery_queue REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION note_part()`);
    const engine = await pool.connect();
    try {
      await engine.query('BEGIN');
      await engine.query(
        `SELECT FROM delivery_queue WHERE id = (
           SELECT id FROM delivery_queue WHERE webhook_id = $1 ORDER BY id DESC OFFSET 5000 LIMIT 1) FOR UPDATE`,
        [id],
      );
      await deleteWebhook(admin(live), { id });
    } finally {
      await engine.query('ROLLBACK');
      engine.release();
      await pool.query('DROP TRIGGER note_parts ON delivery_queue; DROP FUNCTION note_part');
    }
    const { rows: parts } = await pool.query<{ rows: number; lowest: string; highest: string }>(
      'DELETE FROM parts RETURNING number, rows, lowest, highest',
    );
    expect(parts.map(({ rows }) => rows)).toEqual([5_000, 5_000, 1_000]);
    // One part begins below the one before.
    const bounds = parts.flatMap(({ highest, lowest }) => [highest, lowest]);
    expect(bounds).toEqual(bounds.toSorted().toReversed());
    expect((await auditOf(id)).at(-1)).toMatchObject({
      changes: { waitingDeliveries: { before: 11_000, after: 0 } },
    });
    const { rowCount } = await pool.query('DELETE FROM delivery_queue WHERE webhook_id = $1', [id]);
    expect(rowCount).toBe(1);
    await pool.query('DROP TABLE parts');
  });
});

describe('secrets', () => {
  it('are revealed as they are and audited', async () => {
    const { id, secret } = await create();
    expect(await revealWebhookSecret(admin(), { id })).toEqual({ secret });
    const next = await regenerateWebhookSecret(admin(), { id, overlapSeconds: 3600 });
    expect(next.secret).not.toBe(secret);
    expect(next.previousSecretExpiresAt).toBe(new Date(test.time.now + 3_600_000).toISOString());
    expect(await revealWebhookSecret(admin(), { id })).toEqual({ secret: next.secret });
    expect(await getWebhook(admin(), { id })).toMatchObject({
      previousSecretExpiresAt: next.previousSecretExpiresAt,
    });
    const audit = await auditOf(id);
    expect(audit.map(({ action }) => action)).toEqual([
      'webhook.created',
      'webhook.secret_revealed',
      'webhook.secret_regenerated',
      'webhook.secret_revealed',
    ]);
    for (const one of [secret, next.secret]) expect(JSON.stringify(audit)).not.toContain(one);
  });
});

describe('secrets that overlap', () => {
  const signed = async (of: TestOrganization, secret: string) => {
    test.receiver.requests.length = 0;
    await sendEvents(test.apiKey(of), { type: 'contact.created', data: {} });
    const { body, headers } = (await test.receiver.received(1))[0]!;
    const tokens = headers['webhook-signature']!.split(' ').length;
    try {
      new StandardWebhook(secret).verify(body, headers);
      return { tokens, valid: true };
    } catch {
      return { tokens, valid: false };
    }
  };

  it('are each valid until their own end, however often a new one is made meanwhile', async () => {
    const { id, secret } = await test.webhook(live, { events: ['contact.created'] });
    const made = [secret];
    const rotate = async (overlapSeconds: number) =>
      made.push((await regenerateWebhookSecret(admin(live), { id, overlapSeconds })).secret);
    await rotate(3600);
    await rotate(60);
    await rotate(7200);
    expect(await getWebhook(admin(live), { id })).toMatchObject({
      previousSecrets: 3,
      previousSecretExpiresAt: new Date(test.time.now + 7_200_000).toISOString(),
    });
    for (const each of made) expect(await signed(live, each)).toEqual({ tokens: 4, valid: true });
    test.time.advance(61_000);
    expect(await signed(live, made[1]!)).toEqual({ tokens: 3, valid: false });
    expect(await signed(live, made[0]!)).toEqual({ tokens: 3, valid: true });
    await rotate(60);
    await rotate(60);
    const refusal = await refusalOf(regenerateWebhookSecret(admin(live), { id, overlapSeconds: 60 }));
    expect([refusal.code, refusal.message]).toEqual(['conflict', expect.stringContaining('5 secrets')]);
    await rotate(0);
    expect(await getWebhook(admin(live), { id })).toMatchObject({
      previousSecrets: 0,
      previousSecretExpiresAt: null,
    });
    expect(await signed(live, made.at(-1)!)).toEqual({ tokens: 1, valid: true });
    expect(await signed(live, made.at(-2)!)).toEqual({ tokens: 1, valid: false });
    await deleteWebhook(admin(live), { id });
  });
});

describe('testWebhook', () => {
  it('sends the example once and shows request and response, also of a webhook that is off', async () => {
    const { id, secret } = await test.webhook(organization, {
      status: 'inactive',
      path: '/test',
      events: ['job.x'],
    });
    test.receiver.respond = answer(500, { 'x-answer': 'yes' }, 'nope');
    const result = await testWebhook(admin(), { id, eventType: 'job.created' });
    expect(result).toMatchObject({
      success: false,
      responseStatus: 500,
      error: { code: 'http_error' },
      response: { status: 500, body: 'nope', truncated: false, headers: { 'x-answer': 'yes' } },
    });
    const [request] = test.receiver.at('/test');
    expect(test.receiver.at('/test')).toHaveLength(1);
    expect(result.request.body).toBe(request!.body);
    for (const [name, value] of Object.entries(result.request.headers)) {
      expect(request!.headers[name.toLowerCase()]).toBe(value);
    }
    expect(() => new StandardWebhook(secret).verify(request!.body, request!.headers)).not.toThrow();
    const detail = await getDeliveryDetail(admin(), { deliveryId: result.deliveryId });
    expect(detail).toMatchObject({ status: 'failed', trigger: 'test', attemptCount: 1, nextAttemptAt: null });
    expect(detail.request).toEqual(result.request);
    expect((await auditOf(id)).at(-1)).toMatchObject({ action: 'webhook.tested' });
  });

  it('uses the example of an own event type, and says when nothing answers', async () => {
    await saveEventType(admin(), {
      name: 'invoice.paid',
      group: 'Custom',
      description: 'Paid',
      schema: {},
      example: { total: 12 },
    });
    const { id } = await test.webhook(organization, { path: '/own', status: 'inactive' });
    const result = await testWebhook(admin(), { id, eventType: 'invoice.paid' });
    expect([result.success, JSON.parse(result.request.body)]).toMatchObject([true, { data: { total: 12 } }]);
    const silent = await test.webhook(organization, { url: 'http://127.0.0.9:1/', status: 'inactive' });
    expect(await testWebhook(admin(), { id: silent.id, eventType: 'job.created' })).toMatchObject({
      success: false,
      responseStatus: null,
      error: { code: 'connect' },
      response: null,
    });
    expect((await refusalOf(testWebhook(admin(other), { id, eventType: 'job.created' }))).code).toBe(
      'not_found',
    );
  });
});

describe('checkWebhookUrl', () => {
  it('pings with a signature and stores nothing', async () => {
    const ok = await checkWebhookUrl(admin(), { url: test.receiver.url('/ping'), ping: true });
    expect(ok).toMatchObject({ ok: true, code: null, ping: { responseStatus: 200, error: null } });
    expect(test.receiver.at('/ping')[0]!.headers).toMatchObject({ 'x-trunkline-event': 'webhook.ping' });
    test.receiver.respond = answer(404);
    expect(await checkWebhookUrl(admin(), { url: test.receiver.url('/ping'), ping: true })).toMatchObject({
      ok: true,
      code: null,
      ping: { responseStatus: 404 },
    });
    test.receiver.respond = answer(502);
    expect(await checkWebhookUrl(admin(), { url: test.receiver.url('/ping'), ping: true })).toMatchObject({
      ok: true,
      code: 'webhook_url_unreachable',
      ping: { responseStatus: 502 },
    });
    expect(await checkWebhookUrl(admin(), { url: 'http://127.0.0.9:1/', ping: true })).toMatchObject({
      ok: true,
      code: 'webhook_url_unreachable',
      ping: { responseStatus: null },
    });
    expect(await checkWebhookUrl(admin(), { url: test.receiver.url('/quiet'), ping: false })).toMatchObject({
      ok: true,
      ping: null,
    });
    expect(test.receiver.at('/quiet')).toEqual([]);
    expect(
      await checkWebhookUrl(admin(), { url: 'https://no.such.name.invalid/', ping: true }),
    ).toMatchObject({
      ok: true,
      code: 'webhook_url_unreachable',
      ping: null,
    });
  });
});

describe('the retry settings', () => {
  it('start with the defaults and are changed as a whole, under both names of the delay', async () => {
    const own = await test.createOrganization();
    expect(await getRetryConfig(test.as('viewer', own), {})).toEqual({
      ...defaultRetryConfig,
      fixedDelaySeconds: 5,
    });
    const input = {
      retryStrategy: 'linear',
      maxRetries: 7,
      maxDelaySeconds: 600,
      enableJitter: false,
      enableDlq: false,
    } as const;
    const changed = await updateRetryConfig(admin(own), {
      ...input,
      fixedDelaySeconds: 30,
      dlqRetentionDays: 3,
    });
    expect(changed).toEqual({
      ...input,
      initialDelaySeconds: 30,
      fixedDelaySeconds: 30,
      dlqRetentionDays: 3,
    });
    expect(await updateRetryConfig(admin(own), { ...input, maxRetries: 8 })).toEqual({
      ...changed,
      maxRetries: 8,
    });
    const error = await refusalOf(updateRetryConfig(admin(own), { ...input, initialDelaySeconds: 601 }));
    expect([error.code, error.errors?.[0]?.pointer]).toEqual(['invalid_input', '/maxDelaySeconds']);
    const { rows } = await test.database.pool.query<Audit>(
      `SELECT action, changes FROM audit_log WHERE organization_id = $1 AND action LIKE 'retry%' ORDER BY sequence`,
      [own.id],
    );
    expect(rows).toHaveLength(2);
    expect(rows[1]!.changes).toEqual({ maxRetries: { before: 7, after: 8 } });
    expect(await getRetryConfig(admin(other), {})).toMatchObject({ maxRetries: 3 });
  });
});

it('refuses everybody whom the permissions exclude, and hides what belongs to others', async () => {
  const { id } = await create();
  const calls = {
    list: [listOperation, (ctx) => listWebhooks(ctx, { limit: 1000 })],
    get: [getOperation, (ctx) => getWebhook(ctx, { id })],
    create: [
      createOperation,
      (ctx) => createWebhook(ctx, { name: 'x', url, events: ['*'], status: 'active' }),
    ],
    update: [updateOperation, (ctx) => updateWebhook(ctx, { id, name: 'x' })],
    delete: [deleteOperation, (ctx) => deleteWebhook(ctx, { id })],
    regenerate: [regenerateOperation, (ctx) => regenerateWebhookSecret(ctx, { id, overlapSeconds: 0 })],
    reveal: [revealOperation, (ctx) => revealWebhookSecret(ctx, { id })],
    test: [testOperation, (ctx) => testWebhook(ctx, { id, eventType: 'job.created' })],
    check: [checkOperation, (ctx) => checkWebhookUrl(ctx, { url, ping: false })],
    getRetry: [getRetryOperation, (ctx) => getRetryConfig(ctx, {})],
    updateRetry: [updateRetryOperation, (ctx) => updateRetryConfig(ctx, { ...fastRetries, enableDlq: true })],
  } satisfies Record<string, [Parameters<typeof expectRefusals>[2], Parameters<typeof expectRefusals>[3]]>;
  for (const [operation, call] of Object.values(calls))
    await expectRefusals(test, organization, operation, call);
  for (const name of ['get', 'update', 'delete', 'regenerate', 'reveal', 'test'] as const) {
    expect([name, (await refusalOf(calls[name][1](admin(other)))).code]).toEqual([name, 'not_found']);
  }
  expect(await getWebhook(admin(), { id })).toMatchObject({ name: 'Hook', status: 'active' });
});
