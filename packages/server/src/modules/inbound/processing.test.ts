import { createHash } from 'node:crypto';
import { createInboundSource as createOperation } from '@trunkline/contract/inbound';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readMessage } from '../../inbound/read-message.ts';
import { Reader } from '../../inbound/reader.ts';
import { Unreadable } from '../../inbound/types.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { Inbound } from '../../workers/inbound.ts';
import { Maintenance } from '../../workers/maintenance.ts';
import { createIntegration } from '../integrations/create-integration.ts';
import { updateIntegration } from '../integrations/update-integration.ts';
import { claimMessages } from './claim-messages.ts';
import { createInboundSource } from './create-inbound-source.ts';
import { getInboundFile } from './get-inbound-file.ts';
import { listInboundMessages } from './list-inbound-messages.ts';
import { listSuppressions } from './list-suppressions.ts';
import { processMessage } from './process-message.ts';
import { mostAttempts, nextTrySeconds } from './process-rules.ts';
import { reprocessInbound } from './reprocess-inbound.ts';
import { storeMessage } from './store-message.ts';
import { updateInboundSettings } from './update-inbound-settings.ts';
import { updateInboundSource } from './update-inbound-source.ts';

/* What becomes of a webhook once it is stored. */

const dayMs = 86_400_000;
let test: TestApp;
let organization: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  organization = await test.createOrganization();
});

const admin = () => test.as('system_admin', organization);
const create = (input: object) => createInboundSource(admin(), createOperation.input.parse(input));

async function store(sourceId: string, body: unknown): Promise<string> {
  const id = await storeMessage(test.app, {
    organizationId: organization.id,
    sourceId,
    request: {
      method: 'POST',
      url: 'http://trunkline.test/webhooks/any/address',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    },
    client: '203.0.113.7',
    replayKey: null,
  });
  return id!;
}

const messages = async () => (await listInboundMessages(admin(), { limit: 50 })).data;

async function events(): Promise<{ key: string; type: string }[]> {
  const { rows } = await test.database.pool.query<{ key: string; type: string }>(
    'SELECT key, type FROM events WHERE organization_id = $1 ORDER BY id',
    [organization.id],
  );
  return rows;
}

const bounce = (email: string, id: string) => ({
  email,
  event: 'bounce',
  type: 'bounce',
  timestamp: Math.floor(test.time.now / 1000),
  sg_event_id: id,
  sg_message_id: `${id}.filter`,
  reason: '550 5.1.1 The account does not exist',
  status: '5.1.1',
});

it('passes on what is switched on, keeps the rest, and passes that on later without saying anything twice', async () => {
  const { id: sourceId } = await create({ provider: 'generic' });
  await updateInboundSource(admin(), { id: sourceId, switches: { 'inbound.received': false } });
  const id = await store(sourceId, { type: 'robot.moved' });
  await new Inbound(test.app).run();
  expect(await messages()).toMatchObject([{ id, state: 'ignored', kind: 'robot.moved', eventCount: 0 }]);
  expect(await events()).toEqual([]);
  await updateInboundSource(admin(), { id: sourceId, switches: { 'inbound.received': true } });
  await reprocessInbound(admin(), { sourceId, state: 'ignored' });
  await new Inbound(test.app).run();
  const [made] = await events();
  expect(await messages()).toMatchObject([
    { state: 'processed', events: [{ id: made!.key, type: 'inbound.received' }] },
  ]);
  await reprocessInbound(admin(), { id });
  await new Inbound(test.app).run();
  expect(await events()).toEqual([made]);
});

it('tells of the same event of a provider once, whichever webhook brings it', async () => {
  const { id: sourceId } = await create({ provider: 'sendgrid' });
  await store(sourceId, [bounce('a@example.com', 'e1')]);
  await store(sourceId, [bounce('a@example.com', 'e1'), bounce('b@example.com', 'e2')]);
  await new Inbound(test.app).run();
  expect((await events()).map(({ type }) => type)).toEqual(['email.bounced', 'email.bounced']);
  // Another source is another account.
  const other = await create({ provider: 'sendgrid' });
  await store(other.id, [bounce('a@example.com', 'e1')]);
  await new Inbound(test.app).run();
  expect(await events()).toHaveLength(3);
});

it('puts addresses that came back on the list, and leaves what a person has put there', async () => {
  const { id: sourceId } = await create({ provider: 'sendgrid' });
  await test.database.pool.query(
    `INSERT INTO email_suppressions (organization_id, address, id, reason, created_at, created_by)
     VALUES ($1, 'kept@example.com', $2, 'manual', now(), 'Ada')`,
    [organization.id, test.app.newId()],
  );
  await store(sourceId, [bounce('Gone@Example.com', 'e3'), bounce('kept@example.com', 'e4')]);
  await new Inbound(test.app).run();
  const { data } = await listSuppressions(admin(), { limit: 10 });
  expect(data.map(({ address, reason, provider }) => [address, reason, provider])).toEqual([
    ['gone@example.com', 'bounced', 'sendgrid'],
    ['kept@example.com', 'manual', null],
  ]);
});

