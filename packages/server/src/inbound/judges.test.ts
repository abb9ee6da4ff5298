import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { EventEmitter } from 'node:events';
import https from 'node:https';
import { createRequire } from 'node:module';
import { EventCallbackHelper, EventCallbackRequest } from '@dropbox/sign';
import { sign as signForGithub, verify as verifyForGithub } from '@octokit/webhooks-methods';
import { WebhookEventVerifier } from '@onfido/api';
import { EventWebhook } from '@sendgrid/eventwebhook';
import { verifyKey } from 'discord-interactions';
import { SignJWT, exportJWK, jwtVerify } from 'jose';
import { Stripe } from 'stripe';
import {
  getExpectedTwilioSignature,
  validateRequest,
  validateRequestWithBody,
} from 'twilio/lib/webhooks/webhooks.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findProvider } from '../providers/all-providers.ts';
import { signedWebhook } from '../testing/sandbox-webhooks.ts';
import { publishedSnsKey, signSns } from '../testing/signed-sns.ts';
import type { SnsMessage } from '../testing/signed-sns.ts';
import { readDropboxSign } from './schemes/dropbox-sign.ts';
import type { InboundRequest } from './types.ts';
import { verifyInbound } from './verify.ts';

/*
 * Others judge what is verified here: the providers' own libraries, the examples in their documents, and signatures that
 * another program computed from those documents.
 */

const now = Date.parse('2026-11-29T12:00:00Z');
const seconds = now / 1000;
const url = 'https://hub.example.com/webhooks/x/1?a=b';

async function believes(
  slug: string,
  request: Partial<InboundRequest>,
  key: string,
  at = now,
): Promise<boolean> {
  const whole = { method: 'POST', url, headers: {}, body: Buffer.alloc(0), ...request };
  const fetchCertificate = () => Promise.reject(new Error('nothing is fetched here'));
  const verdict = await verifyInbound(findProvider(slug)!.inbound!, whole, {
    keys: [key],
    now: at,
    fetchCertificate,
  });
  return verdict.kind !== 'refused';
}

type Judge = (request: InboundRequest, key: string) => Promise<boolean> | boolean;

const judges: Readonly<Record<string, Judge>> = {
  stripe: async ({ headers, body }, key) => {
    const arrives = Stripe.webhooks.constructEventAsync(
      body,
      headers['stripe-signature']!,
      key,
      300,
      undefined,
      now,
    );
    return arrives.then(
      () => true,
      () => false,
    );
  },
  sendgrid: ({ headers, body }, key) => {
    const library = new EventWebhook();
    const [signature, timestamp] = ['signature', 'timestamp'].map(
      (name) => headers[`x-twilio-email-event-webhook-${name}`]!,
    );
    return library.verifySignature(library.convertPublicKeyToECDSA(key), body, signature!, timestamp!);
  },
  github: ({ headers, body }, key) => verifyForGithub(key, body.toString(), headers['x-hub-signature-256']!),
  discord: ({ headers, body }, key) =>
    verifyKey(body, headers['x-signature-ed25519']!, headers['x-signature-timestamp']!, key),
  onfido: ({ headers, body }, key) => {
    try {
      return Boolean(new WebhookEventVerifier(key).readPayload(body, headers['x-sha2-signature']!));
    } catch {
      return false;
    }
  },
  hellosign: (request, key) => {
    const content = readDropboxSign(request) as Parameters<typeof EventCallbackRequest.init>[0];
    return EventCallbackHelper.isValid(key, EventCallbackRequest.init(content));
  },
  vonage: async ({ headers, body }, key) => {
    try {
      const token = headers['authorization']!.replace('Bearer ', '');
      const options = { algorithms: ['HS256'], currentDate: new Date(now) };
      const { payload } = await jwtVerify(token, new TextEncoder().encode(key), options);
      return payload['payload_hash'] === createHash('sha256').update(body).digest('hex');
    } catch {
      return false;
    }
  },
};

