import { describe, expect, it } from 'vitest';
import { toLocalInput } from './local-time.ts';
import { sinceOf } from './since.ts';

const now = Date.parse('2026-11-23T10:30:00.000Z');

describe('sinceOf', () => {
  it('counts spans back from now', () => {
    expect(sinceOf('1h', '', now)).toEqual({ since: '2026-11-23T09:30:00.000Z', problem: null });
    expect(sinceOf('7d', '', now)).toEqual({ since: '2026-11-16T10:30:00.000Z', problem: null });
  });

  it('takes a time of ones own unless it is incomplete or to come', () => {
    expect(sinceOf('own', toLocalInput(now - 60_000), now).since).toBe('2026-11-23T10:29:00.000Z');
    expect(sinceOf('own', '2026-', now)).toEqual({ since: null, problem: 'Enter a date and time' });
    expect(sinceOf('own', toLocalInput(now + 120_000), now).problem).toBe('This is in the future');
  });
});
