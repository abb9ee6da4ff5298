import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { allProviders, findProvider } from '../providers/all-providers.ts';
import type { InboundScheme } from '../providers/provider.ts';
import { signedWebhook } from '../testing/sandbox-webhooks.ts';
import { schemeOfSignature } from './scheme-of-signature.ts';
import type { InboundRequest, Verdict, VerifyWith } from './types.ts';
import { verifyInbound } from './verify.ts';

const now = Date.parse('2026-11-29T12:00:00Z');
const noNetwork = () => Promise.reject(new Error('nothing is fetched here'));
const schemeOf = (slug: string) => findProvider(slug)!.inbound!;

function verify(
  slug: string,
  request: InboundRequest,
  keys: readonly string[],
  how: Partial<VerifyWith> = {},
): Promise<Verdict> {
  return verifyInbound(schemeOf(slug), request, { keys, now, fetchCertificate: noNetwork, ...how });
}

const refused = (reason: string) => ({ kind: 'refused', reason });
const withBody = (request: InboundRequest, change: (text: string) => string): InboundRequest => ({
  ...request,
  body: Buffer.from(change(request.body.toString())),
});
const withHeader = (request: InboundRequest, name: string, value: string | undefined): InboundRequest => {
  const { [name.toLowerCase()]: _old, ...rest } = request.headers;
  return { ...request, headers: value === undefined ? rest : { ...rest, [name.toLowerCase()]: value } };
};

/** Their tests are beside them: they are signed with keys that others publish, or with those of another provider. */
const elsewhere = new Set(['aws-sns', 'google-pubsub-oidc', 'depends-on-receiver']);
const played = allProviders.filter(({ inbound }) => inbound !== null && !elsewhere.has(inbound.scheme));

describe('every provider that sends', () => {
  it.each(played.map(({ slug }) => slug))('%s is believed as the sandbox signs for it', async (slug) => {
    const { request, key } = signedWebhook(slug, { now });
    expect(await verify(slug, request, [key])).toMatchObject({ kind: 'authentic' });
    expect(await verify(slug, request, ['another-key', key])).toMatchObject({ kind: 'authentic' });
  });

  it.each(played.map(({ slug }) => slug))('%s is refused without a usable key', async (slug) => {
    const { request } = signedWebhook(slug, { now, secret: '' });
    expect(await verify(slug, request, [])).toMatchObject({ kind: 'refused' });
    expect(await verify(slug, request, [''])).toMatchObject({ kind: 'refused' });
    const { request: signed } = signedWebhook(slug, { now });
    expect(await verify(slug, signed, [''])).toEqual(refused('no_key'));
  });

  it.each(played.map(({ slug }) => slug))('%s is refused under another key', async (slug) => {
    const { request } = signedWebhook(slug, { now });
    const isPublic = /^(ed25519|ecdsa)/.test(schemeOf(slug).algorithm);
    const other = isPublic ? keysOfOthers[schemeOf(slug).algorithm]! : 'another-key';
    expect(await verify(slug, request, [other])).toEqual(refused('wrong_signature'));
  });
});

const spki = (key: KeyObject) => key.export({ format: 'der', type: 'spki' });

/** Keys of the right kind that signed nothing here. */
const keysOfOthers: Readonly<Record<string, string>> = {
  ed25519: spki(generateKeyPairSync('ed25519').publicKey).subarray(-32).toString('hex'),
  'ecdsa-p256-sha256': spki(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey).toString('base64'),
};

