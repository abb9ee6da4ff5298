import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HmacSha256 } from './hmac-sha256.ts';

const own = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest('hex');

describe('HmacSha256', () => {
  it('gives the vectors of RFC 4231', () => {
    const vectors: [string, string, string][] = [
      ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
      [
        Buffer.from('Jefe').toString('hex'),
        'what do ya want for nothing?',
        '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
      ],
      [
        'aa'.repeat(131),
        'Test Using Larger Than Block-Size Key - Hash Key First',
        '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
      ],
    ];
    for (const [key, text, expected] of vectors) {
      const hmac = new HmacSha256(Buffer.from(key, 'hex'));
      expect(hmac.ofText(text, 'hex')).toBe(expected);
      expect(hmac.ofBytes([text.slice(0, 3), Buffer.from(text.slice(3))], 'hex')).toBe(expected);
    }
  });

  it('is what Node computes, for any key and text, one after another', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 5 }),
        (key, texts) => {
          const hmac = new HmacSha256(Buffer.from(key));
          for (const text of texts) expect(hmac.ofText(text, 'hex')).toBe(own(key, text));
        },
      ),
    );
  });

  it('is the same for texts around the size up to which they lie beside the key', () => {
    const key = Buffer.from('secret');
    const hmac = new HmacSha256(key);
    for (const length of [0, 1, 21_844, 21_845, 21_846, 65_536, 300_000])
      for (const unit of ['a', '€'])
        expect(hmac.ofText(unit.repeat(length), 'hex')).toBe(own(key, unit.repeat(length)));
  });

  it('does not show its key', () => {
    const shown = inspect(new HmacSha256(Buffer.from('swordfish')), { depth: 5, showHidden: true });
    expect(shown).not.toContain('swordfish');
    expect(JSON.stringify(new HmacSha256(Buffer.from('swordfish')))).toBe('{}');
  });
});
