import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delayWithRetryAfter, parseRetryAfter } from './retry-after.ts';

const now = Date.UTC(1994, 10, 6, 8, 49, 0);
const hour = 3_600_000;

describe('parseRetryAfter', () => {
  it('reads seconds', () => {
    expect(parseRetryAfter('120', now, hour)).toBe(120_000);
    expect(parseRetryAfter(' 0 ', now, hour)).toBe(0);
    expect(parseRetryAfter('999999', now, hour)).toBe(hour);
    expect(parseRetryAfter('9'.repeat(400), now, hour)).toBe(hour);
  });

  it('reads the three forms of an HTTP date', () => {
    // The examples of RFC 9110 section 5.6.7.
    expect(parseRetryAfter('Sun, 06 Nov 1994 08:49:37 GMT', now, hour)).toBe(37_000);
    expect(parseRetryAfter('Sunday, 06-Nov-94 08:49:37 GMT', now, hour)).toBe(37_000);
    expect(parseRetryAfter('Sun Nov  6 08:49:37 1994', now, hour)).toBe(37_000);
  });

  it('clamps dates', () => {
    expect(parseRetryAfter('Sun, 06 Nov 1994 08:48:00 GMT', now, hour)).toBe(0);
    expect(parseRetryAfter('Mon, 07 Nov 1994 08:49:37 GMT', now, hour)).toBe(hour);
  });

  it('takes two-digit years as the nearest ones', () => {
    const in2026 = Date.UTC(2026, 10, 23);
    expect(parseRetryAfter('Sunday, 06-Nov-94 08:49:37 GMT', in2026, hour)).toBe(0);
    expect(parseRetryAfter('Friday, 06-Nov-76 08:49:37 GMT', in2026, hour)).toBe(hour);
    expect(parseRetryAfter('Saturday, 06-Nov-77 08:49:37 GMT', in2026, hour)).toBe(0);
    expect(parseRetryAfter('Thursday, 06-Nov-03 08:49:37 GMT', now, hour)).toBe(hour);
  });

  it('ignores everything else', () => {
    const garbage = [
      undefined,
      '',
      ' ',
      '-1',
      '1.5',
      '1e3',
      '0x10',
      '10s',
      'soon',
      '١٢',
      '1994-11-06T08:49:37Z',
      'Sun, 06 Nov 1994 08:49:37 PST',
      'Sun, 31 Feb 1994 08:49:37 GMT',
      'Sun, 06 Nov 1994 24:00:00 GMT',
      'Sun, 06 Nov 1994 08:60:00 GMT',
      'Sun, 00 Nov 1994 08:49:37 GMT',
      'Sun, 06 Noy 1994 08:49:37 GMT',
    ];
    expect(garbage.map((header) => parseRetryAfter(header, now, hour))).toEqual(garbage.map(() => null));
  });

  it('accepts a leap second', () => {
    expect(parseRetryAfter('Sun, 06 Nov 1994 08:59:60 GMT', now, hour)).toBe(11 * 60_000);
  });

  it('never leaves 0…max', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat().map(String)), fc.nat(), (header, max) => {
        const wait = parseRetryAfter(header, now, max);
        expect(wait === null || (wait >= 0 && wait <= max)).toBe(true);
      }),
    );
    expect(parseRetryAfter(new Date(now + 5000).toUTCString(), now, hour)).toBe(5000);
  });
});

describe('delayWithRetryAfter', () => {
  it('keeps the delay of the policy without the header', () => {
    expect(delayWithRetryAfter(1000, null, () => 0.5)).toBe(1000);
  });

  it('is never earlier than asked nor than the policy, and spread by the delay of the policy', () => {
    expect(delayWithRetryAfter(1000, 60_000, () => 0)).toBe(60_000);
    expect(delayWithRetryAfter(1000, 60_000, () => 0.5)).toBe(60_500);
    expect(delayWithRetryAfter(1000, 0, () => 0.2)).toBe(1000);
  });
});
