import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { chainHash } from './hash-chain.ts';

const sha256 = (...hex: string[]) =>
  createHash('sha256')
    .update(Buffer.from(hex.join(''), 'hex'))
    .digest();
const emptyObject = Buffer.from('{}').toString('hex');

describe('chainHash', () => {
  it('is SHA-256 over both parts behind their lengths', () => {
    const first = chainHash(null, {});
    expect(first).toEqual(sha256('00000000', '00000002', emptyObject));
    expect(chainHash(first, {})).toEqual(sha256('00000020', first.toString('hex'), '00000002', emptyObject));
  });

  it('depends on the record and everything before, not on the order of keys', () => {
    const hashes = (records: unknown[]) => {
      let last: Buffer | null = null;
      return records.map((record) => (last = chainHash(last, record)).toString('hex'));
    };
    const original = hashes([{ a: 1, b: 2 }, { c: 3 }, { d: 4 }]);
    expect(hashes([{ b: 2, a: 1 }, { c: 3 }, { d: 4 }])).toEqual(original);
    expect(hashes([{ a: 1, b: 3 }, { c: 3 }, { d: 4 }])[2]).not.toBe(original[2]);
    expect(hashes([{ c: 3 }, { a: 1, b: 2 }, { d: 4 }])[2]).not.toBe(original[2]);
    expect(hashes([{ c: 3 }, { d: 4 }])[1]).not.toBe(original[2]);
  });

  it('refuses a previous hash of another size', () => {
    expect(() => chainHash(Buffer.alloc(0), {})).toThrow(RangeError);
    expect(() => chainHash(Buffer.alloc(31), {})).toThrow(RangeError);
  });
});
