import { describe, expect, it } from 'vitest';
import { cellWords } from './cell-words.ts';
import { insightsSearch } from './insights-search.ts';

describe('cellWords', () => {
  it.each([
    ['text', 'Slack', 'Slack'],
    ['text', null, '–'],
    ['count', 12_843, '12,843'],
    ['percent', 91.2, '91.2 %'],
    ['ms', 1_520, '1.52 s'],
    ['ms', 90_000, '1 min 30 s'],
    ['decimal', 2.5, '2.5'],
    ['time', '2026-11-23T00:00:00.000Z', '23 Nov 2026'],
  ] as const)('%s %s → %s', (kind, cell, words) => {
    expect(cellWords(kind, cell)).toBe(words);
  });
});

describe('insightsSearch', () => {
  it('keeps what is known and not usual', () => {
    expect(insightsSearch({ group: 'security', range: '7d' })).toEqual({ group: 'security', range: '7d' });
    expect(insightsSearch({ group: 'operational', range: '30d' })).toEqual({});
    expect(insightsSearch({ group: 'x', range: '5y' })).toEqual({});
  });
});
