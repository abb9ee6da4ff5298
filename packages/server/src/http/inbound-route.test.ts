import { createHmac } from 'node:crypto';
import { createInboundSource as createOperation } from '@trunkline/contract/inbound';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPool } from '../db/pool.ts';
import { listAudit } from '../modules/audit/list-audit.ts';
import { createInboundSource } from '../modules/inbound/create-inbound-source.ts';
import { deleteInboundSource } from '../modules/inbound/delete-inbound-source.ts';
import { getInboundMessage } from '../modules/inbound/get-inbound-message.ts';
import { getInboundSource } from '../modules/inbound/get-inbound-source.ts';
import { listInboundMessages } from '../modules/inbound/list-inbound-messages.ts';
import { replaceInboundKey } from '../modules/inbound/replace-inbound-key.ts';
import { takeProposedKey } from '../modules/inbound/take-proposed-key.ts';
import { updateInboundSource } from '../modules/inbound/update-inbound-source.ts';
import { refusalOf } from '../testing/refusal.ts';
import { startActionWorld } from '../testing/sandbox-actions.ts';
import type { ActionWorld } from '../testing/sandbox-actions.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { Answer, TestHttp } from '../testing/test-http.ts';
import { Inbound } from '../workers/inbound.ts';
import { loggablePath } from './oauth-routes.ts';

/* Webhooks as they come: over HTTP, signed, into the database. */

let world: ActionWorld;
let second: TestHttp;
let organization: TestOrganization;
let now: number;

beforeAll(async () => {
  now = Date.now();
  world = await startActionWorld({ clock: () => now });
  second = await startTestHttp(world.app);
});
afterAll(async () => {
  await second?.close();
  await world?.close();
});
beforeEach(async () => {
  now = Date.now();
  organization = await world.createOrganization();
});

const admin = () => world.as('system_admin', organization);
const pathOf = ({ url }: { url: string }) => new URL(url).pathname;
const bodyOf = (text: string): Buffer => Buffer.from(text);

async function create(input: object = { provider: 'generic' }) {
  const { key, ...source } = await createInboundSource(admin(), createOperation.input.parse(input));
  return { ...source, key: key ?? '', path: pathOf(source) };
}

