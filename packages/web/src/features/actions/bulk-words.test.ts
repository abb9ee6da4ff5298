import { expect, it } from 'vitest';
import { bulkCounts, bulkProgress, bulkTitle } from './bulk-words.ts';

const none = { queued: 0, running: 0, succeeded: 0, failed: 0, ambiguous: 0, cancelled: 0 };

it('says what a bulk is and how far it got', () => {
  const bulk = { capability: 'email.send' as const, total: 1_000, unfinished: 70 };
  expect(bulkTitle(bulk)).toBe('1,000 × Send email');
  expect(bulkProgress(bulk)).toBe('930 of 1,000');
});

it('counts only the states that there are', () => {
  expect(bulkCounts({ counts: { ...none, succeeded: 20, failed: 2, ambiguous: 1 } })).toBe(
    '20 done · 2 failed · 1 in doubt',
  );
  expect(bulkCounts({ counts: none })).toBe('');
});
