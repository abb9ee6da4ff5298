import { describe, expect, it } from 'vitest';
import { returnPath } from './return-path.ts';

describe('returnPath', () => {
  it('keeps a path with its search part', () => {
    expect(returnPath('/webhooks/1?status=failed')).toBe('/webhooks/1?status=failed');
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/a\nb', ''])(
    'refuses %j',
    (text) => {
      expect(returnPath(text)).toBe('/');
    },
  );

  it('does not return to the sign-in page', () => {
    expect(returnPath('/sign-in?from=/x')).toBe('/');
  });
});
