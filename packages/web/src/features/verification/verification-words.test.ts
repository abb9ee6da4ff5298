import { expect, it } from 'vitest';
import { ordinal, resultSentence } from './verification-words.ts';

it.each([
  [{ failed: 0, warning: 0, ok: 0, skipped: 0 }, 'There was nothing to verify.'],
  [
    { failed: 1, warning: 0, ok: 16, skipped: 1 },
    '1 integration does not work, 16 are in order, 1 was not checked.',
  ],
  [
    { failed: 2, warning: 1, ok: 1, skipped: 0 },
    '2 integrations do not work, 1 integration needs attention, 1 is in order.',
  ],
])('says how a run ended: %j', (counts, sentence) => {
  expect(resultSentence(counts)).toBe(sentence);
});

it('names days of the month', () => {
  const names = ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '22nd', '23rd', '28th'];
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 28].map(ordinal)).toEqual(names);
});