/** The type of the event is what Dropbox Sign signs. */
const changes: Readonly<Record<string, (text: string) => string>> = {
  hellosign: (text) => text.replace('"event_type":"signature', '"event_type":"Signature'),
};

describe.each(Object.entries(judges))('the library of %s', (slug, judge) => {
  it('is of the same opinion', async () => {
    const { request, key } = signedWebhook(slug, { now, ...(slug === 'onfido' && { body: onfidoEvent }) });
    const change = changes[slug] ?? ((text: string) => text.replace(/[a-z](?=[^a-z]*$)/, '_'));
    const changed = { ...request, body: Buffer.from(change(request.body.toString())) };
    expect(changed.body.equals(request.body)).toBe(false);
    for (const [sent, expected] of [
      [request, true],
      [changed, false],
    ] as const)
      expect([await judge(sent, key), await believes(slug, sent, key)]).toEqual([expected, expected]);
    const isPublic = slug === 'sendgrid' || slug === 'discord';
    const other = isPublic ? await otherKey(slug) : `${key}x`;
    expect([await judge(request, other), await believes(slug, request, other)]).toEqual([false, false]);
  });
});

const onfidoEvent = { payload: { action: 'check.completed', resource_type: 'check', object: { id: 'o' } } };

function otherKey(slug: string): Promise<string> {
  const { publicKey } =
    slug === 'discord' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const bytes = publicKey.export({ format: 'der', type: 'spki' });
  return Promise.resolve(slug === 'discord' ? bytes.subarray(-32).toString('hex') : bytes.toString('base64'));
}

describe('the validator of Amazon', () => {
  const MessageValidator = createRequire(import.meta.url)('sns-validator') as new () => {
    validate(message: SnsMessage, done: (error: Error | null) => void): void;
  };
  const topic = 'arn:aws:sns:eu-west-1:123456789012:bounces';
  const notification = {
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: topic,
    Message: '{"notificationType":"Bounce"}',
    Timestamp: '2026-11-29T11:59:58.000Z',
    SignatureVersion: '2',
    SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem',
  };
  const confirmation = {
    ...notification,
    Type: 'SubscriptionConfirmation',
    Token: '2336412f37',
    SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37',
  };
  afterEach(() => vi.restoreAllMocks());

  /** It fetches the certificate by itself; here it gets ours, wherever it asks. */
  function judge(message: SnsMessage): Promise<boolean> {
    vi.spyOn(https, 'get').mockImplementation(((_url: string, answered: (answer: EventEmitter) => void) => {
      const answer = Object.assign(new EventEmitter(), { statusCode: 200 });
      answered(answer);
      answer.emit('data', Buffer.from(publishedSnsKey));
      answer.emit('end');
      return new EventEmitter();
    }) as unknown as typeof https.get);
    return new Promise((resolve) => {
      new MessageValidator().validate({ ...message }, (error) => resolve(error === null));
    });
  }

  async function ours(message: SnsMessage): Promise<boolean> {
    const verdict = await verifyInbound(
      findProvider('amazon-ses')!.inbound!,
      {
        method: 'POST',
        url,
        headers: { 'content-type': 'text/plain' },
        body: Buffer.from(JSON.stringify(message)),
      },
      { keys: [topic], now, fetchCertificate: () => Promise.resolve(publishedSnsKey) },
    );
    return verdict.kind !== 'refused';
  }

  const signed = signSns(notification);
  const cases: [string, SnsMessage, boolean][] = [
    ['a notification', signed, true],
    ['one with a subject', signSns({ ...notification, Subject: 'Bounce' }), true],
    ['one under version 1', signSns({ ...notification, SignatureVersion: '1' }), true],
    ['a confirmation', signSns(confirmation), true],
    ['another message', { ...signed, Message: '{}' }, false],
    ['another topic', { ...signed, TopicArn: `${topic}x` }, false],
    ['a subject that was added', { ...signed, Subject: 'x' }, false],
    ['another version', { ...signed, SignatureVersion: '1' }, false],
    ['an unknown version', { ...signed, SignatureVersion: '3' }, false],
    ['another token', { ...signSns(confirmation), Token: 'x' }, false],
    [
      'no signature',
      Object.fromEntries(Object.entries(signed).filter(([name]) => name !== 'Signature')),
      false,
    ],
    ...[
      'https://sns.eu-west-1.amazonaws.com.evil.example/a.pem',
      'https://evil.example/sns.eu-west-1.amazonaws.com/a.pem',
      'http://sns.eu-west-1.amazonaws.com/a.pem',
      'https://sns.eu-west-1.amazonaws.com@evil.example/a.pem',
      'https://sns.eu-west-1.amazonaws.com/a.txt',
    ].map((SigningCertURL): [string, SnsMessage, boolean] => [
      `a certificate at ${SigningCertURL}`,
      signSns({ ...notification, SigningCertURL }),
      false,
    ]),
  ];
  it.each(cases)('is of the same opinion of %s', async (_, message, expected) => {
    expect([await judge(message), await ours(message)]).toEqual([expected, expected]);
  });
});