/** What is signed by each scheme, and where its signature stands. */
const schemes: { slug: string; signature: string; time?: string; body: boolean; tolerance?: number }[] = [
  {
    slug: 'bamboohr',
    signature: 'x-bamboohr-signature',
    time: 'x-bamboohr-timestamp',
    body: true,
    tolerance: 300,
  },
  { slug: 'calendly', signature: 'calendly-webhook-signature', body: true, tolerance: 180 },
  { slug: 'checkr', signature: 'x-checkr-signature', body: true },
  {
    slug: 'discord',
    signature: 'x-signature-ed25519',
    time: 'x-signature-timestamp',
    body: true,
    tolerance: 300,
  },
  { slug: 'docusign', signature: 'x-docusign-signature-1', body: true },
  { slug: 'github', signature: 'x-hub-signature-256', body: true },
  { slug: 'google-calendar', signature: 'x-goog-channel-token', body: false },
  { slug: 'greenhouse', signature: 'signature', body: true },
  { slug: 'gusto', signature: 'x-gusto-signature', body: true },
  {
    slug: 'hubspot',
    signature: 'x-hubspot-signature-v3',
    time: 'x-hubspot-request-timestamp',
    body: true,
    tolerance: 300,
  },
  { slug: 'indeed', signature: 'x-indeed-signature', body: true },
  { slug: 'linkedin', signature: 'x-li-signature', body: true },
  { slug: 'lucca', signature: 'lucca-signature', time: 'lucca-timestamp', body: true, tolerance: 300 },
  { slug: 'okta', signature: 'authorization', body: false },
  { slug: 'onfido', signature: 'x-sha2-signature', body: true },
  { slug: 'postmark', signature: 'authorization', body: false },
  { slug: 'ringcentral', signature: 'verification-token', body: false },
  {
    slug: 'sendgrid',
    signature: 'x-twilio-email-event-webhook-signature',
    time: 'x-twilio-email-event-webhook-timestamp',
    body: true,
    tolerance: 300,
  },
  { slug: 'shopify', signature: 'x-shopify-hmac-sha256', body: true },
  {
    slug: 'slack',
    signature: 'x-slack-signature',
    time: 'x-slack-request-timestamp',
    body: true,
    tolerance: 300,
  },
  { slug: 'stripe', signature: 'stripe-signature', body: true, tolerance: 300 },
  { slug: 'stripe-connect', signature: 'stripe-signature', body: true, tolerance: 300 },
  { slug: 'sumsub', signature: 'x-payload-digest', body: true },
  { slug: 'telegram', signature: 'x-telegram-bot-api-secret-token', body: false },
  { slug: 'twilio', signature: 'x-twilio-signature', body: true },
  { slug: 'vonage', signature: 'authorization', body: true, tolerance: 300 },
  { slug: 'whatsapp', signature: 'x-hub-signature-256', body: true },
  { slug: 'woocommerce', signature: 'x-wc-webhook-signature', body: true },
  { slug: 'zapier', signature: 'authorization', body: false },
  {
    slug: 'zendesk',
    signature: 'x-zendesk-webhook-signature',
    time: 'x-zendesk-webhook-signature-timestamp',
    body: true,
    tolerance: 300,
  },
  { slug: 'zoom', signature: 'x-zm-signature', time: 'x-zm-request-timestamp', body: true, tolerance: 300 },
];

/** Their signature stands in the body or in the address, and is tested below. */
const inBodyOrAddress = [
  'dropbox-sign-event-hash',
  'lever-body-hmac',
  'mailchimp-secret-url',
  'mailgun-hmac',
  'microsoft-graph-change-notification',
  'salesforce-outbound-message',
  'sterling-callback',
];

it('covers every scheme', () => {
  const covered = new Set([...schemes.map(({ slug }) => schemeOf(slug).scheme), ...inBodyOrAddress]);
  const left = played.filter(({ inbound }) => !covered.has(inbound!.scheme)).map(({ slug }) => slug);
  expect(left).toEqual(['auth0']);
});

