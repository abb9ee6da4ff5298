import type { LogEntry } from '@trunkline/contract/logs';
import { describe, expect, it } from 'vitest';
import { countWords, detailLabel, detailValue, mergeLines } from './log-words.ts';

const line = (id: string, message = id): LogEntry => ({
  id,
  at: '2030-01-01T00:00:00Z',
  level: 'info',
  source: 'check',
  event: 'check.passed',
  message,
  integration: null,
  webhook: null,
  details: {},
  error: null,
  hasStack: false,
});

it('lines of two lists stand once each, newest first, wherever they came late', () => {
  const merged = mergeLines([line('5'), line('3'), line('2')], [line('4'), line('2'), line('1')]);
  expect(merged.map(({ id }) => id)).toEqual(['5', '4', '3', '2', '1']);
});

it('counts are told worst first, and without what there is none of', () => {
  expect(countWords({ debug: 0, info: 20, warn: 1, error: 3 })).toBe('3 errors, 1 warning, 20 infos');
  expect(countWords({ debug: 0, info: 0, warn: 0, error: 0 })).toBe('no lines');
  expect(countWords({ debug: 0, info: 1234, warn: 0, error: 0 }, true)).toBe('about 1,234 infos');
});

describe('details', () => {
  it('have names and values as people write them', () => {
    expect([detailLabel('durationMs'), detailValue('durationMs', 5_200)]).toEqual(['Took', '5.20 s']);
    expect([detailLabel('expiresAt'), detailValue('expiresAt', 'x')]).toEqual(['Expires at', 'x']);
    expect([detailLabel('downSeconds'), detailValue('downSeconds', 2)]).toEqual(['Down for', '2.00 s']);
    expect(detailValue('count', 12_000)).toBe('12,000');
    expect(detailValue('retried', true)).toBe('yes');
  });
});
