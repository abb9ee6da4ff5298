import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createToken, hashToken, isWellFormedToken, maskToken, tokenPattern } from './api-token.ts';

const token = createToken(randomBytes);

describe('createToken', () => {
  it('has prefix, random part and checksum', () => {
    expect(token).toMatch(/^tl_live_[0-9A-Za-z]{38}$/);
    expect(isWellFormedToken(token)).toBe(true);
    expect(createToken(randomBytes)).not.toBe(token);
  });

  it('keeps its format: a token with known randomness', () => {
    let next = 0;
    const counting = (size: number) => Buffer.from(Array.from({ length: size }, () => next++ & 255));
    expect(createToken(counting)).toBe(['tl_live_', '0123456789ABCDEFGHIJKLMNOPQRSTUV', '3RXSvS'].join(''));
  });

  it('rejects the bytes that would favour some characters', () => {
    let calls = 0;
    const high = (size: number) => Buffer.alloc(size, (calls += 1) < 3 ? 248 : 247);
    expect(createToken(high).slice(8, 40)).toBe('z'.repeat(32));
    expect(calls).toBe(3);
  });

  it('uses every character about equally often', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 1000; i += 1) {
      for (const character of createToken(randomBytes).slice(8, 40)) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    // 32,000 draws from 62: 516 each, standard deviation 23. Taken modulo 62, eight would be at 625.
    expect(counts.size).toBe(62);
    const average = (characters: string) =>
      [...characters].reduce((sum, character) => sum + counts.get(character)!, 0) / characters.length;
    expect(average('01234567') / average('89ABCDEFGHIJ')).toBeLessThan(1.1);
  });
});

describe('isWellFormedToken', () => {
  it('notices any changed character', () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.stringMatching(/^[0-9A-Za-z_]$/), (at, character) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(isWellFormedToken(changed)).toBe(changed === token);
      }),
    );
  });

  it('refuses other text', () => {
    for (const text of ['', 'tl_live_', token.slice(0, -1), `${token}0`, ` ${token}`, `${token}\n`]) {
      expect(isWellFormedToken(text)).toBe(false);
    }
  });
});

describe('hashToken', () => {
  it('is SHA-256', () => {
    expect(hashToken('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});

describe('maskToken', () => {
  it('keeps the prefix, four characters and the last four', () => {
    expect(maskToken(token)).toBe(`${token.slice(0, 12)}••••••${token.slice(-4)}`);
  });

  it('shows nothing of other text', () => {
    for (const text of ['', 'password', `${token}0`, maskToken(token)])
      expect(maskToken(text)).toBe('••••••');
  });
});

describe('tokenPattern', () => {
  it('finds a token in text', () => {
    for (const text of [token, `key=${token};`, `"${token}"`, `a\n${token}\n`]) {
      expect(tokenPattern.exec(text)?.[0]).toBe(token);
    }
    expect(tokenPattern.test(`x${token}`)).toBe(false);
    expect(tokenPattern.test(maskToken(token))).toBe(false);
  });
});