describe.each(schemes)('$slug', ({ slug, signature, time, body, tolerance }) => {
  const { request, key } = signedWebhook(slug, { now });

  it('is refused when one byte of the body is another', async () => {
    const places = [0, Math.floor(request.body.length / 2), request.body.length - 1];
    for (const place of places) {
      const bytes = Buffer.from(request.body);
      bytes[place] = bytes[place]! ^ 1;
      const verdict = await verify(slug, { ...request, body: bytes }, [key]);
      expect([place, verdict.kind]).toEqual([place, body ? 'refused' : 'authentic']);
    }
    const longer = await verify(
      slug,
      withBody(request, (text) => `${text} `),
      [key],
    );
    expect(longer.kind).toBe(body ? 'refused' : 'authentic');
  });

  it('is refused without its headers', async () => {
    const sent = (name: string, value: string | undefined) =>
      verify(slug, withHeader(request, name, value), [key]);
    for (const name of time ? [signature, time] : [signature]) {
      expect([name, await sent(name, undefined)]).toEqual([name, refused('no_signature')]);
      expect([name, await sent(name, '')]).toEqual([name, refused('no_signature')]);
    }
  });

  it('is refused with a signature of another length', async () => {
    const given = request.headers[signature]!;
    for (const other of [given.slice(0, -1), given.slice(1), `${given}0`, given.slice(0, 5)]) {
      const verdict = await verify(slug, withHeader(request, signature, other), [key]);
      expect([other, verdict.kind]).toEqual([other, 'refused']);
    }
  });

  it('is refused too early and too late, where the time is signed', async () => {
    const seconds = tolerance ?? 1e9;
    const at = (offset: number) => verify(slug, request, [key], { now: now + offset * 1000 });
    expect(await at(seconds)).toMatchObject({ kind: 'authentic' });
    expect(await at(-seconds)).toMatchObject({ kind: 'authentic' });
    expect(await at(seconds + 1)).toMatchObject(tolerance ? refused('too_old') : { kind: 'authentic' });
    expect(await at(-seconds - 1)).toMatchObject(tolerance ? refused('too_new') : { kind: 'authentic' });
  });

  it('is refused with a time that is written in another way', async () => {
    const name = time ?? '';
    const given = request.headers[name];
    for (const other of given ? [`+${given}`, ` ${given}`, `${given}.0`, '1e9', '-1', '0x6', 'now'] : [])
      expect([other, (await verify(slug, withHeader(request, name, other), [key])).kind]).toEqual([
        other,
        'refused',
      ]);
  });
});

describe('a signature over a badly written time', () => {
  it('proves the sender and still counts for nothing', async () => {
    const seconds = String(now / 1000);
    for (const time of [`+${seconds}`, `${seconds}.5`, `${seconds}e0`, '', ' ']) {
      const signature = `v0=${createHmac('sha256', 'key').update(`v0:${time}:{}`).digest('hex')}`;
      const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': time };
      const request = { method: 'POST', url: 'https://hub.example.com/', headers, body: Buffer.from('{}') };
      expect([time, (await verify('slack', request, ['key'])).kind]).toEqual([time, 'refused']);
    }
  });
});

describe('several signatures', () => {
  it('of Stripe: one of version 1 is enough, others do not count', async () => {
    const { request, key } = signedWebhook('stripe', { now });
    const [time, v1] = request.headers['stripe-signature']!.split(',') as [string, string];
    const sent = (value: string) => verify('stripe', withHeader(request, 'stripe-signature', value), [key]);
    const wrong = `v1=${'0'.repeat(64)}`;
    expect(await sent(`${time},${wrong},${v1}`)).toMatchObject({ kind: 'authentic' });
    expect(await sent(`${time}, ${v1} ,${wrong}`)).toMatchObject({ kind: 'authentic' });
    expect(await sent(`${time},${wrong}`)).toEqual(refused('wrong_signature'));
    expect(await sent(`${time},${v1.replace('v1', 'v0')}`)).toEqual(refused('no_signature'));
    // Two times: which one was signed would be for the reader to guess.
    expect(await sent(`t=1,${time},${v1}`)).toEqual(refused('no_signature'));
    expect(await sent(v1)).toEqual(refused('no_signature'));
  });

  it('of Docusign: one header for each active key', async () => {
    const { request, key } = signedWebhook('docusign', { now });
    const right = request.headers['x-docusign-signature-1']!;
    const moved = withHeader(
      withHeader(request, 'x-docusign-signature-1', 'wrong'),
      'x-docusign-signature-37',
      right,
    );
    expect(await verify('docusign', moved, [key])).toMatchObject({ kind: 'authentic' });
    const unnumbered = withHeader(
      withHeader(request, 'x-docusign-signature-1', undefined),
      'x-docusign-signature-x',
      right,
    );
    expect(await verify('docusign', unnumbered, [key])).toEqual(refused('no_signature'));
  });

  it('needs the prefix that says how it was made', async () => {
    const { request, key } = signedWebhook('github', { now });
    const bare = request.headers['x-hub-signature-256']!.replace('sha256=', '');
    const sent = (value: string) =>
      verify('github', withHeader(request, 'x-hub-signature-256', value), [key]);
    expect(await sent(bare)).toEqual(refused('wrong_signature'));
    for (const prefix of ['sha1=', 'sha512=', 'SHA256='])
      expect([prefix, await sent(prefix + bare)]).toEqual([prefix, refused('wrong_signature')]);
  });
});

