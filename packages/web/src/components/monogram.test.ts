import { describe, expect, it } from 'vitest';
import { monogram, monogramHue, monogramHues } from './monogram.ts';

describe('monogram', () => {
  it.each([
    ['Slack', 'Sl'],
    ['Google Calendar', 'GC'],
    ['GitHub', 'GH'],
    ['ADP', 'AD'],
    ['Amazon S3', 'S3'],
    ['Amazon SES', 'SE'],
    ['Microsoft 365 (Outlook)', 'M3'],
    ['E-Verify', 'EV'],
    ['ünsere Firma', 'ÜF'],
    ['our billing', 'OB'],
    ['x', 'X'],
    ['…', '?'],
  ])('of %s is %s', (name, letters) => {
    expect(monogram(name)).toBe(letters);
  });
});

describe('monogramHue', () => {
  it('is the same for the same slug and uses the whole palette', () => {
    expect(monogramHue('slack')).toBe(monogramHue('slack'));
    const slugs = Array.from({ length: 200 }, (_, index) => `provider-${index}`);
    expect(new Set(slugs.map(monogramHue)).size).toBe(monogramHues.length);
  });
});