it('tries again what fails, and tells when it is given up', async () => {
  const { id: sourceId } = await create({ provider: 'generic' });
  const id = await store(sourceId, {});
  const failing = { ...test.app, engine: { accept: () => Promise.reject(new Error('No room.')) } as never };
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const [held] = await claimMessages(test.app, 5);
    expect(held).toMatchObject({ id, attempts: attempt });
    await processMessage(failing, new Reader(), held!);
    const state = attempt < mostAttempts ? 'queued' : 'failed';
    expect(await messages()).toMatchObject([{ state, attempts: attempt, error: 'No room.' }]);
    expect(await claimMessages(test.app, 5)).toEqual([]);
    // Its time comes, unless it was given up.
    await test.database.pool.query(
      'UPDATE inbound_messages SET due_at = now() WHERE id = $1 AND isfinite(due_at)',
      [id],
    );
  }
  const { rows } = await test.database.pool.query<{ type: string; data: object }>(
    `SELECT type, data FROM own_events WHERE organization_id = $1 AND type LIKE 'inbound.%'`,
    [organization.id],
  );
  expect(rows).toMatchObject([
    { type: 'inbound.failed', data: { messageId: id, sourceId, error: 'No room.' } },
  ]);
  await reprocessInbound(admin(), { sourceId, state: 'failed' });
  await new Inbound(test.app).run();
  expect(await messages()).toMatchObject([{ state: 'processed', attempts: 1, error: null }]);
});

it('waits longer each time', () => {
  const waits = Array.from({ length: mostAttempts }, (_, n) => nextTrySeconds(n + 1, () => 0.5));
  expect(waits).toEqual([5, 15, 60, 300, 900, 3_600, 7_200, null]);
});

it('changes nothing for whoever holds it no more', async () => {
  const { id: sourceId } = await create({ provider: 'generic' });
  await store(sourceId, {});
  const [late] = await claimMessages(test.app, 5);
  await test.database.pool.query('UPDATE inbound_messages SET due_at = now() WHERE id = $1', [late!.id]);
  const [held] = await claimMessages(test.app, 5);
  await processMessage(test.app, new Reader(), late!);
  expect(await messages()).toMatchObject([{ state: 'queued' }]);
  await processMessage(test.app, new Reader(), held!);
  expect(await messages()).toMatchObject([{ state: 'processed' }]);
  expect(await events()).toHaveLength(1);
});

it('reads a large body in a thread of its own, with the same outcome', async () => {
  // The thread runs the sources, as the tests do.
  const loader = new URL('../../testing/typescript-loader.mjs', import.meta.url).href;
  const register = `data:text/javascript,import{register}from'node:module';register('${loader}')`;
  const reader = new Reader({ execArgv: ['-C', 'trunkline-source', '--import', register] });
  const message = {
    sourceId: '019ab123-4f00-7a10-9c3e-5d1f0b7a2c01',
    provider: 'sendgrid',
    headers: { 'content-type': 'application/json' },
    url: 'http://trunkline.test/webhooks/sendgrid/address',
    at: test.time.now,
    filesUrl: 'http://trunkline.test/files',
    values: {},
  };
  const many = Array.from({ length: 6_000 }, (_, n) => bounce(`n${n}@example.com`, `many${n}`));
  const body = Buffer.from(JSON.stringify(many));
  expect(body.length).toBeGreaterThan(1_048_576);
  const read = await reader.read({ ...message, body });
  expect(read).toEqual(await readMessage({ ...message, body }));
  expect(read.events).toHaveLength(6_000);
  const broken = Buffer.from(`{"half": "${'x'.repeat(1_048_577)}`);
  await expect(reader.read({ ...message, body: broken })).rejects.toThrow(Unreadable);
});

it('stores the events of a large webhook in several steps, all of them', async () => {
  const { id: sourceId } = await create({ provider: 'sendgrid' });
  const many = Array.from({ length: 1_201 }, (_, n) => bounce(`n${n}@example.com`, `step${n}`));
  await store(sourceId, many);
  await new Inbound(test.app).run();
  const [message] = await messages();
  expect([message!.state, message!.eventCount, message!.events.length]).toEqual(['processed', 1_201, 100]);
  expect(await events()).toHaveLength(1_201);
});