describe('a signature in the body', () => {
  const lastOf = (field: string) => new RegExp(`("${field}":"?\\w*)(\\w)`);
  const cases = [
    { slug: 'mailgun', fields: ['timestamp', 'token', 'signature'] },
    { slug: 'lever', fields: ['triggeredAt', 'token', 'signature'] },
    { slug: 'hellosign', fields: ['event_time', 'event_type', 'event_hash'] },
  ];

  it.each(cases)('of $slug covers its three values', async ({ slug, fields }) => {
    const { request, key } = signedWebhook(slug, { now });
    for (const field of fields) {
      const changed = withBody(request, (text) =>
        text.replace(lastOf(field), (_, start: string, end: string) => start + (end === '7' ? '8' : '7')),
      );
      expect(changed.body.equals(request.body)).toBe(false);
      expect([field, await verify(slug, changed, [key])]).toEqual([field, refused('wrong_signature')]);
      const without = withBody(request, (text) => text.replace(`"${field}"`, `"x${field}"`));
      expect([field, await verify(slug, without, [key])]).toEqual([field, refused('no_signature')]);
    }
  });

  it.each(cases)('of $slug counts for five minutes on either side', async ({ slug }) => {
    const { request, key } = signedWebhook(slug, { now });
    const at = (offset: number) => verify(slug, request, [key], { now: now + offset * 1000 });
    expect(await at(300)).toMatchObject({ kind: 'authentic' });
    expect(await at(301)).toEqual(refused('too_old'));
    expect(await at(-301)).toEqual(refused('too_new'));
  });

  it.each(cases)(
    'of $slug is recognized when it comes again with something else beside it',
    async ({ slug }) => {
      const { request, key } = signedWebhook(slug, { now });
      const first = await verify(slug, request, [key]);
      const other = withBody(request, (text) => text.replace(/Example|example|Your offer|ping/, 'other'));
      expect(other.body.equals(request.body)).toBe(false);
      expect(first).toMatchObject({ replayKey: expect.any(String) as string });
      expect(await verify(slug, other, [key])).toEqual(first);
      const next = signedWebhook(slug, { now: now + 1000, id: 'another0id00' });
      expect(await verify(slug, next.request, [key])).not.toEqual(first);
    },
  );

  it('of Mailgun counts in a form as well', async () => {
    const { request, key } = signedWebhook('mailgun', { now });
    const { signature } = JSON.parse(request.body.toString()) as { signature: Record<string, string> };
    const form = new URLSearchParams({ ...signature, recipient: 'inbox@example.com', subject: 'Hello' });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = { ...request, headers, body: Buffer.from(form.toString()) };
    expect(await verify('mailgun', sent, [key])).toMatchObject({ kind: 'authentic' });
    form.set('token', 'another');
    expect(await verify('mailgun', { ...sent, body: Buffer.from(form.toString()) }, [key])).toEqual(
      refused('wrong_signature'),
    );
  });

  it('of Mailgun counts in a large form, with files or without', async () => {
    const { request, key } = signedWebhook('mailgun', { now });
    const { signature } = JSON.parse(request.body.toString()) as { signature: Record<string, string> };
    const fields = {
      'body-plain': 'x'.repeat(2_000_000),
      ...signature,
      subject: 'token=other&signature=other',
    };
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('attachment-1', new Blob(['token']), 'token');
    form.append('token', new Blob(['other']), 'file.txt');
    for (const body of [form, new URLSearchParams(fields)]) {
      const response = new Response(body);
      const headers = { 'content-type': response.headers.get('content-type')! };
      const sent = { ...request, headers, body: Buffer.from(await response.arrayBuffer()) };
      const replayKey = `token ${signature['token']}`;
      expect(await verify('mailgun', sent, [key])).toEqual({ kind: 'authentic', replayKey });
    }
  });

  it('of Microsoft has to be in every notice', async () => {
    const { request, key } = signedWebhook('microsoft-365', { now });
    const [notice] = (JSON.parse(request.body.toString()) as { value: Record<string, unknown>[] }).value;
    const sent = (...value: unknown[]) =>
      verify('microsoft-365', { ...request, body: Buffer.from(JSON.stringify({ value })) }, [key]);
    expect(await sent(notice, notice)).toMatchObject({ kind: 'authentic' });
    expect(await sent(notice, { ...notice, clientState: 'x' })).toEqual(refused('wrong_signature'));
    expect(await sent(notice, { ...notice, clientState: undefined })).toEqual(refused('no_signature'));
    expect(await sent()).toEqual(refused('not_a_webhook'));
  });

  it('is not looked for in a body of more than a mebibyte', async () => {
    const { request, key } = signedWebhook('lever', { now });
    const long = withBody(request, (text) => text + ' '.repeat(1_048_576));
    expect(await verify('lever', long, [key])).toEqual(refused('no_signature'));
  });
});

