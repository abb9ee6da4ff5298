import { createHash, createHmac, sign as signWithKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { SandboxInbound } from '../definition.ts';

/** A webhook on its way, before or after it was signed. */
export interface Outgoing {
  method: 'POST';
  /** The address that the provider was told; some sign it. */
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface SigningKey {
  /** The shared secret, or for basic authentication the password. */
  secret: string;
  /** Signs where the receiver holds the public half. */
  privateKey: KeyObject;
  /** The user for basic authentication. */
  user: string;
}

type Signer = (outgoing: Outgoing, key: SigningKey, now: number, id: string) => Outgoing;

/** Signs a webhook as the provider does. The id makes signatures with a nonce unique. */
export function signWebhook(
  inbound: SandboxInbound,
  outgoing: Outgoing,
  key: SigningKey,
  now: number,
  id: string,
): Outgoing {
  const special = schemes[inbound.scheme];
  if (special) return special(outgoing, key, now, id);
  switch (inbound.algorithm) {
    case 'hmac-sha256':
    case 'hmac-sha1':
    case 'ed25519':
    case 'ecdsa-p256-sha256':
      return signBytes(inbound, outgoing, key, now);
    case 'basic':
      return withHeaders(outgoing, { authorization: `Basic ${base64(`${key.user}:${key.secret}`)}` });
    case 'token': {
      const [header] = inbound.headers;
      if (header !== undefined) return withHeaders(outgoing, { [header]: key.secret });
      return { ...outgoing, url: withQuery(outgoing.url, 'token', key.secret) };
    }
    case 'custom':
      throw new Error(`The sandbox does not sign webhooks of the scheme ${inbound.scheme}.`);
  }
}

function signBytes(inbound: SandboxInbound, outgoing: Outgoing, key: SigningKey, now: number): Outgoing {
  const timestamp = timestampOf(inbound.scheme, now);
  const values: Record<string, string> = {
    timestamp,
    rawBody: outgoing.body,
    method: outgoing.method,
    url: outgoing.url,
  };
  // One pass, so that braces in the body are left alone.
  const signed = (inbound.signed ?? '{rawBody}').replace(
    /\{([A-Za-z]+)\}/g,
    (whole, name: string) => values[name] ?? whole,
  );
  const signature = `${inbound.prefix}${signatureOf(inbound, signed, key)}`;
  const header = inbound.headers[0]!;
  // Stripe and Calendly put the time before the signature, in the same header.
  if (inbound.timestampHeader === header)
    return withHeaders(outgoing, { [header]: `t=${timestamp},${signature}` });
  const times = inbound.timestampHeader === null ? {} : { [inbound.timestampHeader]: timestamp };
  return withHeaders(outgoing, { [header]: signature, ...times });
}

function signatureOf(inbound: SandboxInbound, signed: string, key: SigningKey): string {
  const encoding = inbound.encoding ?? 'hex';
  if (inbound.algorithm === 'ed25519')
    return signWithKey(null, Buffer.from(signed), key.privateKey).toString(encoding);
  if (inbound.algorithm === 'ecdsa-p256-sha256')
    return signWithKey('sha256', Buffer.from(signed), key.privateKey).toString(encoding);
  const hash = inbound.algorithm === 'hmac-sha1' ? 'sha1' : 'sha256';
  return createHmac(hash, key.secret).update(signed).digest(encoding);
}

/** Seconds, unless the provider writes its time in another way. */
function timestampOf(scheme: string, now: number): string {
  if (scheme === 'hubspot-v3') return String(now);
  if (scheme === 'lucca-hmac' || scheme === 'zendesk-hmac') return new Date(now).toISOString();
  return String(Math.floor(now / 1000));
}

/** What no template says. */
const schemes: Record<string, Signer> = {
  'twilio-hmac-sha1': (outgoing, key) => {
    const isForm = outgoing.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
    const url = isForm
      ? outgoing.url
      : withQuery(outgoing.url, 'bodySHA256', createHash('sha256').update(outgoing.body).digest('hex'));
    const fields = isForm ? [...new URLSearchParams(outgoing.body)] : [];
    const signed =
      url +
      fields
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flat()
        .join('');
    return withHeaders(
      { ...outgoing, url },
      { 'X-Twilio-Signature': hmac('sha1', key.secret, signed, 'base64') },
    );
  },
  'mailgun-hmac': (outgoing, key, now, id) => {
    const timestamp = String(Math.floor(now / 1000));
    const token = createHash('sha256').update(id).digest('hex').slice(0, 50);
    const signature = { token, timestamp, signature: hmac('sha256', key.secret, timestamp + token, 'hex') };
    return withBody(outgoing, { signature, ...parsed(outgoing) });
  },
  'lever-body-hmac': (outgoing, key, now, id) => {
    const token = createHash('sha256').update(id).digest('hex').slice(0, 32);
    const signature = hmac('sha256', key.secret, `${token}${now}`, 'hex');
    return withBody(outgoing, { ...parsed(outgoing), token, triggeredAt: now, signature });
  },
  'dropbox-sign-event-hash': (outgoing, key, now) => {
    const content = parsed(outgoing);
    const event = content['event'] as Record<string, unknown>;
    const time = String(Math.floor(now / 1000));
    const hash = hmac('sha256', key.secret, `${time}${String(event['event_type'])}`, 'hex');
    const json = JSON.stringify({ ...content, event: { ...event, event_time: time, event_hash: hash } });
    const boundary = 'trunkline-sandbox';
    return {
      ...outgoing,
      headers: { ...outgoing.headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: `--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n${json}\r\n--${boundary}--\r\n`,
    };
  },
  'sumsub-digest': (outgoing, key) =>
    withHeaders(outgoing, {
      'X-Payload-Digest': hmac('sha256', key.secret, outgoing.body, 'hex'),
      'X-Payload-Digest-Alg': 'HMAC_SHA256_HEX',
    }),
  'vonage-jwt': (outgoing, key, now, id) => {
    const claims = {
      iat: Math.floor(now / 1000),
      jti: id,
      iss: 'Vonage',
      payload_hash: createHash('sha256').update(outgoing.body).digest('hex'),
      api_key: key.user,
    };
    const head = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signature = createHmac('sha256', key.secret).update(head.join('.')).digest('base64url');
    return withHeaders(outgoing, { authorization: `Bearer ${head.join('.')}.${signature}` });
  },
  'microsoft-graph-change-notification': (outgoing, key) => {
    const { value } = parsed(outgoing) as { value: Record<string, unknown>[] };
    return withBody(outgoing, { value: value.map((notice) => ({ ...notice, clientState: key.secret })) });
  },
  'hub-issued-token': (outgoing, key) => withHeaders(outgoing, { authorization: `Bearer ${key.secret}` }),
};

const base64 = (text: string) => Buffer.from(text).toString('base64');
const hmac = (hash: string, secret: string, text: string, encoding: 'hex' | 'base64') =>
  createHmac(hash, secret).update(text).digest(encoding);
const parsed = (outgoing: Outgoing) => JSON.parse(outgoing.body) as Record<string, unknown>;
const withBody = (outgoing: Outgoing, content: unknown): Outgoing => ({
  ...outgoing,
  body: JSON.stringify(content),
});

function withHeaders(outgoing: Outgoing, headers: Record<string, string>): Outgoing {
  return { ...outgoing, headers: { ...outgoing.headers, ...headers } };
}

function withQuery(url: string, name: string, value: string): string {
  const target = new URL(url);
  target.searchParams.set(name, value);
  return target.href;
}
