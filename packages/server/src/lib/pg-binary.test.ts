import { describe, expect, it } from 'vitest';
import {
  boolArray,
  byteaArray,
  int4Array,
  int8Array,
  textArray,
  timestamptzArray,
  uuidArray,
} from './pg-binary.ts';

const id = '0189f7ce-7e1b-7abc-8def-0123456789ab';

describe('layout', () => {
  it('is dimensions, null flag, element type, length, lower bound, then elements with their lengths', () => {
    expect(int4Array([1, null, -2]).toString('hex')).toBe(
      ['00000001', '00000001', '00000017', '00000003', '00000001'].join('') +
        ['00000004', '00000001', 'ffffffff', '00000004', 'fffffffe'].join(''),
    );
    expect(uuidArray([id.toUpperCase()]).toString('hex')).toBe(
      '0000000100000000' + '00000b86' + '0000000100000001' + '00000010' + id.replaceAll('-', ''),
    );
    expect(textArray(['é', '']).toString('hex')).toBe(
      '0000000100000000' + '00000019' + '0000000200000001' + '00000002c3a9' + '00000000',
    );
    expect(timestamptzArray([946_684_800_000, 946_684_799_999.5]).subarray(20).toString('hex')).toBe(
      '00000008' + '0000000000000000' + '00000008' + 'fffffffffffffe0c',
    );
  });

  it('has no dimension for an empty array', () => {
    const oids = [2950, 25, 17, 23, 20, 16, 1184];
    const empty = [uuidArray, textArray, byteaArray, int4Array, int8Array, boolArray, timestamptzArray];
    expect(empty.map((encode) => encode([]).toString('hex'))).toEqual(
      oids.map((oid) => '0000000000000000' + oid.toString(16).padStart(8, '0')),
    );
  });

  it('is the same for texts measured first and texts that are not', () => {
    const short = ['a', 'é', '€', '😀', null, '\ud800'];
    const long = [...short, 'é'.repeat(20_000)];
    const shared = textArray(short).subarray(20);
    const start = textArray(long).subarray(20, 20 + shared.length);
    expect(start).toEqual(shared);
    expect(textArray(long).length).toBe(20 + shared.length + 4 + 40_000);
  });

  it('does not share memory with the input', () => {
    const bytes = Buffer.from('abc');
    const encoded = byteaArray([bytes]);
    bytes.fill(0);
    expect(encoded.subarray(24).toString()).toBe('abc');
  });
});

describe('refusals', () => {
  it('names the index and not the value', () => {
    const bad = [
      id.replace('0', 'g'),
      id.replace('0', '\u0130'),
      id.replaceAll('-', '0'),
      id.replaceAll('-', ''),
      '',
      `${id} `,
    ];
    for (const text of bad) {
      expect(() => uuidArray([id, text])).toThrow(new RangeError('Element 1 is not a UUID'));
    }
  });

  it('covers numbers the type cannot hold', () => {
    for (const value of [2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN, Infinity]) {
      expect(() => int4Array([value])).toThrow(RangeError);
    }
    for (const value of [2 ** 53, 0.5, Number.NaN, 2n ** 63n, -(2n ** 63n) - 1n]) {
      expect(() => int8Array([value])).toThrow(RangeError);
    }
    for (const value of [Number.NaN, Infinity]) expect(() => timestamptzArray([value])).toThrow(RangeError);
  });
});
