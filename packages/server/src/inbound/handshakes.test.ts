import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { findProvider } from '../providers/all-providers.ts';
import { signedWebhook } from '../testing/sandbox-webhooks.ts';
import { replyTo } from './reply-to.ts';
import type { InboundRequest, Verdict } from './types.ts';
import { verifyInbound } from './verify.ts';

const now = Date.parse('2026-11-29T12:00:00Z');
const address = 'https://hub.example.com/webhooks/x/1';

function verify(
  slug: string,
  request: Partial<InboundRequest>,
  keys: readonly string[],
  values = {},
): Promise<Verdict> {
  const whole = { method: 'POST', url: address, headers: {}, body: Buffer.alloc(0), ...request };
  const fetchCertificate = () => Promise.reject(new Error('nothing is fetched here'));
  return verifyInbound(findProvider(slug)!.inbound!, whole, { keys, values, now, fetchCertificate });
}

const get = (query: string, headers = {}): Partial<InboundRequest> => ({
  method: 'GET',
  url: `${address}?${query}`,
  headers,
});
const replied = (body: string, contentType: string | null = 'text/plain', status = 200) => ({
  kind: 'reply',
  reply: { status, contentType, body },
});
const refused = (reason: string) => ({ kind: 'refused', reason });

it('gives Slack its challenge back, only when it is signed', async () => {
  const { request, key } = signedWebhook('slack', { now, event: 'url_verification' });
  expect(await verify('slack', request, [key])).toEqual(replied('abc123def456'));
  expect(await verify('slack', request, ['other'])).toEqual(refused('wrong_signature'));
  expect(await verify('slack', { ...request, headers: {} }, [key])).toEqual(refused('no_signature'));
});

it('proves to Zoom that it knows the secret, only when it is signed', async () => {
  const { request, key } = signedWebhook('zoom', { now, event: 'endpoint.url_validation' });
  const encryptedToken = createHmac('sha256', key).update('abc123def456').digest('hex');
  const body = JSON.stringify({ plainToken: 'abc123def456', encryptedToken });
  // The key that fitted answers, while one replaces the other.
  expect(await verify('zoom', request, ['new', key])).toEqual(replied(body, 'application/json'));
  expect(await verify('zoom', request, ['other'])).toEqual(refused('wrong_signature'));
});

it('answers Discord by what it asks', async () => {
  const ping = signedWebhook('discord', { now, body: { id: '1', type: 1 } });
  expect(await verify('discord', ping.request, [ping.key])).toEqual(
    replied('{"type":1}', 'application/json'),
  );
  const check = signedWebhook('discord', { now, body: { version: 1, type: 0 } });
  expect(await verify('discord', check.request, [check.key])).toEqual(replied('', 'application/json', 204));
  const event = signedWebhook('discord', { now, body: { version: 1, type: 1, event: { type: 'X' } } });
  expect(await verify('discord', event.request, [event.key])).toMatchObject({ kind: 'authentic' });
  expect(
    (await verify('discord', { ...ping.request, body: Buffer.from('{"type":1}') }, [ping.key])).kind,
  ).toBe('refused');
});

it('takes the signed pings of GitHub, Greenhouse, Google and Dropbox Sign for what they are', async () => {
  const github = signedWebhook('github', { now, event: 'ping' });
  expect(await verify('github', github.request, [github.key])).toEqual(replied('', null));
  expect(await verify('github', github.request, ['other'])).toEqual(refused('wrong_signature'));
  const greenhouse = signedWebhook('greenhouse', { now, body: { action: 'ping', payload: {} } });
  expect(await verify('greenhouse', greenhouse.request, [greenhouse.key])).toEqual(replied('', null));
  const headers = { 'x-goog-channel-token': 'key', 'x-goog-resource-state': 'sync' };
  expect(await verify('google-calendar', { headers }, ['key'])).toEqual(replied('', null));
  expect(await verify('google-calendar', { headers }, ['other'])).toEqual(refused('wrong_signature'));
  const sign = signedWebhook('hellosign', { now, event: 'callback_test' });
  expect(await verify('hellosign', sign.request, [sign.key])).toEqual(replied('Hello API Event Received'));
  expect(await verify('hellosign', sign.request, ['other'])).toEqual(refused('wrong_signature'));
});