describe('a secret in the address', () => {
  it.each(['mailchimp', 'salesforce', 'sterling'])('of %s has to be the right one', async (slug) => {
    const { request, key } = signedWebhook(slug, { now });
    const at = (url: string) => verify(slug, { ...request, url }, [key]);
    const bare = request.url.split('?')[0]!;
    expect(await at(bare)).toEqual(refused('no_signature'));
    expect(await at(`${bare}?token=`)).toEqual(refused('no_signature'));
    expect(await at(`${bare}?token=${key}x`)).toEqual(refused('wrong_signature'));
    expect(await at(`${bare}?a=b&token=${key}`)).toMatchObject({ kind: 'authentic' });
  });
});

describe('Postmark', () => {
  it('needs the user that was entered, beside the password', async () => {
    const { request, key } = signedWebhook('postmark', { now, user: 'postmark-user' });
    const values = { webhookUser: 'postmark-user' };
    expect(await verify('postmark', request, [key], { values })).toMatchObject({ kind: 'authentic' });
    expect(await verify('postmark', request, [key], { values: { webhookUser: 'other' } })).toEqual(
      refused('wrong_signature'),
    );
    expect(await verify('postmark', request, [`postmark-user:${key}`])).toMatchObject({ kind: 'authentic' });
    expect(await verify('postmark', request, [`other:${key}`])).toEqual(refused('wrong_signature'));
  });
});

describe('HubSpot', () => {
  it('signs the address and the method', async () => {
    const url = 'https://hub.example.com/webhooks/hubspot/1?a=b%3Ac';
    // HubSpot signs the address with this escape undone.
    const { request, key } = signedWebhook('hubspot', { now, url: url.replace('%3A', ':') });
    expect(await verify('hubspot', { ...request, url }, [key])).toMatchObject({ kind: 'authentic' });
    expect(await verify('hubspot', { ...request, url: `${url}d` }, [key])).toEqual(
      refused('wrong_signature'),
    );
    expect(await verify('hubspot', { ...request, method: 'PUT' }, [key])).toEqual(refused('wrong_signature'));
  });
});

