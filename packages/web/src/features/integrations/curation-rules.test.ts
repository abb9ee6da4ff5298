import { expect, it } from 'vitest';
import { isSameSet } from './curation-rules.ts';

it('compares what sets hold', () => {
  expect(isSameSet(new Set(['a', 'b']), new Set(['b', 'a']))).toBe(true);
  expect(isSameSet(new Set(['a']), new Set(['b']))).toBe(false);
  expect(isSameSet(new Set(['a', 'b']), new Set(['a']))).toBe(false);
});