it('gives Microsoft its token back as plain text', async () => {
  const token = 'Validation: Testing client application reachability & more';
  const url = `${address}?validationToken=${encodeURIComponent(token)}`;
  expect(await verify('microsoft-365', { url }, [])).toEqual(replied(token));
  expect(await verify('microsoft-teams', { url: `${address}?validationToken=` }, [])).toEqual(
    refused('not_a_webhook'),
  );
  const long = `${address}?validationToken=${'x'.repeat(5000)}`;
  expect(await verify('microsoft-365', { url: long }, [])).toEqual(refused('not_a_webhook'));
});

it('gives Meta its challenge back when the verify token is right', async () => {
  const query = 'hub.mode=subscribe&hub.verify_token=known&hub.challenge=1158201444';
  const values = { verifyToken: 'known' };
  expect(await verify('whatsapp', get(query), ['app secret'], values)).toEqual(replied('1158201444'));
  expect(await verify('whatsapp', get(query), ['known'])).toEqual(replied('1158201444'));
  expect(await verify('whatsapp', get(query), ['app secret'])).toEqual(refused('wrong_signature'));
  expect(await verify('whatsapp', get(query), [])).toEqual(refused('no_key'));
  expect(await verify('whatsapp', get(query.replace('known', '')), [''], { verifyToken: '' })).toEqual(
    refused('no_key'),
  );
});

it('answers LinkedIn’s challenge, and signs nothing but a UUID', async () => {
  const challengeCode = '890e4665-4dfe-4ab1-b689-ed553bceeed0';
  const challengeResponse = createHmac('sha256', 'key').update(challengeCode).digest('hex');
  const body = JSON.stringify({ challengeCode, challengeResponse });
  expect(await verify('linkedin', get(`challengeCode=${challengeCode}`), ['key'])).toEqual(
    replied(body, 'application/json'),
  );
  // Signing this would be signing a webhook for whoever asks.
  const forged = encodeURIComponent('hmacsha256={"notificationId":1}');
  expect(await verify('linkedin', get(`challengeCode=${forged}`), ['key'])).toEqual(refused('not_a_webhook'));
  expect(await verify('linkedin', get(`challengeCode=${challengeCode}`), [])).toEqual(refused('no_key'));
});

it('answers what Lucca, Okta, Mailchimp, WooCommerce and RingCentral ask', async () => {
  expect(await verify('lucca', get('challenge=abc'), [])).toEqual(replied('abc'));
  const okta = { 'x-okta-verification-challenge': 'abc' };
  expect(await verify('okta', get('', okta), [])).toEqual(
    replied('{"verification":"abc"}', 'application/json'),
  );
  expect(await verify('mailchimp', get(''), ['key'])).toEqual(replied('', null));
  const ping = { body: Buffer.from('webhook_id=17') };
  expect(await verify('woocommerce', ping, ['key'])).toEqual(replied('', null));
  expect(await verify('woocommerce', { body: Buffer.from('webhook_id=17&a=b') }, ['key'])).toEqual(
    refused('no_signature'),
  );
  const token = { 'validation-token': 'abc-1' };
  expect(await verify('ringcentral', { headers: token }, ['key'])).toEqual({
    kind: 'reply',
    reply: { status: 200, contentType: 'application/json', body: '', headers: token },
  });
  expect(await verify('ringcentral', { headers: { 'validation-token': 'a\tb' } }, ['key'])).toEqual(
    refused('not_a_webhook'),
  );
  const event = { headers: { 'validation-token': 'key' }, body: Buffer.from('{}') };
  expect(await verify('ringcentral', event, ['key'])).toMatchObject({ kind: 'authentic' });
  expect(await verify('ringcentral', event, ['other'])).toEqual(refused('wrong_signature'));
});

it('offers the key that Gusto proposes, and replaces none with it', async () => {
  const body = Buffer.from('{"verification_token":"abc","webhook_subscription_uuid":"u"}');
  const proposal = { key: 'abc', subscription: 'u' };
  expect(await verify('gusto', { body }, [])).toEqual({ ...replied('', null), proposal });
  expect(await verify('gusto', { body }, ['abc'])).toEqual(replied('', null));
  expect(await verify('gusto', { body }, ['key'])).toEqual(refused('no_signature'));
});

it('answers a stored webhook as its sender wants to read', () => {
  const after = (slug: string) => replyTo(findProvider(slug)!.inbound!);
  expect(after('stripe')).toEqual({ status: 200, contentType: null, body: '' });
  expect(after('hellosign')).toEqual({
    status: 200,
    contentType: 'text/plain',
    body: 'Hello API Event Received',
  });
  expect(after('twilio').body).toMatch(/<Response\/>$/);
  expect(after('microsoft-365').status).toBe(202);
  expect(after('salesforce').body).toContain('<Ack>true</Ack>');
});