async function send(
  path: string,
  { key, body = '{}', headers = {}, node = world.http }: SendOptions,
): Promise<Answer> {
  const bytes = typeof body === 'string' ? bodyOf(body) : body;
  const signature = createHmac('sha256', key).update(bytes).digest('hex');
  const response = await fetch(`${node.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-signature': `sha256=${signature}`, ...headers },
    body: bytes,
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === '' ? null : JSON.parse(text),
  };
}

interface SendOptions {
  key: string;
  body?: string | Buffer;
  headers?: Record<string, string>;
  node?: TestHttp;
}

const messages = async () => (await listInboundMessages(admin(), { limit: 50 })).data;

async function events(): Promise<{ key: string; type: string; data: unknown }[]> {
  const { rows } = await world.database.pool.query<{ key: string; type: string; body: string }>(
    'SELECT key, type, body FROM events WHERE organization_id = $1 ORDER BY id',
    [organization.id],
  );
  return rows.map(({ key, type, body }) => ({
    key,
    type,
    data: (JSON.parse(body) as { data: unknown }).data,
  }));
}

describe('a signed webhook', () => {
  it('is stored byte for byte before it is answered, whatever is in it', async () => {
    const { key, path, id } = await create();
    const strange = [
      '{"text":"\\u0000"}',
      '{"text":"\\ud800"}',
      '{"number":1e200000}',
      '{ "a" : 1,\r\n"a":2 }\n',
      '{"__proto__":{"x":1}}',
    ];
    for (const body of strange) {
      const answer = await send(path, { key, body, headers: { 'x-secret': 'hush', 'x-kind': 'strange' } });
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
    const { rows } = await world.database.pool.query<{ body: Buffer; headers: Record<string, string> }>(
      'SELECT body, headers FROM inbound_messages WHERE source_id = $1 ORDER BY id',
      [id],
    );
    expect(rows.map(({ body }) => body.toString())).toEqual(strange);
    expect(rows[0]!.headers).toMatchObject({ 'content-type': 'application/json', 'x-kind': 'strange' });
    expect(Object.keys(rows[0]!.headers)).not.toEqual(expect.arrayContaining(['x-signature']));
    expect(JSON.stringify(rows[0]!.headers)).not.toContain('hush');
    await new Inbound(world.app).run();
    expect((await messages()).map(({ state }) => state)).toEqual(strange.map(() => 'processed'));
    expect((await events()).map(({ type }) => type)).toEqual(strange.map(() => 'inbound.received'));
  });

  it('is one, however often it comes and at whichever node', async () => {
    const { key, path, id } = await create();
    const body = '{"type":"robot.moved"}';
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => send(path, { key, body, node: n % 2 ? second : world.http })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await Promise.all([new Inbound(world.app).run(), new Inbound(world.app).run()]);
    expect(await messages()).toMatchObject([{ repeats: 49, state: 'processed', eventCount: 1 }]);
    expect(await events()).toMatchObject([
      {
        type: 'inbound.received',
        data: { provider: 'generic', sourceId: id, payload: { type: 'robot.moved' } },
      },
    ]);
    await world.app.inbound.flush();
    expect(await getInboundSource(admin(), { id })).toMatchObject({
      received24h: 1,
      lastEventType: 'inbound.received',
    });
    // A day later the same bytes are another webhook.
    now += 86_400_001;
    expect((await send(path, { key, body })).status).toBe(200);
    await new Inbound(world.app).run();
    expect((await messages()).map(({ repeats }) => repeats)).toEqual([0, 49]);
    expect(await events()).toHaveLength(2);
  });

  it('that cannot be read is answered 200 and set aside', async () => {
    const { key, path } = await create();
    expect((await send(path, { key, body: '{"half' })).status).toBe(200);
    await new Inbound(world.app).run();
    const [message] = await messages();
    expect(message).toMatchObject({ state: 'unreadable', eventCount: 0 });
    expect((await getInboundMessage(admin(), { id: message!.id })).body).toBe('{"half');
  });

  it('of a provider is verified with the key of its integration', async () => {
    const integrationId = await world.connect(organization, 'sendgrid');
    const { path, keyFrom } = await create({ provider: 'sendgrid', integrationId });
    expect(keyFrom).toBe('integration');
    const sent = await world.sandbox.sendWebhook('sendgrid', {
      url: `${world.http.url}${path}`,
      publicUrl: `${world.app.config.publicUrl}${path}`,
      event: 'bounce',
    });
    expect(sent.status).toBe(200);
    await new Inbound(world.app).run();
    expect(await messages()).toMatchObject([{ provider: 'sendgrid', state: 'processed' }]);
  });

  it('that only wants to know us is answered, and nothing is stored', async () => {
    const key = 'a'.repeat(32);
    const { path } = await create({ provider: 'slack', key });
    const options = { url: `${world.http.url}${path}`, event: 'url_verification' };
    const sent = await world.sandbox.sendWebhook('slack', { ...options, secretOrKey: key });
    const { challenge } = JSON.parse(sent.request.body) as { challenge: string };
    expect([sent.status, sent.responseBody.includes(challenge)]).toEqual([200, true]);
    const forged = await world.sandbox.sendWebhook('slack', { ...options, secretOrKey: 'b'.repeat(32) });
    expect([forged.status, forged.responseBody.includes(challenge)]).toEqual([401, false]);
    expect(await messages()).toEqual([]);
  });
});

describe('what is refused', () => {
  it('leaves a count and no row', async () => {
    const { path, id } = await create();
    const answer = await send(path, { key: 'wrong' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      401,
      'application/problem+json; charset=utf-8',
    ]);
    expect(answer.json).toMatchObject({ code: 'signature_refused' });
    const bare = await fetch(`${world.http.url}${path}`, { method: 'POST', body: '{}' });
    expect(bare.status).toBe(401);
    // An address of a source is no page either.
    expect((await fetch(`${world.http.url}${path}`)).status).toBe(401);
    await world.app.inbound.flush();
    expect(await getInboundSource(admin(), { id })).toMatchObject({
      received24h: 0,
      refused24h: 3,
      lastRefusal: { reason: 'no_signature', address: expect.stringContaining('127.0.0.1') as string },
    });
    expect(await messages()).toEqual([]);
  });

  it('is what belongs to somebody else, and what nobody has', async () => {
    const { key, path, id } = await create();
    const other = await world.createOrganization();
    const theirs = await createInboundSource(
      world.as('system_admin', other),
      createOperation.input.parse({ provider: 'generic' }),
    );
    expect((await send(pathOf(theirs), { key })).status).toBe(401);
    const address = path.split('/').at(-1)!;
    for (const wrong of [
      path.replace('generic', 'slack'),
      `/webhooks/generic/${address.slice(0, -1)}${address.endsWith('a') ? 'b' : 'a'}`,
      `/webhooks/generic/${address.toLowerCase() === address ? 'A'.repeat(32) : address.toLowerCase()}`,
    ]) {
      expect([wrong, (await send(wrong, { key })).status]).toEqual([wrong, 404]);
    }
    await updateInboundSource(admin(), { id, enabled: false });
    expect((await send(path, { key })).json).toMatchObject({ detail: 'This source is switched off.' });
    await updateInboundSource(admin(), { id, enabled: true });
    expect((await send(path, { key })).status).toBe(200);
    await deleteInboundSource(admin(), { id });
    expect((await send(path, { key })).status).toBe(404);
  });

  it('is more than 25 MiB, and exactly that is taken', async () => {
    const { key, path } = await create();
    const most = 25 * 1_048_576;
    expect((await send(path, { key, body: Buffer.alloc(most, ' ') })).status).toBe(200);
    expect((await send(path, { key, body: Buffer.alloc(most + 1, ' ') })).json).toMatchObject({
      code: 'payload_too_large',
    });
    expect(await messages()).toMatchObject([{ bytes: most }]);
  });

  it('comes from elsewhere than a source allows', async () => {
    const { key, path, id } = await create({ provider: 'generic', allowedAddresses: ['203.0.113.0/24'] });
    expect((await send(path, { key })).json).toMatchObject({ status: 403, code: 'address_not_allowed' });
    // Nobody says so but a proxy that is trusted.
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    expect((await send(path, { key, headers: forwarded })).status).toBe(403);
    const proxied = await startTestHttp({ ...world.app, config: { ...world.app.config, trustProxy: true } });
    expect((await send(path, { key, headers: forwarded, node: proxied })).status).toBe(200);
    await proxied.close();
    await updateInboundSource(admin(), { id, allowedAddresses: ['127.0.0.0/8'] });
    expect((await send(path, { key })).status).toBe(200);
  });

  it('is more than a source takes in a minute', async () => {
    const { key, path } = await create({ provider: 'generic', perMinute: 2 });
    const other = await create();
    const statuses = [];
    for (const body of ['1', '2', '3']) statuses.push((await send(path, { key, body })).status);
    expect(statuses).toEqual([200, 200, 429]);
    const { headers } = await send(path, { key, body: '3' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await send(other.path, { key: other.key })).status).toBe(200);
  });

  it('takes the place of nobody else: who knows the address and no key is held up alone', async () => {
    const { key, path, id } = await create({ provider: 'generic', perMinute: 2 });
    const statuses = [];
    for (let n = 0; n < 61; n += 1) statuses.push((await send(path, { key: 'wrong' })).status);
    expect([statuses.slice(0, 60).every((status) => status === 401), statuses[60]]).toEqual([true, 429]);
    const held = await send(path, { key });
    expect([held.status, Number(held.headers.get('retry-after')) > 0]).toEqual([429, true]);
    const proxied = await startTestHttp({ ...world.app, config: { ...world.app.config, trustProxy: true } });
    const elsewhere = { headers: { 'x-forwarded-for': '203.0.113.9' }, node: proxied };
    const wrong = { ...elsewhere, headers: { 'x-forwarded-for': '203.0.113.8' } };
    for (let n = 0; n < 5; n += 1) expect((await send(path, { key: 'wrong', ...wrong })).status).toBe(401);
    expect((await send(path, { key, ...elsewhere })).status).toBe(200);
    await proxied.close();
    await world.app.inbound.flush();
    // Why it is refused stays the signature, however often.
    expect(await getInboundSource(admin(), { id })).toMatchObject({
      refused24h: 67,
      lastRefusal: { reason: 'wrong_signature' },
    });
  });

  it('is what the old key signed once the overlap is over', async () => {
    const { key, path, id } = await create();
    const replaced = await replaceInboundKey(admin(), { id, overlapSeconds: 60 });
    expect((await send(path, { key, body: '1' })).status).toBe(200);
    expect((await send(path, { key: replaced.key!, body: '2' })).status).toBe(200);
    now += 61_000;
    expect((await send(path, { key, body: '3' })).status).toBe(401);
    expect((await send(path, { key: replaced.key!, body: '4' })).status).toBe(200);
  });
});

it('answers 503 with a time while the database is away, and takes the same webhook after that', async () => {
  const { key, path } = await create();
  const away = createPool('postgres://nobody@127.0.0.1:1/none', {
    max: 1,
    applicationName: 'away',
    onConnectionError: () => {},
  });
  const cut = await startTestHttp({ ...world.app, pool: away });
  const answer = await send(path, { key, node: cut });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  await cut.close();
  await away.end();
  expect(await messages()).toEqual([]);
  expect((await send(path, { key })).status).toBe(200);
  expect(await messages()).toHaveLength(1);
});

describe('a handshake', () => {
  it('that proposes a key leaves it to a person to take it', async () => {
    const { path, id } = await create({ provider: 'gusto' });
    const propose = (token: string) =>
      fetch(`${world.http.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ verification_token: token, webhook_subscription_uuid: 'sub-1' }),
      });
    expect((await propose('first')).status).toBe(200);
    expect((await propose('the-token')).status).toBe(200);
    expect(await getInboundSource(admin(), { id })).toMatchObject({
      keyFrom: 'missing',
      proposal: { subscription: 'sub-1', address: expect.stringContaining('127.0.0.1') as string },
    });
    const body = '{"event_type":"company.updated","uuid":"u1"}';
    const signed = (key: string) => ({
      body,
      key,
      headers: { 'x-gusto-signature': createHmac('sha256', key).update(body).digest('hex') },
    });
    expect((await send(path, signed('the-token'))).status).toBe(401);
    expect(await takeProposedKey(admin(), { id })).toEqual({ key: 'the-token', subscription: 'sub-1' });
    expect((await send(path, signed('the-token'))).status).toBe(200);
    const source = await getInboundSource(admin(), { id });
    expect([source.keyFrom, source.proposal]).toEqual(['source', null]);
    // Nobody replaces a key by proposing another one.
    expect((await propose('other')).status).toBe(401);
    expect((await refusalOf(takeProposedKey(admin(), { id }))).code).toBe('not_found');
    const { data } = await listAudit(admin(), { targetId: id, limit: 5 });
    expect(data.map(({ action }) => action)).toContain('inbound_source.key_replaced');
    expect(JSON.stringify([source, data])).not.toContain('the-token');
  });
});

