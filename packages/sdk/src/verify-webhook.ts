/** A webhook that is genuine. */
export interface WebhookMessage<Data = Record<string, unknown>> {
  /** The same on every repetition: what you have seen already you need not do again. */
  id: string;
  type: string;
  /** When the event happened, RFC 3339. */
  timestamp: string;
  data: Data;
}

/**
 * Why a request is not believed: a header is missing or is none (`headers`), its time is too far from the clock of this
 * machine (`time`), no signature fits (`signature`), or the body is no event (`body`).
 */
export type VerificationFailure = 'headers' | 'time' | 'signature' | 'body';

export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  readonly reason: VerificationFailure;

  constructor(reason: VerificationFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface VerifyOptions {
  /** The body exactly as it came, before anything has parsed it. */
  body: string | Uint8Array;
  headers: Headers | Record<string, string | string[] | undefined>;
  /** `whsec_…`; several while one follows another. */
  secret: string | readonly string[];
  /** How far the time of the request may be from now: 300 unless given. */
  toleranceSeconds?: number;
  /** The present, in ms since the epoch. */
  now?: number;
}

/**
 * Checks that a request is a webhook of yours (Standard Webhooks, HMAC-SHA256), and gives what it says. Answer with 2xx when
 * it returns and with 401 when it throws.
 *
 * @throws WebhookVerificationError for a request that is not genuine
 * @throws TypeError for a secret that is none
 */
export async function verifyWebhook<Data = Record<string, unknown>>({
  body,
  headers,
  secret,
  toleranceSeconds = 300,
  now = Date.now(),
}: VerifyOptions): Promise<WebhookMessage<Data>> {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature');
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookVerificationError('headers', 'The header webhook-timestamp is no time');
  }
  if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds) {
    throw new WebhookVerificationError('time', 'The time of the request is too far from now');
  }
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const signed = concat(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  const keys = await Promise.all((typeof secret === 'string' ? [secret] : secret).map(importKey));
  if (!(await anyFits(keys, signaturesIn(signatures), signed))) {
    throw new WebhookVerificationError('signature', 'No signature fits the request');
  }
  return messageIn<Data>(bytes);
}

function headerOf(headers: VerifyOptions['headers'], name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const text = Array.isArray(value) ? value.join(' ') : value;
  if (!text) throw new WebhookVerificationError('headers', `The header ${name} is missing`);
  return text;
}

const prefix = 'whsec_';

async function importKey(secret: string): Promise<CryptoKey> {
  const key = base64(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret);
  if (key === null || key.length < 24) throw new TypeError('A signing secret is whsec_ and base64');
  return crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

/** The signatures of version 1; others are for other receivers. */
function signaturesIn(header: string): Uint8Array<ArrayBuffer>[] {
  return header.split(' ').flatMap((entry) => {
    const [version, text = ''] = entry.split(',');
    const signature = version === 'v1' ? base64(text) : null;
    return signature === null ? [] : [signature];
  });
}

async function anyFits(
  keys: readonly CryptoKey[],
  signatures: readonly Uint8Array<ArrayBuffer>[],
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  for (const key of keys) {
    for (const signature of signatures) {
      if (await crypto.subtle.verify('HMAC', key, signature, signed)) return true;
    }
  }
  return false;
}

function messageIn<Data>(bytes: Uint8Array): WebhookMessage<Data> {
  try {
    const { id, type, timestamp, data } = JSON.parse(new TextDecoder().decode(bytes)) as WebhookMessage<Data>;
    return { id, type, timestamp, data };
  } catch {
    throw new WebhookVerificationError('body', 'The body is no event');
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Null: it is no base64. */
function base64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