it('removes what is older than the organization keeps it, and nothing that waits', async () => {
  const { id: sourceId } = await create({ provider: 'generic' });
  const old = await store(sourceId, { n: 1 });
  await new Inbound(test.app).run();
  const waiting = await store(sourceId, { n: 2 });
  await updateInboundSettings(admin(), { retentionDays: 7 });
  const run = (days: number) => {
    const clock = () => test.time.now + days * dayMs;
    return new Maintenance({ ...test.app, clock, databaseTime: async () => clock() }).run();
  };
  await run(6);
  expect((await messages()).map(({ id }) => id)).toEqual([waiting, old]);
  await run(8);
  expect((await messages()).map(({ id }) => id)).toEqual([waiting]);
});

it('turns mail of those who may write into a conversation, with its files', async () => {
  const { id: integrationId } = await createIntegration(admin(), {
    provider: 'email-forwarding',
    values: {
      inboundAddress: 'inbox@in.example.com',
      receiver: 'postmark',
      receiverSecret: 'user:password',
      allowedSenders: '@acme.com, partner@example.com',
    },
    check: 'skip',
  });
  const { id: sourceId } = await create({ provider: 'email-forwarding', integrationId });
  const mail = (from: string, id: string, tests = 'DKIM_VALID_AU') => ({
    From: from,
    Subject: 'Offer',
    TextBody: 'Here it is.',
    Headers: [
      { Name: 'X-Spam-Tests', Value: tests },
      { Name: 'Message-ID', Value: `<${id}@acme.com>` },
    ],
    Attachments: [{ Name: 'offer.pdf', ContentType: 'application/pdf', Content: 'JVBERi0=' }],
  });
  await store(sourceId, mail('ada@acme.com', 'm1'));
  await store(sourceId, mail('eve@example.com', 'm2'));
  await store(sourceId, mail('Partner <Partner@Example.com>', 'm3'));
  await store(sourceId, mail('ada@acme.com', 'm4', 'DKIM_SIGNED,DKIM_INVALID'));
  await store(sourceId, mail('ada@acme.com', 'm5', 'NONE'));
  await new Inbound(test.app).run();
  const [fifth, fourth, third, second, first] = await messages();
  expect(
    [first, second, third, fourth, fifth].map((message) => [
      message?.state,
      message?.kind,
      message?.eventCount,
      message?.error,
    ]),
  ).toEqual([
    ['processed', 'mail', 2, null],
    ['ignored', 'sender not allowed', 0, 'eve@example.com is not among the allowed senders.'],
    ['processed', 'mail', 2, null],
    [
      'ignored',
      'sender forged',
      0,
      expect.stringContaining('the checks say that it is not. (DKIM: fail)') as string,
    ],
    [
      'ignored',
      'sender not proven',
      0,
      expect.stringContaining('Nothing proves that acme.com has sent it.') as string,
    ],
  ]);
  // Somebody who knows that sender may still take its mail: the setting is changed, and it is processed again.
  await updateIntegration(admin(), { id: integrationId, settings: { acceptUnproven: true } });
  await reprocessInbound(admin(), { id: fifth!.id });
  await new Inbound(test.app).run();
  expect((await messages())[0]).toMatchObject({
    state: 'processed',
    kind: 'mail',
    eventCount: 2,
    error: null,
  });
  const { rows } = await test.database.pool.query<{ body: string }>(
    `SELECT body FROM events WHERE organization_id = $1 AND type = 'message.received' AND position('m1@acme.com' in body) > 0`,
    [organization.id],
  );
  const url = `http://trunkline.test/api/v1/inbound/messages/${first!.id}/files/0`;
  expect((JSON.parse(rows[0]!.body) as { data: unknown }).data).toMatchObject({
    text: 'Here it is.',
    attachments: [{ name: 'offer.pdf', contentType: 'application/pdf', bytes: 5, url }],
  });
  expect(await getInboundFile(admin(), { id: first!.id, file: 0 })).toEqual({
    name: 'offer.pdf',
    contentType: 'application/pdf',
    content: 'JVBERi0=',
  });
  expect((await refusalOf(getInboundFile(admin(), { id: first!.id, file: 1 }))).code).toBe('not_found');
});

it('recognizes the same bytes by their digest', async () => {
  const { id: sourceId } = await create({ provider: 'generic' });
  const id = await store(sourceId, '{"n":1}');
  expect(await store(sourceId, '{"n":1}')).toBeNull();
  const { rows } = await test.database.pool.query<{ sha256: Buffer }>(
    'SELECT sha256 FROM inbound_messages WHERE id = $1',
    [id],
  );
  expect(rows[0]!.sha256.equals(createHash('sha256').update('{"n":1}').digest())).toBe(true);
});
