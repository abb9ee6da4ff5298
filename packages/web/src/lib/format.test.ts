import { describe, expect, it } from 'vitest';
import { countOf, formatDuration, formatPercent, formatRelative, formatSeconds } from './format.ts';

describe('formatPercent', () => {
  it.each([
    [null, '–'],
    [1, '100 %'],
    [0.9999, '99.9 %'],
    [0.912, '91.2 %'],
    [0.29, '29.0 %'],
    [0, '0 %'],
  ])('%s → %s', (ratio, text) => {
    expect(formatPercent(ratio)).toBe(text);
  });
});

describe('formatSeconds', () => {
  it.each([
    [0, '0 s'],
    [5, '5 s'],
    [90, '1 min 30 s'],
    [3600, '1 h'],
    [3605, '1 h'],
    [133_200, '1 d 13 h'],
  ])('%d → %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});

describe('formatRelative', () => {
  it.each([
    [0, 'just now'],
    [1000, 'just now'],
    [4000, 'in a moment'],
    [-4000, 'just now'],
    [-41 * 60_000, '41 min ago'],
    [240_000, 'in 4 min'],
    [-3 * 86_400_000, '3 d ago'],
  ])('%d ms from now → %s', (offset, text) => {
    expect(formatRelative(1_000_000_000_000 + offset, 1_000_000_000_000)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [null, '–'],
    [83.6, '84 ms'],
    [1520, '1.52 s'],
    [12_340, '12.3 s'],
  ])('%s → %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('countOf', () => {
  it('takes the word that fits the number', () => {
    expect(countOf(1, 'event', 'events')).toBe('1 event');
    expect(countOf(1200, 'event', 'events')).toBe('1,200 events');
    expect(countOf(0, 'event', 'events')).toBe('0 events');
  });
});
