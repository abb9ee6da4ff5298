import { timingSafeEqual } from 'node:crypto';
import { HmacSha256 } from './hmac-sha256.ts';
import type { RandomBytes } from './random-bytes.ts';

/*
 * Two signatures go out with every webhook, both HMAC-SHA256 over the bytes that are sent:
 * - Standard Webhooks (specification 1.0.0): `webhook-signature: v1,<base64>` over `id.timestamp.body`, keyed
 *   with the bytes that the secret holds as base64 behind `whsec_`. It covers the time: prefer it.
 * - the brand header: `X-<Brand>-Signature: sha256=<hex>` over the body alone, keyed with the secret's own
 *   text, `whsec_` included, which is what `createHmac('sha256', secret).update(body)` does in a receiver.
 */

const prefix = 'whsec_';
const defaultSecretSize = 32;
const minKeySize = 24;
const maxKeySize = 64;
const defaultToleranceSeconds = 300;
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const brandPattern = /^[A-Za-z][A-Za-z0-9-]{0,30}$/;

export type WebhookVerificationFailure = 'malformed' | 'too_old' | 'too_new' | 'mismatch';

/** Why a webhook is not to be trusted; the message holds neither secret nor signature. */
export class WebhookVerificationError extends Error {
  readonly code: WebhookVerificationFailure;

  constructor(code: WebhookVerificationFailure) {
    super(`Webhook refused: ${code}`);
    this.name = 'WebhookVerificationError';
    this.code = code;
  }
}

/** A new signing secret: `whsec_` and 32 random bytes in base64. */
export function createSigningSecret(random: RandomBytes): string {
  return prefix + random(defaultSecretSize).toString('base64');
}

/**
 * Key of the Standard Webhooks signature, for the caller to keep. Takes a secret with or without the prefix;
 * throws RangeError (without the secret) unless the rest is padded base64 of 24 to 64 bytes, as the
 * specification asks and receivers' libraries decode it.
 */
export function signingKeyOf(secret: string): HmacSha256 {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  const bytes = base64Pattern.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (bytes.length < minKeySize || bytes.length > maxKeySize) {
    throw new RangeError(`A signing secret is ${prefix} and base64 of ${minKeySize} to ${maxKeySize} bytes`);
  }
  return new HmacSha256(bytes);
}

/** Key of the brand signature: the UTF-8 bytes of the whole secret text, prefix included. */
export function brandKeyOf(secret: string): HmacSha256 {
  return new HmacSha256(Buffer.from(secret));
}

/**
 * Value of `webhook-signature`: one `v1,<base64>` for each key, separated by spaces, so that a new secret and
 * the one before it can overlap. A string body is signed as its UTF-8 bytes. Throws RangeError when there is
 * no key, the id is empty or contains a dot (it would blur where the timestamp starts) or the time is not in
 * whole seconds.
 */
export function signWebhook(
  keys: readonly HmacSha256[],
  id: string,
  timestampSeconds: number,
  body: string | Buffer,
): string {
  if (keys.length === 0) throw new RangeError('At least one key is needed to sign');
  if (id === '' || id.includes('.')) throw new RangeError('A webhook id has no dot and is not empty');
  if (!Number.isSafeInteger(timestampSeconds) || timestampSeconds < 0) {
    throw new RangeError('A webhook timestamp is in whole seconds since the epoch');
  }
  const head = `${id}.${timestampSeconds}.`;
  let value = `v1,${mac(keys[0]!, head, body)}`;
  for (let i = 1; i < keys.length; i += 1) value += ` v1,${mac(keys[i]!, head, body)}`;
  return value;
}

function mac(key: HmacSha256, head: string, body: string | Buffer): string {
  return typeof body === 'string' ? key.ofText(head + body, 'base64') : key.ofBytes([head, body], 'base64');
}

/** Value of `X-<Brand>-Signature`: `sha256=<hex>` over the body; `key` comes from `brandKeyOf`. */
export function signBrand(key: HmacSha256, body: string | Buffer): string {
  return `sha256=${typeof body === 'string' ? key.ofText(body, 'hex') : key.ofBytes([body], 'hex')}`;
}

/**
 * What a receiver does: checks the three Standard Webhooks headers over the raw body, in constant time, and
 * the timestamp against `nowMs` (ms since the epoch) on both sides. Any of the keys and any of the signatures
 * may match. Throws WebhookVerificationError.
 */
export function verifyWebhook(input: {
  keys: readonly HmacSha256[];
  id: string | undefined;
  timestamp: string | undefined;
  signature: string | undefined;
  body: string | Buffer;
  nowMs: number;
  toleranceSeconds?: number;
}): void {
  const { id, timestamp, signature } = input;
  if (!id || id.includes('.') || !signature || !timestamp || !/^\d{1,15}$/.test(timestamp)) {
    throw new WebhookVerificationError('malformed');
  }
  const age = Math.floor(input.nowMs / 1000) - Number(timestamp);
  const tolerance = input.toleranceSeconds ?? defaultToleranceSeconds;
  if (age > tolerance) throw new WebhookVerificationError('too_old');
  if (age < -tolerance) throw new WebhookVerificationError('too_new');

  const given = signature
    .split(' ')
    .filter((part) => part.startsWith('v1,'))
    .map((part) => Buffer.from(part.slice(3)));
  // The timestamp goes in as it was sent: a receiver signs what it got.
  const head = `${id}.${timestamp}.`;
  const expected = input.keys.map((key) => Buffer.from(mac(key, head, input.body)));
  const matches = expected.some((own) => given.some((other) => sameBytes(own, other)));
  if (!matches) throw new WebhookVerificationError('mismatch');
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export interface BrandHeaders {
  readonly signature: string;
  readonly event: string;
  readonly delivery: string;
}

let lastBrand = '';
let lastNames: BrandHeaders | null = null;

/**
 * Names of the brand's headers, such as `X-Trunkline-Signature`. Throws RangeError unless the brand is a
 * letter followed by up to 30 letters, digits and hyphens. A process has one brand: the last answer is kept.
 */
export function brandHeaders(brand: string): BrandHeaders {
  if (lastNames !== null && brand === lastBrand) return lastNames;
  if (!brandPattern.test(brand)) {
    throw new RangeError('A brand is a letter followed by up to 30 letters, digits and hyphens');
  }
  lastBrand = brand;
  lastNames = {
    signature: `X-${brand}-Signature`,
    event: `X-${brand}-Event`,
    delivery: `X-${brand}-Delivery`,
  };
  return lastNames;
}
