import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactHeaders, redactSecrets } from './redact.ts';

const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0In0', 'dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW'].join('.');
const random = randomBytes(24).toString('base64url');
/** Put together here, so that scanners for secrets do not stop at this file. */
const begin = ['-----BEGIN', 'PRIVATE', 'KEY-----'].join(' ');
const end = begin.replace('BEGIN', 'END');

describe('redactSecrets', () => {
  it.each([
    ['secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw= here', 'secret whsec_[redacted] here'],
    ['key tl_live_0123456789ab was used', 'key tl_live_[redacted] was used'],
    ['authorization: Bearer abc.def', 'authorization: [redacted]'],
    ['sent Bearer abc.def/+~-_= and more', 'sent Bearer [redacted] and more'],
    ['basic dXNlcjpwYXNz', 'basic [redacted]'],
    ['Cookie: a=1; b=2\nHost: x', 'Cookie: [redacted]\nHost: x'],
    ['password=hunter2&user=a', 'password=[redacted]&user=a'],
    ['password=[hun,ter}2&user=a', 'password=[redacted]&user=a'],
    ['{secret: hunter2, b: {c: 1}}', '{secret: [redacted], b: {c: 1}}'],
    ['DB_PASSWORD=hunter2', 'DB_PASSWORD=[redacted]'],
    ['{"password":"hunter2","a":1}', '{"password":"[redacted]","a":1}'],
    ['{"password": "hun\\"ter2", "a": 1}', '{"password": "[redacted]", "a": 1}'],
    ['"{\\"client_secret\\":\\"hunter2\\",\\"a\\":1}"', '"{\\"client_secret\\":\\"[redacted]\\",\\"a\\":1}"'],
    ['{"apiKey": "hunter2', '{"apiKey": "[redacted]"'],
    ["{ accessToken: 'hunter2' }", "{ accessToken: '[redacted]' }"],
    ['{"pin_secret":1234}', '{"pin_secret":[redacted]}'],
    [`id ${jwt}, next`, 'id [redacted], next'],
    ['postgres://user:hunter2@localhost/db', 'postgres://[redacted]@localhost/db'],
    [`key=${random}`, 'key=[redacted]'],
    [`"signature": "${'ab'.repeat(32)}"`, '"signature": "[redacted]"'],
    [`before ${begin}\nMIIB\nAAAA\n${end} after`, 'before [redacted] after'],
    [`before ${begin.replace('PRIVATE', 'RSA PRIVATE')}\nMIIB`, 'before [redacted]'],
    ['sk_' + 'live_0123456789', 'sk_live_[redacted]'],
    ['ghp_' + '0123456789'.repeat(3), 'ghp_[redacted]'],
  ])('masks in %j', (text, expected) => {
    expect(redactSecrets(text)).toBe(expected);
    expect(redactSecrets(expected)).toBe(expected);
  });

  it.each([
    'nothing to see',
    'The bearer token is missing.',
    'Basic authentication failed',
    '{"password":null,"secret":false}',
    'idempotency_key=0189f7ce-7e1b-7abc-8def-0123456789ab',
    'status code: 200, key: a',
    'https://example.com/a@b?c=d@e',
    'mail to someone@example.com',
    '{"max_tokens":5}',
  ])('leaves alone %j', (text) => {
    expect(redactSecrets(text)).toBe(text);
  });

  const words = [
    'password',
    'secret',
    'key',
    'Authorization',
    'cookie',
    'Bearer',
    'Basic',
    'whsec_',
    'tl_live_',
  ];
  const signs = ['://', '@', ':', '=', ' ', '"', "'", '\\', '\\"', '\n', ',', '{', '}', '[', '.', '-', '&'];
  const values = [
    '[redacted]',
    'hunter2',
    'abcdefgh',
    random,
    jwt,
    'eyJ',
    'null',
    begin,
    'token',
    'sk_live_',
  ];
  const fragments = fc.constantFrom(...words, ...signs, ...values);

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 12 }), (parts) => {
        const once = redactSecrets(parts.join(''));
        expect(redactSecrets(once)).toBe(once);
      }),
      { numRuns: 20_000 },
    );
  });

  it('hides the value of a secret name in JSON, however it is nested, and in forms', () => {
    const marked = 'MARKED';
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(2), (before, after, depth) => {
        let text = JSON.stringify({ a: 'b', password: before + marked + after, c: 1 });
        for (let level = 0; level < depth; level += 1) text = JSON.stringify({ text });
        expect(redactSecrets(text)).not.toContain(marked);
        const form = new URLSearchParams({ a: 'b', password: before + marked + after }).toString();
        expect(redactSecrets(form)).not.toContain(marked);
      }),
    );
  });

  it('finishes on long hostile text', () => {
    const starts = ['password', 'password=', '"secret":"', 'eyJ', 'key=', '://', 'Bearer ', 'a', '\\', ' '];
    for (const start of [...starts, begin, 'cookie:']) {
      expect(typeof redactSecrets(start.repeat(100_000 / start.length))).toBe('string');
    }
  });
});

describe('redactHeaders', () => {
  it('masks what carries credentials and keeps the rest', () => {
    const headers = {
      Authorization: 'Bearer abc',
      'proxy-authorization': 'Basic abc',
      cookie: 'a=b',
      'Set-Cookie': ['a=b', 'c=d'],
      'X-API-Key': 'abc',
      'x-shop-secret': 'abc',
      'x-gitlab-token': 'abc',
      'content-type': 'application/json',
      accept: ['a', 'b'],
      'x-note': 'password=abc',
      'webhook-id': 'msg_1',
      'idempotency-key': 'abc',
      'x-none': undefined,
    };
    const redacted = redactHeaders(headers);
    expect(redacted).toEqual({
      Authorization: '[redacted]',
      'proxy-authorization': '[redacted]',
      cookie: '[redacted]',
      'Set-Cookie': ['[redacted]', '[redacted]'],
      'X-API-Key': '[redacted]',
      'x-shop-secret': '[redacted]',
      'x-gitlab-token': '[redacted]',
      'content-type': 'application/json',
      accept: ['a', 'b'],
      'x-note': 'password=[redacted]',
      'webhook-id': 'msg_1',
      'idempotency-key': 'abc',
      'x-none': undefined,
    });
    expect(redactHeaders(redacted)).toEqual(redacted);
    expect(headers.cookie).toBe('a=b');
  });
});
