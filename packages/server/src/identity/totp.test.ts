import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTotpSecret, matchTotp, totpCode, totpStep, totpUri } from './totp.ts';

/** `12345678901234567890`, the secret of RFC 6238, appendix B. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('TOTP', () => {
  // The last six of the eight digits of appendix B.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at second %i is %s', (second, code) => {
    expect(totpCode(secret, totpStep(second * 1000))).toBe(code);
    expect(matchTotp(secret, ` ${code.slice(0, 3)} ${code.slice(3)}`, second * 1000, 0)).not.toBeNull();
  });

  it('takes the step before and the one after, and no other', () => {
    const now = Date.UTC(2026, 10, 23, 12);
    const step = totpStep(now);
    const matched = [-2, -1, 0, 1, 2].map((off) => matchTotp(secret, totpCode(secret, step + off), now, 0));
    expect(matched).toEqual([null, step - 1, step, step + 1, null]);
  });

  it('takes nothing of a step that was taken, or of one before it', () => {
    const now = Date.UTC(2026, 10, 23, 12);
    const step = totpStep(now);
    expect(matchTotp(secret, totpCode(secret, step), now, step)).toBeNull();
    expect(matchTotp(secret, totpCode(secret, step - 1), now, step)).toBeNull();
    expect(matchTotp(secret, totpCode(secret, step + 1), now, step)).toBe(step + 1);
  });

  it.each(['', '28708', '2870822', 'abcdef', '２８７０８２'])('refuses %j', (code) => {
    expect(matchTotp(secret, code, 59_000, 0)).toBeNull();
  });

  it('makes secrets of 160 bits, and the address that apps read', () => {
    const [one, other] = [createTotpSecret(randomBytes), createTotpSecret(randomBytes)];
    expect(one).toMatch(/^[A-Z2-7]{32}$/);
    expect(one).not.toBe(other);
    const uri = new URL(totpUri(one, 'Acme & Co', 'ada@example.com'));
    expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
    expect(decodeURIComponent(uri.pathname)).toBe('/Acme & Co:ada@example.com');
    expect([...uri.searchParams]).toEqual([
      ['secret', one],
      ['issuer', 'Acme & Co'],
    ]);
  });
});
