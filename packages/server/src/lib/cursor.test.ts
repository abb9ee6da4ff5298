import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, InvalidCursorError } from './cursor.ts';

const encode = (json: string) => Buffer.from(json).toString('base64url');

describe('cursor', () => {
  it('gives back strings and numbers, in characters that need no escaping in a URL', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        const text = encodeCursor(values);
        expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(text, values.length)).toEqual(values.map((each) => (each === 0 ? 0 : each)));
      }),
    );
  });

  it('refuses other text with its own error', () => {
    const bad = ['', '!', 'ab=c', 'AAAA', '[1]', 'a'.repeat(2001), encodeCursor([1, 2]), encodeCursor([])];
    const json = ['1', 'null', '{"length":1}', '[null]', '[true]', '[[1]]', '[1e999]', '["a"', '[{}]'];
    for (const text of [...bad, ...json.map(encode)]) {
      expect(() => decodeCursor(text, 1)).toThrow(InvalidCursorError);
    }
  });

  it('refuses any text without another error', () => {
    const outcome = (text: string) => {
      try {
        return decodeCursor(text, 2).length === 2;
      } catch (error) {
        return error instanceof InvalidCursorError;
      }
    };
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json().map(encode)), outcome));
  });
});
