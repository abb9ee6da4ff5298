import { createHmac, createPublicKey, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventWebhook } from '@sendgrid/eventwebhook';
import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { Stripe } from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandbox } from '../sandbox.ts';
import type { Sandbox } from '../sandbox.ts';
import { webhookEventsOf } from './send.ts';

interface Received {
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

let sandbox: Sandbox;
let hub: string;
let received: Received | undefined;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('utf8');
    received = { url: request.url ?? '', headers: request.headers, body };
    response.end('taken');
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sandbox = await startSandbox({ providers: sandboxDefinitions() });
});
afterAll(async () => {
  await sandbox.close();
  await new Promise((resolve) => server.close(resolve));
});

const valuesOf = (slug: string) => sandbox.account(slug).values;
const hmac = (hash: string, key: string, text: string, encoding: 'hex' | 'base64') =>
  createHmac(hash, key).update(text).digest(encoding);

/** What arrives at the hub. */
async function arriving(
  slug: string,
  options: { event?: string; publicUrl?: string; secretOrKey?: string } = {},
) {
  received = undefined;
  const sent = await sandbox.sendWebhook(slug, { url: `${hub}/webhooks/${slug}/1?a=b`, ...options });
  expect(sent).toMatchObject({ status: 200, responseBody: 'taken' });
  const { url, headers, body } = received!;
  return { url, body, header: (name: string) => String(headers[name.toLowerCase()]) };
}

it('is accepted by Stripe’s own library', async () => {
  const secret = valuesOf('stripe')['webhookSecret']!;
  const { body, header } = await arriving('stripe', { event: 'customer.created' });
  const event = await Stripe.webhooks.constructEventAsync(body, header('stripe-signature'), secret);
  expect(event.type).toBe('customer.created');
  await expect(
    Stripe.webhooks.constructEventAsync(`${body} `, header('stripe-signature'), secret),
  ).rejects.toThrow('signature');
  const other = await arriving('stripe', { secretOrKey: 'whsec_other' });
  await expect(
    Stripe.webhooks.constructEventAsync(other.body, other.header('stripe-signature'), secret),
  ).rejects.toThrow('signature');
});

it('is accepted by SendGrid’s own library', async () => {
  const { body, header } = await arriving('sendgrid', { event: 'bounce' });
  const judge = new EventWebhook();
  const key = judge.convertPublicKeyToECDSA(valuesOf('sendgrid')['webhookPublicKey']!);
  const [signature, timestamp] = ['signature', 'timestamp'].map((name) =>
    header(`x-twilio-email-event-webhook-${name}`),
  );
  expect(judge.verifySignature(key, body, signature!, timestamp!)).toBe(true);
  expect(judge.verifySignature(key, `${body} `, signature!, timestamp!)).toBe(false);
});

it('is signed by Slack and Zoom over version, time and body', async () => {
  for (const [slug, key, signature, time] of [
    ['slack', 'signingSecret', 'x-slack-signature', 'x-slack-request-timestamp'],
    ['zoom', 'webhookSecretToken', 'x-zm-signature', 'x-zm-request-timestamp'],
  ] as const) {
    const { body, header } = await arriving(slug);
    const expected = hmac('sha256', valuesOf(slug)[key]!, `v0:${header(time)}:${body}`, 'hex');
    expect(header(signature)).toBe(`v0=${expected}`);
    expect(Math.abs(Date.now() / 1000 - Number(header(time)))).toBeLessThan(60);
  }
});

it('is signed over the body alone by GitHub, DocuSign and Shopify', async () => {
  const github = await arriving('github');
  expect(github.header('x-hub-signature-256')).toBe(
    `sha256=${hmac('sha256', valuesOf('github')['webhookSecret']!, github.body, 'hex')}`,
  );
  expect(github.header('x-github-event')).toBe('issues');
  const docusign = await arriving('docusign');
  expect(docusign.header('x-docusign-signature-1')).toBe(
    hmac('sha256', valuesOf('docusign')['hmacKey']!, docusign.body, 'base64'),
  );
  const shopify = await arriving('shopify');
  expect(shopify.header('x-shopify-hmac-sha256')).toBe(
    hmac('sha256', valuesOf('shopify')['clientSecret']!, shopify.body, 'base64'),
  );
});

it('is signed by HubSpot over the public address, with milliseconds', async () => {
  const publicUrl = 'https://hub.example.com/webhooks/hubspot/1';
  const { body, header } = await arriving('hubspot', { publicUrl });
  const time = header('x-hubspot-request-timestamp');
  const expected = hmac(
    'sha256',
    valuesOf('hubspot')['clientSecret']!,
    `POST${publicUrl}${body}${time}`,
    'base64',
  );
  expect(header('x-hubspot-signature-v3')).toBe(expected);
  expect(Math.abs(Date.now() - Number(time))).toBeLessThan(60_000);
});

