import { describe, expect, it } from 'vitest';
import { levelText, levelsIn, logInput, logSearch, narrowedBy, withSearch } from './log-search.ts';

const id = '01900000-0000-7000-8000-000000000001';
const now = Date.UTC(2030, 0, 2, 10, 30, 40);

describe('the address of a search', () => {
  it('keeps what it knows, in one way of writing', () => {
    expect(
      logSearch({
        range: '7d',
        level: 'error,info,nonsense',
        source: 'check',
        integration: id,
        webhook: 'no-id',
        q: 587,
        since: '2030-01-01T00:00:00Z',
        other: 1,
      }),
    ).toEqual({ range: '7d', level: 'info,error', source: 'check', integration: id, q: '587' });
    expect(logSearch({ range: '24h', level: 'error,warn,info,debug', source: 'x', q: '' })).toEqual({});
  });

  it('has times for a time of one’s own only', () => {
    const own = { range: 'own', since: '2030-01-01T00:00:00Z', until: 'tomorrow' };
    expect(logSearch(own)).toEqual({ range: 'own', since: '2030-01-01T00:00:00.000Z' });
    expect(withSearch(logSearch(own), { range: '1h' })).toEqual({ range: '1h' });
  });

  it('counts what narrows it, which is not the time', () => {
    expect(narrowedBy({ range: '1h' })).toBe(0);
    expect(narrowedBy({ range: '1h', level: 'error', q: 'x' })).toBe(2);
    expect(withSearch({ q: 'x', level: 'error' }, { q: undefined })).toEqual({ level: 'error' });
  });
});

describe('levels', () => {
  it('leave out the address when they are all or none', () => {
    expect(levelText([])).toBeUndefined();
    expect(levelText(['error', 'debug', 'warn', 'info'])).toBeUndefined();
    expect(levelText(['error', 'warn'])).toBe('warn,error');
    expect(levelsIn('warn,error')).toEqual(['warn', 'error']);
    expect(levelsIn(undefined)).toEqual([]);
  });
});

describe('the input of the operations', () => {
  it('begins at a whole minute, so that it stays the same for a while', () => {
    expect(logInput({}, now)).toEqual({ since: '2030-01-01T10:30:00.000Z' });
    expect(logInput({ range: '15m' }, now + 10_000)).toEqual({ since: '2030-01-02T10:15:00.000Z' });
  });

  it('is what the address says, and of the integration whose page it is', () => {
    expect(logInput({ level: 'error', q: 'timeout', source: 'oauth', webhook: id }, now, 'other')).toEqual({
      since: '2030-01-01T10:30:00.000Z',
      level: ['error'],
      source: 'oauth',
      integrationId: 'other',
      webhookId: id,
      search: 'timeout',
    });
    expect(logInput({ range: 'own', until: '2030-01-01T00:00:00.000Z' }, now)).toEqual({
      until: '2030-01-01T00:00:00.000Z',
    });
  });
});
