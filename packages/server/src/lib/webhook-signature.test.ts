import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import {
  brandHeaders,
  brandKeyOf,
  createSigningSecret,
  signBrand,
  signWebhook,
  signingKeyOf,
  verifyWebhook,
  WebhookVerificationError,
} from './webhook-signature.ts';

/** The example that the Standard Webhooks libraries are tested with. */
const vector = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

const secret = createSigningSecret(randomBytes);
const key = signingKeyOf(secret);
const id = 'msg_018f4f5e';
// The libraries' clocks cannot be set.
const seconds = Math.floor(Date.now() / 1000);

function headersOf(signature: string) {
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signature };
}

describe('signWebhook', () => {
  it('gives the signature of the fixed vector, for text and for bytes', () => {
    const keys = [signingKeyOf(vector.secret)];
    expect(signWebhook(keys, vector.id, vector.timestamp, vector.body)).toBe(vector.signature);
    expect(signWebhook(keys, vector.id, vector.timestamp, Buffer.from(vector.body))).toBe(vector.signature);
  });

  it('is accepted by both libraries for receivers', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'grapheme' }), (body) => {
        const headers = headersOf(signWebhook([key], id, seconds, body));
        new StandardWebhook(secret).verify(body, headers);
        new SvixWebhook(secret).verify(body, headers);
        expect(signWebhook([key], id, seconds, Buffer.from(body))).toBe(headers['webhook-signature']);
      }),
    );
  });

  it('is accepted with the old and with the new secret while both are valid', () => {
    const next = createSigningSecret(randomBytes);
    const signature = signWebhook([signingKeyOf(next), key], id, seconds, '{}');
    expect(signature).toMatch(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/);
    for (const either of [secret, next]) {
      new StandardWebhook(either).verify('{}', headersOf(signature));
      new SvixWebhook(either).verify('{}', headersOf(signature));
    }
    const revoked = signWebhook([signingKeyOf(next)], id, seconds, '{}');
    expect(() => new StandardWebhook(secret).verify('{}', headersOf(revoked))).toThrow();
    expect(() => new SvixWebhook(secret).verify('{}', headersOf(revoked))).toThrow();
  });

  it('tells bodies apart that are the same text after decoding', () => {
    const one = signWebhook([key], id, seconds, Buffer.from([0xff]));
    const other = signWebhook([key], id, seconds, Buffer.from([0xfe]));
    expect(one).not.toBe(other);
  });

  it('refuses what would make a signature ambiguous', () => {
    expect(() => signWebhook([], id, seconds, '')).toThrow(RangeError);
    for (const bad of ['', 'a.b', '.'])
      expect(() => signWebhook([key], bad, seconds, '')).toThrow(RangeError);
    for (const bad of [1.5, -1, Number.NaN])
      expect(() => signWebhook([key], id, bad, '')).toThrow(RangeError);
  });
});

describe('signing secrets', () => {
  it('hold 32 random bytes', () => {
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(createSigningSecret(randomBytes)).not.toBe(secret);
    expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
  });

  it('may come without the prefix', () => {
    const bare = signingKeyOf(secret.slice('whsec_'.length));
    expect(signWebhook([bare], id, seconds, '{}')).toBe(signWebhook([key], id, seconds, '{}'));
  });

  it('are refused, unnamed, when they are not padded base64 of 24 to 64 bytes', () => {
    const sizes = [0, 16, 23, 65].map((size) => `whsec_${randomBytes(size).toString('base64')}`);
    const bad = [...sizes, 'whsec_my very own secret text, long enough', secret.slice(0, -1), `${secret}\n`];
    for (const text of bad) {
      expect(() => signingKeyOf(text)).toThrow(
        new RangeError('A signing secret is whsec_ and base64 of 24 to 64 bytes'),
      );
    }
  });
});

describe('signBrand', () => {
  it('is what a receiver computes with the secret as text', () => {
    const body = '{"name":"é"}';
    const expected = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    expect(signBrand(brandKeyOf(secret), body)).toBe(expected);
    expect(signBrand(brandKeyOf(secret), Buffer.from(body))).toBe(expected);
  });

  it('gives the published example of this kind of header', () => {
    // The example of GitHub's documentation on validating webhook deliveries.
    expect(signBrand(brandKeyOf("It's a Secret to Everybody"), 'Hello, World!')).toBe(
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    );
  });
});