describe('a key', () => {
  it('that cannot be one of the scheme is none', async () => {
    for (const slug of ['discord', 'sendgrid']) {
      const { request } = signedWebhook(slug, { now });
      const rsa = spki(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey).toString('base64');
      const p384 = spki(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey).toString('base64');
      for (const key of ['not-a-key', rsa, p384])
        expect(await verify(slug, request, [key])).toEqual(refused('no_key'));
    }
  });
});

describe('Sumsub', () => {
  it('is believed under SHA-512, and not under SHA-1 or what nobody knows', async () => {
    const { request, key } = signedWebhook('sumsub', { now });
    const under = (name: string, hash: string) => {
      const digest = createHmac(hash, key).update(request.body).digest('hex');
      const signed = withHeader(request, 'x-payload-digest', digest);
      return verify('sumsub', withHeader(signed, 'x-payload-digest-alg', name), [key]);
    };
    expect(await under('HMAC_SHA512_HEX', 'sha512')).toMatchObject({ kind: 'authentic' });
    expect(await under('HMAC_SHA1_HEX', 'sha1')).toEqual(refused('wrong_signature'));
    expect(await under('HMAC_SHA256_HEX', 'sha512')).toEqual(refused('wrong_signature'));
    expect(await under('constructor', 'sha256')).toEqual(refused('wrong_signature'));
  });
});

describe('Vonage', () => {
  it('is believed under HS256 only', async () => {
    const { request, key } = signedWebhook('vonage', { now });
    const [, claims] = request.headers['authorization']!.split('.') as [string, string, string];
    const under = (alg: string, signature: (signed: string) => string) => {
      const head = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url');
      const token = `Bearer ${head}.${claims}.${signature(`${head}.${claims}`)}`;
      return verify('vonage', withHeader(request, 'authorization', token), [key]);
    };
    const hmac = (hash: string) => (signed: string) =>
      createHmac(hash, key).update(signed).digest('base64url');
    expect(await under('HS256', hmac('sha256'))).toMatchObject({
      kind: 'authentic',
      replayKey: 'jti abc123def456',
    });
    for (const alg of ['none', 'HS512', 'RS256', 'hs256'])
      expect([alg, await under(alg, hmac('sha256'))]).toEqual([alg, refused('wrong_signature')]);
    expect((await under('none', () => '')).kind).toBe('refused');
  });
});

describe('Twilio', () => {
  const key = 'a-shared-secret-of-the-test';

  it('signs the address with its port or without', async () => {
    const plain = 'https://hub.example.com/webhooks/twilio/1?a=b';
    const withPort = plain.replace('.com/', '.com:443/');
    for (const [told, called] of [
      [plain, withPort],
      [withPort, plain],
    ] as const) {
      const { request } = signedWebhook('twilio', { now, url: told });
      expect(await verify('twilio', { ...request, url: called }, [key])).toMatchObject({ kind: 'authentic' });
      expect(await verify('twilio', { ...request, url: `${called}c` }, [key])).toEqual(
        refused('wrong_signature'),
      );
    }
  });

  it('covers a JSON body by its hash in the address', async () => {
    const { request } = signedWebhook('twilio', { now, body: { a: 1 } });
    expect(request.url).toContain('bodySHA256=');
    expect(await verify('twilio', request, [key])).toMatchObject({ kind: 'authentic' });
    expect(
      await verify(
        'twilio',
        withBody(request, (text) => `${text} `),
        [key],
      ),
    ).toEqual(refused('wrong_signature'));
    const bare = { ...request, url: request.url.split('?')[0]! };
    expect(await verify('twilio', bare, [key])).toEqual(refused('wrong_signature'));
  });

  it('takes no form apart that is larger than any of its own', async () => {
    const { request } = signedWebhook('twilio', { now });
    const long = withBody(request, (text) => `${text}${'&a=b'.repeat(262_144)}`);
    const form = [...new URLSearchParams(long.body.toString())].sort(([a], [b]) => (a < b ? -1 : 1));
    const unique = [...new Map(form.map((field) => [field.join('='), field])).values()];
    const signature = createHmac('sha1', key)
      .update(request.url + unique.flat().join(''))
      .digest('base64');
    expect(await verify('twilio', withHeader(long, 'x-twilio-signature', signature), [key])).toEqual(
      refused('wrong_signature'),
    );
  });

  it('does not take the signature of an address alone for a body that nothing covers', async () => {
    const url = 'https://hub.example.com/webhooks/twilio/1';
    const signature = createHmac('sha1', key).update(url).digest('base64');
    const sent = (contentType: string, body: string) =>
      verify(
        'twilio',
        {
          method: 'POST',
          url,
          headers: { 'x-twilio-signature': signature, 'content-type': contentType },
          body: Buffer.from(body),
        },
        [key],
      );
    expect(await sent('application/json', '')).toMatchObject({ kind: 'authentic' });
    expect(await sent('application/json', '{"Body":"x"}')).toEqual(refused('wrong_signature'));
    expect(await sent('text/plain', 'Body=x')).toEqual(refused('wrong_signature'));
  });
});

