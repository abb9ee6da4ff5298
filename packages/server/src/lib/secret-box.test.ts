import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecretBox, parseMasterKey, SecretBoxError } from './secret-box.ts';
import type { MasterKey, SecretPlace } from './secret-box.ts';

const place: SecretPlace = { organizationId: 'org-1', table: 'webhook', row: 'row-1', column: 'secret' };
const names = ['organizationId', 'table', 'row', 'column'] as const;
const makeKey = (): MasterKey => parseMasterKey(randomBytes(32).toString('base64'));
const current = makeKey();
const secrets = createSecretBox({ current });
const plaintext = 'whsec_marked-text';

/** A box with known randomness, so that a change of the format cannot pass unseen. */
const fixedBox = [
  '01c757f46e020202020202020202020202832609b34237c898faf9e634a8da35fbdfac26e3795e8e6e4c6deac9',
  '46c47a7d8434d1d7113034a4e7c1531b99a23b36030303030303030303030303f587fe551a885e3c5b8f2c615c',
  '983b099e086cff9b',
].join('');

function failure(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error;
    return error.stack?.includes(plaintext) ? 'leak' : error.code;
  }
  return 'none';
}

describe('seal and open', () => {
  it('give back any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(secrets.open(secrets.seal(text, place), place)).toBe(text);
      }),
    );
  });

  it('give a box that is different every time, names its key and does not hold the text', () => {
    const box = secrets.seal(plaintext, place);
    expect(box.equals(secrets.seal(plaintext, place))).toBe(false);
    expect(box.length).toBe(93 + plaintext.length);
    expect(box.subarray(0, 5).toString('hex')).toBe(`01${current.id}`);
    expect(secrets.keyIdOf(box)).toBe(current.id);
    expect(box.toString('latin1')).not.toContain('marked');
    expect(box.includes(current.key)).toBe(false);
  });

  it('open a box made before: the format does not change', () => {
    let next = 0;
    const counting = (size: number) => Buffer.alloc(size, (next += 1));
    const key = parseMasterKey('00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff');
    const box = createSecretBox({ current: key }, counting).seal('fixed', place);
    expect(box.toString('hex')).toBe(fixedBox);
    expect(createSecretBox({ current: key }).open(Buffer.from(fixedBox, 'hex'), place)).toBe('fixed');
  });

  it('refuse a box of another organization, table, row or column', () => {
    const box = secrets.seal(plaintext, place);
    for (const name of names) {
      expect(failure(() => secrets.open(box, { ...place, [name]: 'other' }))).toBe('tampered');
      expect(failure(() => secrets.open(box, { ...place, [name]: '' }))).toBe('tampered');
    }
    const swapped = { ...place, row: place.column, column: place.row };
    expect(failure(() => secrets.open(box, swapped))).toBe('tampered');
  });

  it('keep places apart whose names run together', () => {
    const places = fc.record({
      organizationId: fc.stringMatching(/^[a,|]{0,3}$/),
      table: fc.stringMatching(/^[a,|]{0,3}$/),
      row: fc.stringMatching(/^[a,|]{0,3}$/),
      column: fc.stringMatching(/^[a,|]{0,3}$/),
    });
    fc.assert(
      fc.property(places, places, (one, other) => {
        const same = names.every((name) => one[name] === other[name]);
        const box = secrets.seal(plaintext, one);
        expect(failure(() => secrets.open(box, other))).toBe(same ? 'none' : 'tampered');
      }),
    );
  });

  it('refuse a box with any byte changed', () => {
    const box = secrets.seal(plaintext, place);
    fc.assert(
      fc.property(fc.nat(box.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(box);
        changed[at]! ^= change;
        const expected = at === 0 ? 'unsupported_version' : at < 5 ? 'unknown_key' : 'tampered';
        expect(failure(() => secrets.open(changed, place))).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('refuse a box that is cut or lengthened', () => {
    const box = secrets.seal(plaintext, place);
    for (let length = 1; length < box.length; length += 1) {
      expect(failure(() => secrets.open(box.subarray(0, length), place))).toBe('tampered');
    }
    expect(failure(() => secrets.open(Buffer.alloc(0), place))).toBe('unsupported_version');
    expect(failure(() => secrets.open(Buffer.concat([box, Buffer.of(0)]), place))).toBe('tampered');
  });

  it('refuse parts of two boxes put together', () => {
    const one = secrets.seal('one', place);
    const other = secrets.seal('two', place);
    const mixed = Buffer.concat([one.subarray(0, 65), other.subarray(65)]);
    expect(failure(() => secrets.open(mixed, place))).toBe('tampered');
  });
});

describe('rotation of the master key', () => {
  const next = makeKey();
  const rotating = createSecretBox({ current: next, previous: [current] });
  const rotated = createSecretBox({ current: next });
  const box = secrets.seal(plaintext, place);

  it('opens boxes of the previous key and seals with the new one', () => {
    expect(rotating.open(box, place)).toBe(plaintext);
    expect(rotating.keyIdOf(rotating.seal(plaintext, place))).toBe(next.id);
  });

  it('rewraps to a box that needs only the new key, and does nothing the second time', () => {
    const rewrapped = rotating.rewrap(box, place)!;
    expect(rotated.open(rewrapped, place)).toBe(plaintext);
    expect(rewrapped.subarray(65).equals(box.subarray(65))).toBe(true);
    expect(rotating.rewrap(rewrapped, place)).toBe(null);
    expect(secrets.rewrap(box, place)).toBe(null);
  });

  it('names the key that is missing', () => {
    expect(failure(() => rotated.open(box, place))).toBe('unknown_key');
    expect(failure(() => rotated.rewrap(box, place))).toBe('unknown_key');
    expect(() => rotated.open(box, place)).toThrow(current.id);
  });

  it('does not rewrap a box of another place or one that was changed', () => {
    expect(failure(() => rotating.rewrap(box, { ...place, row: 'row-2' }))).toBe('tampered');
    const changed = Buffer.from(box);
    changed[20]! ^= 1;
    expect(failure(() => rotating.rewrap(changed, place))).toBe('tampered');
    expect(failure(() => rotating.rewrap(Buffer.of(2), place))).toBe('unsupported_version');
  });
});

describe('parseMasterKey', () => {
  it('reads one key in every form, with one id', () => {
    const bytes = Buffer.from('fb'.repeat(16) + 'ff'.repeat(16), 'hex');
    const forms = [
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
      bytes.toString('base64'),
      bytes.toString('base64').replace('=', ''),
      bytes.toString('base64url'),
      `${bytes.toString('base64url')}=`,
      ` ${bytes.toString('base64')}\n`,
    ];
    for (const form of forms) {
      const key = parseMasterKey(form);
      expect(key.key.equals(bytes)).toBe(true);
      expect(key.id).toBe(parseMasterKey(forms[0]!).id);
      expect(key.id).toMatch(/^[0-9a-f]{8}$/);
    }
  });

  it('refuses everything else without showing it', () => {
    const bad = [
      '',
      'correct horse battery staple, and more',
      randomBytes(16).toString('hex'),
      randomBytes(31).toString('base64'),
      randomBytes(33).toString('base64'),
      `${randomBytes(32).toString('hex')}0`,
      `${'A'.repeat(42)}B=`,
      `${'A'.repeat(20)} ${'A'.repeat(23)}`,
    ];
    for (const text of bad) {
      expect(() => parseMasterKey(text)).toThrow(
        new RangeError(
          'A master key is 32 random bytes as base64 or hexadecimal; `openssl rand -base64 32` makes one',
        ),
      );
    }
  });
});

describe('createSecretBox', () => {
  it('refuses short keys, malformed ids and two keys with one id', () => {
    expect(() => createSecretBox({ current: { ...current, key: Buffer.alloc(16) } })).toThrow(RangeError);
    expect(() => createSecretBox({ current: { ...current, id: 'main' } })).toThrow(RangeError);
    expect(() => createSecretBox({ current, previous: [current] })).toThrow(RangeError);
  });
});
