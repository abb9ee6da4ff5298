import { createInboundSource as createOperation } from '@trunkline/contract/inbound';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { createSamples } from '../../testing/sample-data.ts';
import type { Samples } from '../../testing/sample-data.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { listAudit } from '../audit/list-audit.ts';
import { addSuppression } from './add-suppression.ts';
import { createInboundSource } from './create-inbound-source.ts';
import { deleteInboundSource } from './delete-inbound-source.ts';
import { getInboundMessage } from './get-inbound-message.ts';
import { getInboundSettings } from './get-inbound-settings.ts';
import { getInboundSource } from './get-inbound-source.ts';
import { listInboundMessages } from './list-inbound-messages.ts';
import { listInboundSources } from './list-inbound-sources.ts';
import { listSuppressions } from './list-suppressions.ts';
import { removeSuppression } from './remove-suppression.ts';
import { replaceInboundKey } from './replace-inbound-key.ts';
import { reprocessInbound } from './reprocess-inbound.ts';
import { updateInboundSettings } from './update-inbound-settings.ts';
import { updateInboundSource } from './update-inbound-source.ts';

let test: TestApp;
let organization: TestOrganization;
let samples: Samples;
let ctx: Ctx;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  organization = await test.createOrganization();
  samples = createSamples(test, organization, { marker: 'inbound', url: 'http://127.0.0.1:9' });
  ctx = test.as('system_admin', organization);
});

const create = (input: object) => createInboundSource(ctx, createOperation.input.parse(input));