describe('the library of Twilio', () => {
  const key = 'an-auth-token';
  const form = (text: string): Partial<InboundRequest> => ({
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(text),
  });

  /** Fields as an Express server would hand them over: a list where a name came several times. */
  const fieldsOf = (text: string) => {
    const fields = new URLSearchParams(text);
    return Object.fromEntries([...fields.keys()].map((name) => [name, fields.getAll(name)]));
  };

  it.each([
    'Body=Hello&From=%2B1650&MediaUrl0=https%3A%2F%2Fa%3Fb%3Dc',
    'B=2&a=1&A=3&b=4&%C3%A4=%F0%9F%98%80',
    'a=2&a=1&a=2&b=',
    'Body=a%0Ab+c%20d',
  ])('signs the fields %s as we do', async (text) => {
    const signature = getExpectedTwilioSignature(key, url, fieldsOf(text));
    const request = form(text);
    const sent = { ...request, headers: { ...request.headers, 'x-twilio-signature': signature } };
    expect(await believes('twilio', sent, key)).toBe(true);
    expect(await believes('twilio', { ...sent, body: Buffer.from(`${text}&c=d`) }, key)).toBe(false);
    expect(validateRequest(key, signature, url, fieldsOf(`${text}&c=d`))).toBe(false);
  });

  it.each([
    'https://hub.example.com/a',
    'https://hub.example.com:443/a',
    'http://hub.example.com/a?b=c',
    'https://hub.example.com:8443/a',
  ])('knows %s with its port and without', async (called) => {
    for (const told of [
      'https://hub.example.com/a',
      'https://hub.example.com:443/a',
      'http://hub.example.com:80/a?b=c',
    ]) {
      const signature = getExpectedTwilioSignature(key, told, {});
      const request = { url: called, headers: { 'x-twilio-signature': signature } };
      expect([told, await believes('twilio', request, key)]).toEqual([
        told,
        validateRequest(key, signature, called, {}),
      ]);
    }
  });

  it('covers JSON by its hash', async () => {
    const body = '{"a":"ö"}';
    const called = `${url}&bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    const signature = getExpectedTwilioSignature(key, called, {});
    for (const text of [body, `${body} `]) {
      const headers = { 'x-twilio-signature': signature, 'content-type': 'application/json' };
      const ours = await believes('twilio', { url: called, headers, body: Buffer.from(text) }, key);
      expect([ours, validateRequestWithBody(key, signature, called, text)]).toEqual([
        text === body,
        text === body,
      ]);
    }
  });
});

describe('what a library signs', () => {
  it('is believed: Stripe', async () => {
    const payload = '{"id":"evt_1","type":"customer.created"}';
    const signature = await Stripe.webhooks.generateTestHeaderStringAsync({
      payload,
      secret: 'whsec_a',
      timestamp: seconds,
    });
    const request = { headers: { 'stripe-signature': signature }, body: Buffer.from(payload) };
    expect(await believes('stripe', request, 'whsec_a')).toBe(true);
    expect(await believes('stripe', request, 'a')).toBe(false);
  });

  it('is believed: GitHub', async () => {
    const payload = '{"action":"ö"}';
    const headers = {
      'x-hub-signature-256': await signForGithub('secret', payload),
      'x-github-event': 'push',
    };
    expect(await believes('github', { headers, body: Buffer.from(payload) }, 'secret')).toBe(true);
  });

  it('is believed: tokens of Vonage', async () => {
    const body = Buffer.from('{"message_uuid":"u"}');
    const claims = { payload_hash: createHash('sha256').update(body).digest('hex'), jti: 'j' };
    const sign = (alg: string, iat: number) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg })
        .setIssuedAt(iat)
        .sign(new TextEncoder().encode('a-secret-of-the-account-of-32-bytes'));
    const sent = async (alg: string, iat = seconds) =>
      believes(
        'vonage',
        { headers: { authorization: `Bearer ${await sign(alg, iat)}` }, body },
        'a-secret-of-the-account-of-32-bytes',
      );
    expect(await sent('HS256')).toBe(true);
    expect(await sent('HS384')).toBe(false);
    expect(await sent('HS256', seconds - 301)).toBe(false);
  });

  it('is believed: tokens of Google', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }] });
    const account = 'push@project.iam.gserviceaccount.com';
    const token = await new SignJWT({ email: account, email_verified: true })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuer('https://accounts.google.com')
      .setAudience(url)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 60)
      .sign(createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })));
    const request = {
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${token}` },
      body: Buffer.from('{}'),
    };
    const how = { keys: [account], now, fetchCertificate: () => Promise.resolve(keys) };
    expect(await verifyInbound(findProvider('google-meet')!.inbound!, request, how)).toMatchObject({
      kind: 'authentic',
    });
  });
});