it('is signed by Calendly with the time in the same header', async () => {
  const { body, header } = await arriving('calendly');
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header('calendly-webhook-signature'))!;
  expect(signature).toBe(
    hmac('sha256', valuesOf('calendly')['webhookSigningKey']!, `${time}.${body}`, 'hex'),
  );
});

it('is signed by Mailgun inside the body', async () => {
  const { signature, ...rest } = JSON.parse((await arriving('mailgun')).body) as {
    signature: Record<string, string>;
  };
  const expected = hmac(
    'sha256',
    valuesOf('mailgun')['webhookSigningKey']!,
    `${signature['timestamp']}${signature['token']}`,
    'hex',
  );
  expect([signature['signature'], Object.keys(rest)]).toEqual([expected, ['event-data']]);
  const again = JSON.parse((await arriving('mailgun')).body) as typeof rest & {
    signature: Record<string, string>;
  };
  expect(again.signature['token']).not.toBe(signature['token']);
});

it('is signed by Twilio over the address and the fields in order', async () => {
  const { url, body, header } = await arriving('twilio');
  const fields = [...new URLSearchParams(body)].sort(([a], [b]) => (a < b ? -1 : 1));
  const signed = `${hub}${url}${fields.map(([name, value]) => name + value).join('')}`;
  expect(header('x-twilio-signature')).toBe(hmac('sha1', valuesOf('twilio')['authToken']!, signed, 'base64'));
});

it('carries user and password of Postmark', async () => {
  const { webhookUser, webhookPassword } = valuesOf('postmark');
  const expected = Buffer.from(`${webhookUser}:${webhookPassword}`).toString('base64');
  expect((await arriving('postmark')).header('authorization')).toBe(`Basic ${expected}`);
});

it('is signed by Discord with its own key', async () => {
  const { body, header } = await arriving('discord');
  const raw = Buffer.from(valuesOf('discord')['publicKey']!, 'hex');
  const key = createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]),
    format: 'der',
    type: 'spki',
  });
  const signature = Buffer.from(header('x-signature-ed25519'), 'hex');
  expect(verify(null, Buffer.from(header('x-signature-timestamp') + body), key, signature)).toBe(true);
});

it('is a signed token from Vonage', async () => {
  const { body, header } = await arriving('vonage');
  const [head, claims, signature] = header('authorization').replace('Bearer ', '').split('.');
  const expected = createHmac('sha256', valuesOf('vonage')['signatureSecret']!)
    .update(`${head}.${claims}`)
    .digest('base64url');
  expect(signature).toBe(expected);
  const { payload_hash: hash } = JSON.parse(Buffer.from(claims!, 'base64url').toString()) as {
    payload_hash: string;
  };
  expect(hash).toBe((await import('node:crypto')).createHash('sha256').update(body).digest('hex'));
});

const sending = sandboxDefinitions().flatMap((definition) =>
  webhookEventsOf(definition).map((event) => [definition.slug, event] as const),
);

it('covers nearly every provider that sends', () => {
  const slugs = new Set(sending.map(([slug]) => slug));
  const silent = sandboxDefinitions().filter(({ inbound, slug }) => inbound !== null && !slugs.has(slug));
  expect(silent.map(({ slug }) => slug).sort()).toEqual([
    'amazon-ses',
    'aws-s3',
    'email-forwarding',
    'gmail',
    'google-meet',
  ]);
  expect(slugs.size).toBeGreaterThan(30);
});

it.each(sending)('%s sends %s with something of its key', async (slug, event) => {
  const { url, body, header } = await arriving(slug, { event });
  const { inbound } = sandboxDefinitions().find((definition) => definition.slug === slug)!;
  const whole = [url, body, ...inbound!.headers.map(header)].join('\n');
  const other = await arriving(slug, { event, secretOrKey: 'another-secret' });
  const isShared = !['ed25519', 'ecdsa-p256-sha256'].includes(inbound!.algorithm);
  expect([url, other.body, ...inbound!.headers.map(other.header)].join('\n') === whole).toBe(false);
  expect(isShared || header(inbound!.headers[0]!).length > 60).toBe(true);
});

it('goes nowhere else', async () => {
  await expect(sandbox.sendWebhook('stripe', { url: 'https://example.com/' })).rejects.toThrow(
    'this machine',
  );
  await expect(sandbox.sendWebhook('stripe', { url: hub, event: 'no.such' })).rejects.toThrow(
    'no sample event',
  );
  await expect(sandbox.sendWebhook('smtp', { url: hub })).rejects.toThrow('sends no webhooks');
});