describe('a source', () => {
  it('of any sender has an address that cannot be guessed and a key that is shown once', async () => {
    const { key, ...source } = await create({ provider: 'generic', name: 'Robots' });
    expect(source).toMatchObject({ provider: 'generic', keyFrom: 'source', keyLabel: 'Shared secret' });
    expect(source.url).toMatch(/^http:\/\/trunkline\.test\/webhooks\/generic\/[0-9A-Za-z]{32}$/);
    expect(key).toMatch(/^[0-9A-Za-z]{40}$/);
    const read = await getInboundSource(ctx, { id: source.id });
    expect(read).toEqual(source);
    const { data } = await listAudit(ctx, { targetId: source.id, limit: 5 });
    expect(data.map(({ action }) => action)).toEqual(['inbound_source.created']);
    expect(JSON.stringify([read, data])).not.toContain(key);
    expect((await create({ provider: 'generic' })).url).not.toBe(source.url);
  });

  it('takes the key of its integration, one for each', async () => {
    const integrationId = await samples.integration();
    const source = await create({ provider: 'sendgrid', integrationId });
    // The sample has no verification key, which only SendGrid can make.
    expect([source.key, source.keyFrom, source.keyLabel]).toEqual([
      null,
      'missing',
      'Event webhook verification key',
    ]);
    await test.database.pool.query(
      `UPDATE integration_credentials SET plain = plain || '{"webhookPublicKey": "MFkw"}'
       WHERE integration_id = $1 AND state = 'current'`,
      [integrationId],
    );
    expect((await getInboundSource(ctx, { id: source.id })).keyFrom).toBe('integration');
    expect(await refusalOf(create({ provider: 'sendgrid', integrationId }))).toMatchObject({
      code: 'conflict',
    });
    const { data } = await listInboundSources(ctx, { integrationId });
    expect(data.map(({ id }) => id)).toEqual([source.id]);
    expect(await refusalOf(create({ provider: 'slack', integrationId }))).toMatchObject({
      code: 'invalid_input',
    });
    await test.database.pool.query('UPDATE integrations SET deleted_at = now() WHERE id = $1', [
      integrationId,
    ]);
    expect((await getInboundSource(ctx, { id: source.id })).keyFrom).toBe('missing');
  });

  it('is refused for who sends nothing, for networks that are none, and by the two hundredth and first', async () => {
    expect(await refusalOf(create({ provider: 'adp' }))).toMatchObject({ code: 'invalid_input' });
    expect(await refusalOf(create({ provider: 'nobody' }))).toMatchObject({ code: 'invalid_input' });
    expect(
      await refusalOf(create({ provider: 'generic', allowedAddresses: ['203.0.113.7', '10.0.0.1/8'] })),
    ).toMatchObject({ errors: [{ pointer: '/allowedAddresses/1' }] });
    expect(
      await refusalOf(
        create({ provider: 'slack', signature: { algorithm: 'hmac-sha256', header: 'X-Signature' } }),
      ),
    ).toMatchObject({ errors: [{ pointer: '/signature' }] });
    await test.database.pool.query(
      `INSERT INTO inbound_sources (id, organization_id, address, provider, name, per_minute, created_at, created_by,
         updated_at)
       SELECT gen_random_uuid(), $1, md5(n::text || gen_random_uuid()::text), 'generic', 'Many', 10, now(), 'Test', now()
       FROM generate_series(1, 200) n`,
      [organization.id],
    );
    expect(await refusalOf(create({ provider: 'generic' }))).toMatchObject({ code: 'conflict' });
  });

  it('is changed in part, and switching alone has its own word', async () => {
    const { id } = await create({ provider: 'generic', allowedAddresses: ['203.0.113.7'] });
    const changed = await updateInboundSource(ctx, {
      id,
      name: 'Renamed',
      switches: { 'inbound.received': false },
      perMinute: 10,
    });
    expect(changed).toMatchObject({
      name: 'Renamed',
      perMinute: 10,
      allowedAddresses: ['203.0.113.7/32'],
      switches: [{ eventType: 'inbound.received', enabled: false }],
    });
    await updateInboundSource(ctx, { id, enabled: false });
    const on = await updateInboundSource(ctx, { id, enabled: true, allowedAddresses: [] });
    expect(on).toMatchObject({
      enabled: true,
      allowedAddresses: [],
      switches: [{ eventType: 'inbound.received', enabled: false }],
    });
    expect(
      await refusalOf(updateInboundSource(ctx, { id, switches: { 'email.bounced': false } })),
    ).toMatchObject({ code: 'invalid_input' });
    const { data } = await listAudit(ctx, { targetId: id, limit: 5 });
    expect(data.map(({ action }) => action)).toEqual([
      'inbound_source.updated',
      'inbound_source.disabled',
      'inbound_source.updated',
      'inbound_source.created',
    ]);
  });

  it('gets another key, and keeps the one before for as long as is said', async () => {
    const first = await create({ provider: 'generic' });
    const second = await replaceInboundKey(ctx, { id: first.id, overlapSeconds: 60 });
    expect(second.key).not.toBe(first.key);
    expect(second.previousKeyUntil).toBe(new Date(test.time.now + 60_000).toISOString());
    expect((await getInboundSource(ctx, { id: first.id })).previousKeyUntil).toBe(second.previousKeyUntil);
    test.time.advance(61_000);
    expect((await getInboundSource(ctx, { id: first.id })).previousKeyUntil).toBeNull();
    const given = await replaceInboundKey(ctx, { id: first.id, key: 'given', overlapSeconds: 0 });
    expect(given).toEqual({ key: null, previousKeyUntil: null });
    const stripe = await create({ provider: 'stripe' });
    expect(await refusalOf(replaceInboundKey(ctx, { id: stripe.id, overlapSeconds: 0 }))).toMatchObject({
      errors: [{ pointer: '/key' }],
    });
  });

  it('is deleted with its keys, and what came in stays', async () => {
    const messageId = await samples.inboundMessage();
    const { data } = await listInboundMessages(ctx, { limit: 10 });
    const { sourceId } = data[0]!;
    await deleteInboundSource(ctx, { id: sourceId });
    expect(await refusalOf(getInboundSource(ctx, { id: sourceId }))).toMatchObject({ code: 'not_found' });
    expect((await getInboundMessage(ctx, { id: messageId })).sourceId).toBe(sourceId);
    const { rows } = await test.database.pool.query('SELECT key_box FROM inbound_sources WHERE id = $1', [
      sourceId,
    ]);
    expect(rows).toEqual([{ key_box: null }]);
  });

  it('is made by who may write, deleted by administrators, and its settings changed by one role', async () => {
    const editor = test.as('utility_admin', organization);
    const viewer = test.as('viewer', organization);
    const input = createOperation.input.parse({ provider: 'generic' });
    expect(await refusalOf(createInboundSource(viewer, input))).toMatchObject({ code: 'forbidden' });
    const { id } = await createInboundSource(editor, input);
    expect(await refusalOf(deleteInboundSource(editor, { id }))).toMatchObject({ code: 'forbidden' });
    expect(await refusalOf(updateInboundSettings(editor, { retentionDays: 7 }))).toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('a webhook that came in', () => {
  it('is shown with its body, without the key that it may hold', async () => {
    const id = await samples.inboundMessage();
    const body = Buffer.from('{"text":"Key inbound and more\\u0000"}');
    await test.database.pool.query('UPDATE inbound_messages SET body = $2 WHERE id = $1', [id, body]);
    expect(await getInboundMessage(ctx, { id })).toMatchObject({
      state: 'failed',
      bytes: body.length,
      body: '{"text":"[redacted] and more\\u0000"}',
      bodyCut: false,
    });
    // Half a character at the cut is left out; what is no text is not shown.
    const large = Buffer.from(`x${'ü'.repeat(200_000)}`);
    await test.database.pool.query('UPDATE inbound_messages SET body = $2 WHERE id = $1', [id, large]);
    const cut = await getInboundMessage(ctx, { id });
    expect([cut.bodyCut, cut.body]).toEqual([true, `x${'ü'.repeat(131_071)}`]);
    await test.database.pool.query(`UPDATE inbound_messages SET body = '\\xff00' WHERE id = $1`, [id]);
    expect((await getInboundMessage(ctx, { id })).body).toBeNull();
  });

  it('is found by source, state and time, page by page', async () => {
    const ids = [await samples.inboundMessage(), await samples.inboundMessage()];
    const first = await listInboundMessages(ctx, { limit: 1, state: 'failed' });
    expect(first.data.map(({ id }) => id)).toEqual([ids[1]]);
    const second = await listInboundMessages(ctx, { limit: 1, cursor: first.nextCursor! });
    expect([second.data.map(({ id }) => id), second.nextCursor]).toEqual([[ids[0]], null]);
    const none = await listInboundMessages(ctx, { limit: 5, state: 'queued' });
    expect(none.data).toEqual([]);
    const bySource = await listInboundMessages(ctx, { limit: 5, sourceId: second.data[0]!.sourceId });
    expect(bySource.data.map(({ id }) => id)).toEqual([ids[0]]);
    const later = new Date(test.time.now + 86_400_000).toISOString();
    expect((await listInboundMessages(ctx, { limit: 5, since: later })).data).toEqual([]);
  });

  it('is queued again, alone or with all of its source that are alike', async () => {
    const id = await samples.inboundMessage();
    const { sourceId } = await getInboundMessage(ctx, { id });
    expect(await reprocessInbound(ctx, { sourceId, state: 'unreadable' })).toEqual({ queued: 0 });
    expect(await reprocessInbound(ctx, { sourceId, state: 'failed' })).toEqual({ queued: 1 });
    expect(await getInboundMessage(ctx, { id })).toMatchObject({ state: 'queued', attempts: 0, error: null });
    expect(await reprocessInbound(ctx, { id })).toEqual({ queued: 1 });
    expect(await refusalOf(reprocessInbound(ctx, { id: sourceId }))).toMatchObject({ code: 'not_found' });
  });
});

describe('suppressed addresses', () => {
  it('are added once, found by their parts, and removed', async () => {
    await addSuppression(ctx, { address: 'jane@example.com', detail: 'Asked by phone.' });
    expect(await refusalOf(addSuppression(ctx, { address: 'jane@example.com', detail: null }))).toMatchObject(
      {
        code: 'conflict',
      },
    );
    await samples.suppression();
    const all = await listSuppressions(ctx, { limit: 1 });
    expect([all.total, all.data.map(({ reason }) => reason)]).toEqual([2, ['bounced']]);
    const next = await listSuppressions(ctx, { limit: 1, cursor: all.nextCursor! });
    expect(next.data.map(({ address }) => address)).toEqual(['jane@example.com']);
    const found = await listSuppressions(ctx, { limit: 5, search: 'JANE@' });
    expect(found).toMatchObject({ total: 1, data: [{ reason: 'manual', detail: 'Asked by phone.' }] });
    await removeSuppression(ctx, { address: 'jane@example.com' });
    expect((await listSuppressions(ctx, { limit: 5, reason: 'manual' })).total).toBe(0);
    expect(await refusalOf(removeSuppression(ctx, { address: 'jane@example.com' }))).toMatchObject({
      code: 'not_found',
    });
  });
});

it('keeps what is not named of the settings', async () => {
  expect(await getInboundSettings(ctx, {})).toEqual({ retentionDays: 30, suppress: true });
  await updateInboundSettings(ctx, { retentionDays: 7 });
  expect(await updateInboundSettings(ctx, { suppress: false })).toEqual({
    retentionDays: 7,
    suppress: false,
  });
  expect(await getInboundSettings(ctx, {})).toEqual({ retentionDays: 7, suppress: false });
});
