import { expect, it } from 'vitest';
import { ageWords, reminderWords } from './credential-age.ts';

const now = Date.parse('2026-11-28T12:00:00Z');
const daysAgo = (days: number) => new Date(now - days * 86_400_000).toISOString();

it('counts whole days', () => {
  expect(ageWords(daysAgo(0.5), now)).toBe('today');
  expect(ageWords(daysAgo(1), now)).toBe('yesterday');
  expect(ageWords(daysAgo(97), now)).toBe('97 days ago');
  // A clock that runs ahead of the server's.
  expect(ageWords(daysAgo(-0.1), now)).toBe('today');
});

it('reminds after 90 days', () => {
  expect(reminderWords(daysAgo(0), now)).toBe('in 90 days');
  expect(reminderWords(daysAgo(89.5), now)).toBe('in 1 day');
  expect(reminderWords(daysAgo(90), now)).toBeNull();
});
