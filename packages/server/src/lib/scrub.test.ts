import { describe, expect, it } from 'vitest';
import { createScrub, shorten } from './scrub.ts';

const password = 'pl4nted pass+word';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const scrub = createScrub([password], 'mailer');

describe('createScrub', () => {
  it.each([
    ['as it is', password],
    ['in a URL', encodeURIComponent(password)],
    ['as AUTH LOGIN sends it', base64(password)],
    ['as AUTH PLAIN sends it', base64(`\0mailer\0${password}`)],
    ['as HTTP basic authentication sends it', base64(`mailer:${password}`)],
    ['in base64 without padding', base64(password).replaceAll('=', '')],
  ])('masks a secret %s', (_form, written) => {
    expect(scrub(`501 <${written}> is not understood`)).toBe('501 <[redacted]> is not understood');
  });

  it('masks what looks like a secret although nobody named it', () => {
    expect(scrub('key sk_live_abcdefgh12345678 is wrong')).not.toContain('abcdefgh');
  });

  it('leaves ordinary words when a secret is very short', () => {
    expect(createScrub(['a'])('a bad day')).toBe('a bad day');
  });

  it('makes one line of what the other side wrote', () => {
    expect(scrub('550-one\r\n550 two\u001b[31m')).toBe('550-one 550 two [31m');
  });
});

describe('shorten', () => {
  it('cuts long texts only', () => {
    expect(shorten('x'.repeat(1_000))).toHaveLength(1_000);
    expect(shorten('x'.repeat(5_000))).toBe(`${'x'.repeat(1_000)}…`);
  });
});