describe('mail that another service receives', () => {
  const forwarded = (slug: string, receiver: string | undefined, key?: string) => {
    const { request, key: own } = signedWebhook(slug, { now });
    const values: Record<string, string> = receiver === undefined ? {} : { receiver };
    return verify('email-forwarding', request, [key ?? own], { values });
  };

  it('is verified as that service signs', async () => {
    expect(await forwarded('mailgun', 'mailgun')).toMatchObject({ kind: 'authentic' });
    expect(await forwarded('sendgrid', 'sendgrid')).toMatchObject({ kind: 'authentic' });
    expect(await forwarded('postmark', 'postmark', 'trunkline:a-shared-secret-of-the-test')).toMatchObject({
      kind: 'authentic',
    });
  });

  it('is not verified as a sender chooses', async () => {
    // SendGrid's key is public: it must never count as a password or a secret.
    const { key } = signedWebhook('sendgrid', { now });
    const { request } = signedWebhook('mailgun', { now, secret: key });
    expect(await verify('email-forwarding', request, [key], { values: { receiver: 'sendgrid' } })).toEqual(
      refused('no_signature'),
    );
    expect(await forwarded('mailgun', undefined)).toEqual(refused('no_key'));
  });
});

describe('a generic source', () => {
  const generic = (signature: Partial<Parameters<typeof schemeOfSignature>[0]>): InboundScheme =>
    schemeOfSignature({
      algorithm: 'hmac-sha256',
      header: 'X-Signature',
      encoding: 'hex',
      prefix: '',
      timestampHeader: null,
      idHeader: null,
      ...signature,
    });
  const check = (scheme: InboundScheme, headers: Record<string, string>, at = now) =>
    verifyInbound(
      scheme,
      {
        method: 'POST',
        url: 'https://hub.example.com/webhooks/generic/1',
        headers,
        body: Buffer.from('{"a":1}'),
      },
      { keys: ['old', 'key'], now: at, fetchCertificate: noNetwork },
    );

  it('signs the body, in either encoding and with either hash', async () => {
    // printf '{"a":1}' | openssl dgst -sha256 -hmac key
    const hex = '88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342';
    // printf '{"a":1}' | openssl dgst -sha1 -hmac key -binary | base64
    const base64 = 'tVV6S488wwjRnrT2nzNjkqMe73s=';
    expect(await check(generic({}), { 'x-signature': hex })).toEqual({ kind: 'authentic', replayKey: null });
    expect(await check(generic({}), { 'x-signature': `${hex}0` })).toEqual(refused('wrong_signature'));
    expect(await check(generic({}), { 'x-signature': hex.toUpperCase() })).toMatchObject({
      kind: 'authentic',
    });
    const sha1 = generic({ algorithm: 'hmac-sha1', encoding: 'base64', prefix: 'sha1=' });
    expect(await check(sha1, { 'x-signature': `sha1=${base64}` })).toMatchObject({ kind: 'authentic' });
    expect(await check(sha1, { 'x-signature': base64 })).toEqual(refused('wrong_signature'));
  });

  it('signs the time before the body', async () => {
    const time = String(now / 1000);
    const signature = createHmac('sha256', 'key').update(`${time}.{"a":1}`).digest('hex');
    const scheme = generic({ timestampHeader: 'X-Time' });
    const headers = { 'x-signature': signature, 'x-time': time };
    expect(await check(scheme, headers)).toMatchObject({
      kind: 'authentic',
      replayKey: expect.any(String) as string,
    });
    expect(await check(scheme, headers, now + 301_000)).toEqual(refused('too_old'));
    expect(await check(scheme, headers, now - 301_000)).toEqual(refused('too_new'));
    expect(await check(scheme, { 'x-signature': signature })).toEqual(refused('no_signature'));
  });

  it('compares a token or a name and password', async () => {
    const token = generic({ algorithm: 'token', idHeader: 'X-Id' });
    expect(await check(token, { 'x-signature': 'key', 'x-id': '7' })).toEqual({
      kind: 'authentic',
      replayKey: '7',
    });
    expect(await check(token, { 'x-signature': 'Bearer old' })).toMatchObject({ kind: 'authentic' });
    expect(await check(token, { 'x-signature': 'keys' })).toEqual(refused('wrong_signature'));
    const basic = generic({ algorithm: 'basic', header: 'Authorization' });
    const sent = (pair: string) =>
      check(basic, { authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    expect(await sent('anybody:key')).toMatchObject({ kind: 'authentic' });
    expect(await sent('key')).toMatchObject({ kind: 'authentic' });
    expect(await sent('key:other')).toEqual(refused('wrong_signature'));
    expect(await check(basic, { authorization: 'Basic ???' })).toEqual(refused('wrong_signature'));
  });
});

describe('a repetition', () => {
  const keyOf = async (slug: string, request: InboundRequest, key: string) => {
    const verdict = await verify(slug, request, [key]);
    return verdict.kind === 'authentic' ? verdict.replayKey : verdict;
  };

  it('is recognized by an id that is signed', async () => {
    const { request, key } = signedWebhook('stripe', { now });
    expect(await keyOf('stripe', request, key)).toBe('evt_abc123def456');
    const { request: slack, key: secret } = signedWebhook('slack', { now });
    expect(await keyOf('slack', slack, secret)).toMatch(/^Ev/);
    const again = signedWebhook('slack', { now: now + 60_000 });
    const later = await verify('slack', again.request, [again.key], { now: now + 60_000 });
    expect(later).toMatchObject({ replayKey: await keyOf('slack', slack, secret) });
  });

  it('is not recognized by an id that nothing signs', async () => {
    const { request, key } = signedWebhook('github', { now });
    const renamed = withHeader(request, 'x-github-delivery', 'another-id');
    expect(await keyOf('github', request, key)).toBeNull();
    expect(await keyOf('github', renamed, key)).toBeNull();
  });

  it('is recognized by time and body where there is no id', async () => {
    const first = signedWebhook('sendgrid', { now });
    const key = await keyOf('sendgrid', first.request, first.key);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await keyOf('sendgrid', first.request, first.key)).toBe(key);
    const other = signedWebhook('sendgrid', { now, id: 'another0id00' });
    expect(await keyOf('sendgrid', other.request, other.key)).not.toBe(key);
  });

  it('is recognized by its headers where the body is empty and nothing is signed', async () => {
    const headers = { 'x-goog-channel-token': 'key', 'x-goog-channel-id': 'c', 'x-goog-message-number': '2' };
    const request = { method: 'POST', url: 'https://hub.example.com/', headers, body: Buffer.alloc(0) };
    expect(await keyOf('google-calendar', request, 'key')).toBe('c 2');
  });

  it('has a key that can be stored, whatever its id holds', async () => {
    const { request, key } = signedWebhook('stripe', { now, body: { id: '\0ä'.repeat(999), type: 'x' } });
    expect(await keyOf('stripe', request, key)).toMatch(/^[0-9a-f]{64}$/);
  });
});