describe('one address for a whole provider', () => {
  it('finds the source whose key fits, and no other', async () => {
    const keys = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
    const [, wanted] = [
      await create({ provider: 'slack', key: keys[0] }),
      await create({ provider: 'slack', key: keys[1] }),
    ];
    const url = `${world.http.url}/api/webhooks/slack`;
    const to = (secretOrKey: string) => world.sandbox.sendWebhook('slack', { url, secretOrKey });
    expect((await to(keys[1]!)).status).toBe(200);
    expect((await to(keys[2]!)).status).toBe(401);
    expect((await messages()).map(({ sourceId }) => sourceId)).toEqual([wanted.id]);
    const nobody = await world.sandbox.sendWebhook('github', {
      url: `${world.http.url}/api/webhooks/github`,
    });
    expect(nobody.status).toBe(404);
    const long = await send('/api/webhooks/slack', { key: '', body: Buffer.alloc(1_048_577, ' ') });
    expect(long.status).toBe(413);
    const named = `/api/webhooks/slack/${wanted.path.split('/').at(-1)}`;
    const sent = await world.sandbox.sendWebhook('slack', {
      url: `${world.http.url}${named}`,
      secretOrKey: keys[1]!,
    });
    expect(sent.status).toBe(200);
  });

  it('hears nobody who is wrong too often, and reads nothing of theirs', async () => {
    await create({ provider: 'slack', key: 'e'.repeat(32) });
    const proxied = await startTestHttp({ ...world.app, config: { ...world.app.config, trustProxy: true } });
    const post = (client: string, provider: string, body = '{}') =>
      fetch(`${proxied.url}/api/webhooks/${provider}`, {
        method: 'POST',
        headers: { 'x-forwarded-for': client },
        body,
      });
    // However many are sent at once.
    const answers = await Promise.all(Array.from({ length: 150 }, () => post('203.0.113.20', 'slack')));
    const tried = answers.filter(({ status }) => status === 401).length;
    expect(tried).toBeGreaterThanOrEqual(60);
    expect(tried).toBeLessThan(120);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(150 - tried);
    // As long as this, and not refused for it: nobody has looked.
    const late = await post('203.0.113.20', 'slack', 'x'.repeat(1_048_577));
    expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([429, true]);
    for (let n = 0; n < 60; n += 1) await post('203.0.113.21', 'nobody');
    expect((await post('203.0.113.21', 'slack')).status).toBe(429);
    expect((await post('203.0.113.22', 'slack')).status).toBe(401);
    await proxied.close();
  });

  it('takes a burst of right webhooks, also beside some that are wrong', async () => {
    const keys = ['f', 'g'].map((letter) => letter.repeat(32));
    for (const key of keys) await create({ provider: 'slack', key });
    const url = `${world.http.url}/api/webhooks/slack`;
    const statuses: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      const secretOrKey = n % 4 === 0 ? 'h'.repeat(32) : keys[n % 2]!;
      statuses.push((await world.sandbox.sendWebhook('slack', { url, secretOrKey })).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(75);
    expect(statuses.filter((status) => status === 401)).toHaveLength(25);
  });
});

it('leaves pages of the UI and addresses in logs alone', async () => {
  const page = await fetch(`${world.http.url}/webhooks/019ab123-4f00-7a10-9c3e-5d1f0b7a2c01/history`);
  const text = await page.text();
  expect(text).not.toContain('source of inbound webhooks');
  expect(page.status === 200 || text.includes('not_found')).toBe(true);
  const address = 'A'.repeat(32);
  expect(loggablePath(`/api/webhooks/slack/${address}`)).toBe('/api/webhooks/slack/…');
  expect(loggablePath('/api/webhooks/slack')).toBe('/api/webhooks/slack');
});
