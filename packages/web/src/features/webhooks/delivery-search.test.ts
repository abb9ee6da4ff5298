import { describe, expect, it } from 'vitest';
import { deliverySearch, historyInput } from './delivery-search.ts';

describe('deliverySearch', () => {
  it('keeps what it knows', () => {
    const search = { delivery: '7', status: 'dlq', event: 'job.created', range: '24h' };
    expect(deliverySearch({ ...search, other: 1 })).toEqual(search);
  });

  it('leaves out what is as usual or unknown', () => {
    expect(deliverySearch({ status: 'all', range: 'all' })).toEqual({});
    expect(deliverySearch({ delivery: 7, status: 'lost', event: 'job.*', range: '2h' })).toEqual({});
  });
});

it('asks for the time up to now from a whole minute on', () => {
  const now = Date.parse('2026-11-29T10:30:42.500Z');
  expect(historyInput({}, now)).toEqual({ status: 'all' });
  expect(historyInput({ status: 'failed', event: 'job.created', range: '1h' }, now)).toEqual({
    status: 'failed',
    eventType: 'job.created',
    since: '2026-11-29T09:30:00.000Z',
  });
});
