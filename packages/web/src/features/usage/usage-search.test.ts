import { expect, it } from 'vitest';
import { rangeInput, usageSearch } from './usage-search.ts';

it('keeps what it knows of an address', () => {
  expect(
    usageSearch({ range: '7d', status: '4xx', key: 'k', endpoint: 'GET /x', from: '2026-11-01', other: 1 }),
  ).toEqual({
    range: '7d',
    status: '4xx',
    key: 'k',
    endpoint: 'GET /x',
    from: '2026-11-01',
  });
  expect(usageSearch({ range: '1y', status: '3xx', key: 7, from: 'yesterday', to: '' })).toEqual({});
});

it('turns days into moments, the last day included', () => {
  expect(rangeInput({})).toEqual({ range: '24h' });
  expect(rangeInput({ range: '30d', from: '2026-11-01' })).toEqual({ range: '30d' });
  expect(rangeInput({ range: 'custom' })).toEqual({ range: '24h' });
  const { since = '', until = '' } = rangeInput({ range: 'custom', from: '2026-11-02', to: '2026-11-03' });
  expect(Date.parse(until) - Date.parse(since)).toBe(2 * 86_400_000);
  expect(new Date(since).getHours()).toBe(0);
});