describe('brandHeaders', () => {
  it('names the three headers', () => {
    expect(brandHeaders('Trunkline')).toEqual({
      signature: 'X-Trunkline-Signature',
      event: 'X-Trunkline-Event',
      delivery: 'X-Trunkline-Delivery',
    });
  });

  it('refuses other brands', () => {
    expect(() => brandHeaders('B'.repeat(31))).not.toThrow();
    for (const brand of ['', '1a', '-a', 'a b', 'a:b', 'a\r\nb', 'a\n', 'é', 'B'.repeat(32)]) {
      expect(() => brandHeaders(brand)).toThrow(RangeError);
    }
  });
});

describe('verifyWebhook', () => {
  const body = Buffer.from('{"a":1}');
  const signed = {
    keys: [key],
    id,
    timestamp: String(seconds),
    signature: signWebhook([key], id, seconds, body),
    body,
    nowMs: seconds * 1000,
  };

  function failure(change: Partial<Parameters<typeof verifyWebhook>[0]>): string {
    try {
      verifyWebhook({ ...signed, ...change });
    } catch (error) {
      if (error instanceof WebhookVerificationError) return error.code;
      throw error;
    }
    return 'none';
  }

  it('accepts what the libraries sign', () => {
    const at = new Date(seconds * 1000);
    for (const library of [new StandardWebhook(secret), new SvixWebhook(secret)]) {
      expect(failure({ signature: library.sign(id, at, body.toString()) })).toBe('none');
    }
  });

  it('accepts any of several keys and signatures, of known versions', () => {
    const old = signingKeyOf(createSigningSecret(randomBytes));
    expect(failure({ keys: [old, key] })).toBe('none');
    expect(failure({ signature: `v1a,AAAA v1,${'A'.repeat(43)}= ${signed.signature}` })).toBe('none');
    expect(failure({ signature: signed.signature.replace('v1', 'v2') })).toBe('mismatch');
    expect(failure({ keys: [old] })).toBe('mismatch');
    expect(failure({ keys: [] })).toBe('mismatch');
  });

  it('allows 300 seconds on both sides', () => {
    expect(failure({ nowMs: (seconds + 300) * 1000 + 999 })).toBe('none');
    expect(failure({ nowMs: (seconds + 301) * 1000 })).toBe('too_old');
    expect(failure({ nowMs: (seconds - 300) * 1000 })).toBe('none');
    expect(failure({ nowMs: (seconds - 301) * 1000 })).toBe('too_new');
    expect(failure({ nowMs: (seconds + 11) * 1000, toleranceSeconds: 10 })).toBe('too_old');
  });

  it('refuses missing and malformed headers', () => {
    for (const name of ['id', 'timestamp', 'signature'] as const) {
      expect(failure({ [name]: undefined })).toBe('malformed');
      expect(failure({ [name]: '' })).toBe('malformed');
    }
    for (const timestamp of [`${seconds}.0`, ` ${seconds}`, `+${seconds}`, `${seconds}x`, '1e9']) {
      expect(failure({ timestamp })).toBe('malformed');
    }
    expect(failure({ id: 'a.b' })).toBe('malformed');
  });

  it('refuses any change of body, id, timestamp or signature', () => {
    expect(failure({ id: `${id}x` })).toBe('mismatch');
    expect(failure({ timestamp: String(seconds + 1) })).toBe('mismatch');
    expect(failure({ timestamp: `0${seconds}` })).toBe('mismatch');
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(body);
        changed[at]! ^= change;
        expect(failure({ body: changed })).toBe('mismatch');
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 3, max: signed.signature.length - 1 }), (at) => {
        const text = signed.signature;
        expect(failure({ signature: text.slice(0, at) + '!' + text.slice(at + 1) })).toBe('mismatch');
        expect(failure({ signature: text.slice(0, at) })).toBe('mismatch');
      }),
    );
  });
});
