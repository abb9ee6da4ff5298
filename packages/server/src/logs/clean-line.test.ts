import { describe, expect, it } from 'vitest';
import { cleanDetails, cleanMessage } from './clean-line.ts';
import type { LogDetails } from './log-line.ts';

const planted = {
  bearer: 'Bearer abcdefghijklmnop0123456789',
  signing: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
  apiKey: `tl_live_${'a'.repeat(36)}`,
  sendgrid: 'SG.abcdefghijklmnopqrst.uvwxyz0123456789ABCDEFGHIJ',
  inUrl: 'https://user:hunter2hunter2@example.com/',
  assigned: 'password=hunter2hunter2',
};
const secretParts = ['abcdefghijklmnop', 'C2FVsBQ', 'a'.repeat(36), 'hunter2', 'uvwxyz'];

describe('a cleaned line', () => {
  it('holds no planted secret, wherever it was put', () => {
    for (const secret of Object.values(planted)) {
      const text = `The partner said ${secret} and closed.`;
      const details = cleanDetails({
        host: text,
        note: text,
        error: { code: text, message: text, stack: `Error: ${text}\n    at send (${text})` },
      });
      const stored = cleanMessage(text) + JSON.stringify(details);
      for (const part of secretParts) expect([secret, stored.includes(part)]).toEqual([secret, false]);
      expect(stored).toContain('The partner said');
    }
  });

  it('leaves out what names a body, headers or a secret, and whatever is not flat', () => {
    const details = {
      body: 'Dear Mia',
      payload: 'x',
      html: '<p>',
      headers: 'x-a: 1',
      access_token: 'plain',
      apiKey: 'plain',
      clientSecret: 'plain',
      nested: { deep: 'value' },
      list: ['a'],
      status: 503,
      retried: false,
      account: null,
      gone: undefined,
      size: Number.NaN,
    } as unknown as LogDetails;
    expect(cleanDetails(details)).toEqual({ status: 503, retried: false, account: null, size: null });
  });

  it('bounds every text and the number of values', () => {
    const long = 'word '.repeat(100_000);
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, long]));
    const details = cleanDetails({ error: { message: long, stack: long }, ...many });
    expect(Object.keys(details)).toHaveLength(20);
    expect(JSON.stringify(details).length).toBeLessThan(12_000);
    expect(cleanMessage(long).length).toBeLessThanOrEqual(501);
  });

  it('has no control character and no half of a pair, but keeps the lines of a stack', () => {
    const { error, note } = cleanDetails({
      note: 'a\u0000b\u001b[31mc\uD800d\u202Ee',
      error: { message: 'first\nsecond', stack: 'Error\n  at one\r\n  at two' },
    });
    expect(note).toBe('a b [31mc\uFFFDd e');
    expect(error).toEqual({ message: 'first second', stack: 'Error\n  at one \n  at two' });
    expect(cleanMessage(`${'x'.repeat(499)}😀`)).not.toMatch(/\p{Cs}/u);
  });
});