describe('the example in the documents', () => {
  it('of GitHub', async () => {
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const request = { headers: { 'x-hub-signature-256': signature }, body: Buffer.from('Hello, World!') };
    expect(await believes('github', request, "It's a Secret to Everybody")).toBe(true);
  });

  it('of Slack', async () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const headers = {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    const request = { headers, body: Buffer.from(body) };
    expect(await believes('slack', request, '8f742231b10e8888abcd99yyyzzz85a5', 1_531_420_618_000)).toBe(
      true,
    );
    expect(await believes('slack', request, '8f742231b10e8888abcd99yyyzzz85a5')).toBe(false);
  });

  it('of Twilio', async () => {
    const fields = {
      CallSid: 'CA1234567890ABCDE',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
      Caller: '+14158675309',
    };
    const headers = {
      'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const called = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const request = { url: called, headers, body: Buffer.from(new URLSearchParams(fields).toString()) };
    expect(await believes('twilio', request, '12345')).toBe(true);
    expect(await believes('twilio', { ...request, url: `${called}3` }, '12345')).toBe(false);
  });
});

/** Computed with Python's hmac module over the key, body, time and address below. */
const vectors: readonly (readonly [slug: string, headers: Record<string, string>])[] = [
  [
    'bamboohr',
    {
      'X-BambooHR-Signature': '10fb57689c16cc02f0989189ba5ec213eb04c306d3c85c168583c0aebfa775a5',
      'X-BambooHR-Timestamp': '1795953600',
    },
  ],
  [
    'calendly',
    {
      'Calendly-Webhook-Signature':
        't=1795953600,v1=942bd4c90a8a72682127ed8f6023db8045c4650655f5cb0dea03800bbb5f14a0',
    },
  ],
  ['checkr', { 'X-Checkr-Signature': '7b9604af5db75b11de39e686847e04fc694fa07446c73daa7637b0b67880beed' }],
  ['docusign', { 'X-DocuSign-Signature-1': 'e5YEr123WxHeOeaGhH4E/GlPoHRGxz2qdjewtniAvu0=' }],
  ['greenhouse', { Signature: 'sha256 7b9604af5db75b11de39e686847e04fc694fa07446c73daa7637b0b67880beed' }],
  ['gusto', { 'X-Gusto-Signature': '7b9604af5db75b11de39e686847e04fc694fa07446c73daa7637b0b67880beed' }],
  [
    'hubspot',
    {
      'X-HubSpot-Signature-v3': 'XDbQumYb8kwdTFq6R50jOsFoQF+EoQpD1IiiyLPOyaQ=',
      'X-HubSpot-Request-Timestamp': '1795953600000',
    },
  ],
  ['indeed', { 'X-Indeed-Signature': '8oPKnPwipwigc3fmpGjdw2XTerQ=' }],
  ['linkedin', { 'X-LI-Signature': '646170710e9d242aa374a828bc76a02338ba8c90d4a17554865f6045e9474fc7' }],
  [
    'lucca',
    {
      'Lucca-Signature': 'McsW2T6TqCHPEe8g1Ee5vl66aJ1KLoAqG79oM8RymZA=',
      'Lucca-Timestamp': '2026-11-29T12:00:00Z',
    },
  ],
  ['shopify', { 'X-Shopify-Hmac-SHA256': 'e5YEr123WxHeOeaGhH4E/GlPoHRGxz2qdjewtniAvu0=' }],
  [
    'sumsub',
    {
      'X-Payload-Digest':
        '70cc6eec50e68ca8bb88f519748f00cf6501634611f4b6711c71d49c208827a5a839ab67b1ceb2a3d162d4cf2f56dc0ae12bd1727c322bd08abb95b773655e9d',
      'X-Payload-Digest-Alg': 'HMAC_SHA512_HEX',
    },
  ],
  [
    'whatsapp',
    { 'X-Hub-Signature-256': 'sha256=7b9604af5db75b11de39e686847e04fc694fa07446c73daa7637b0b67880beed' },
  ],
  ['woocommerce', { 'X-WC-Webhook-Signature': 'e5YEr123WxHeOeaGhH4E/GlPoHRGxz2qdjewtniAvu0=' }],
  [
    'zendesk',
    {
      'X-Zendesk-Webhook-Signature': '6GHq5WeeCM9uL90GU1Bq3t/s4ZdVp8OFuBFeWNsbUUo=',
      'X-Zendesk-Webhook-Signature-Timestamp': '2026-11-29T12:00:00Z',
    },
  ],
  [
    'zoom',
    {
      'x-zm-signature': 'v0=1e01e5a5b37564c10b53a8d82c45334f684b083f3bc0185b46a069ffee10ac49',
      'x-zm-request-timestamp': '1795953600',
    },
  ],
];

describe('what another program signed', () => {
  const key = 'k3y-of-the-test';
  const body = Buffer.from('{"name":"Grüße","n":1}');

  it.each(vectors)('is believed as %s', async (slug, given) => {
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, text]) => [name.toLowerCase(), text]),
    );
    expect(await believes(slug, { headers, body }, key)).toBe(true);
    expect(await believes(slug, { headers, body: Buffer.from('{"name":"Grusse","n":1}') }, key)).toBe(false);
  });

  it('is believed in the body', async () => {
    const timestamp = String(seconds);
    const signature = {
      timestamp,
      token: 'tok3n',
      signature: '780166731e484577d4003456ae6038a044e4c38496a77b20bba7e7cd0d9a4a26',
    };
    const mailgun = { signature, 'event-data': {} };
    expect(await believes('mailgun', { body: Buffer.from(JSON.stringify(mailgun)) }, key)).toBe(true);
    const lever = {
      token: 'tok3n',
      triggeredAt: now,
      signature: '7570a2688248c6bfdd07e6ef555693239a602585461c0d284f227fc5c7f1f837',
    };
    expect(await believes('lever', { body: Buffer.from(JSON.stringify(lever)) }, key)).toBe(true);
  });
});
